"""Users: create, list, delete, and which faces they have."""

from typing import Any

import numpy as np

from local.rekognition.calibration import similarity
from local.rekognition.errors import ConflictError, QuotaError, ResourceNotFoundError
from local.rekognition.idempotency import once
from local.rekognition.records import Collection
from local.rekognition.service import Service, user_status
from local.rekognition.transaction import Transaction

PAGE = 500
MOST_FACES_A_USER = 100
"""Rekognition's quota."""
_MATCH_THRESHOLD = 75.0


def create_user(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """CreateUser.

    Raises:
        ConflictError: The user exists.
        IdempotencyError: The client request token came with other parameters.
        ResourceNotFoundError: No such collection.
    """
    user_id = request["UserId"]
    with service.store.writing() as transaction:
        collection = service.collection(request, transaction)

        def act() -> dict[str, Any]:
            if transaction.user(collection, user_id) is not None:
                raise ConflictError(f"The user id: {user_id} already exists")
            transaction.create_user(collection, user_id)
            return {}

        return once(transaction, "CreateUser", collection, request, act)


def list_users(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """ListUsers, in the order of creation. Raises PageTokenError, ResourceNotFoundError."""
    collection = service.collection(request)
    scope: list[object] = ["ListUsers", collection.seq]
    size = request.get("MaxResults", PAGE)
    found = service.store.users(collection, service.pages.position(scope, request.get("NextToken")), size + 1)
    page = found[:size]
    users = [{"UserId": user_id, "UserStatus": user_status(has_faces=has_faces)} for _, user_id, has_faces in page]
    answer: dict[str, Any] = {"Users": users}
    if len(found) > size:
        answer["NextToken"] = service.pages.token(scope, page[-1][0])
    return answer


def delete_user(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteUser. The user's faces stay in the collection.

    Raises:
        IdempotencyError: The client request token came with other parameters.
        ResourceNotFoundError: No such collection or user.
    """
    with service.store.writing() as transaction:
        collection = service.collection(request, transaction)

        def act() -> dict[str, Any]:
            _user(transaction, collection, request)
            transaction.delete_user(collection, request["UserId"])
            return {}

        return once(transaction, "DeleteUser", collection, request, act)


def associate_faces(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """AssociateFaces.

    A face that is not there, is another user's, or does not look like the faces that the user had before the call is
    reported; so is a face beyond the user's hundredth, for which the service has no reason code.

    Raises:
        IdempotencyError: The client request token came with other parameters.
        QuotaError: The user has all faces that one may have.
        ResourceNotFoundError: No such collection or user.
    """
    with service.store.writing() as transaction:
        collection = service.collection(request, transaction)
        return once(
            transaction,
            "AssociateFaces",
            collection,
            request,
            lambda: _associate(service, transaction, collection, request),
        )


def _associate(
    service: Service, transaction: Transaction, collection: Collection, request: dict[str, Any]
) -> dict[str, Any]:
    user_id = request["UserId"]
    threshold = request.get("UserMatchThreshold", _MATCH_THRESHOLD)
    user = _user(transaction, collection, request)
    index = service.store.index(collection)
    looks = index.user(user_id)
    wanted = list(dict.fromkeys(request["FaceIds"]))
    found = transaction.faces(collection, wanted)
    before = len(transaction.faces_of_user(user))
    taken: list[str] = []
    refused: list[dict[str, Any]] = []
    for face_id in wanted:
        face = found.get(face_id)
        if face is None:
            refused.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
            continue
        if face.user == user_id:
            continue  # documented: neither associated again nor reported
        if face.user is not None:
            refused.append({"FaceId": face_id, "UserId": face.user, "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]})
            continue
        vector = index.face(face_id)
        confidence = 100.0 if looks is None or vector is None else similarity(float(np.dot(looks, vector)))
        if confidence < threshold:
            failure = {
                "FaceId": face_id,
                "UserId": user_id,
                "Confidence": confidence,
                "Reasons": ["LOW_MATCH_CONFIDENCE"],
            }
            refused.append(failure)
        elif before >= MOST_FACES_A_USER:
            raise QuotaError(f"A user has at most {MOST_FACES_A_USER} faces")
        elif before + len(taken) >= MOST_FACES_A_USER:
            refused.append({"FaceId": face_id, "UserId": user_id, "Reasons": []})
        else:
            taken.append(face_id)
    transaction.set_owner(collection, user, user_id, taken, owner=user)
    return {
        "AssociatedFaces": [{"FaceId": face_id} for face_id in taken],
        "UnsuccessfulFaceAssociations": refused,
        "UserStatus": user_status(has_faces=bool(before or taken)),
    }


def disassociate_faces(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """DisassociateFaces. A face that is not there or is another user's is reported; one that is nobody's is ignored.

    Raises:
        IdempotencyError: The client request token came with other parameters.
        ResourceNotFoundError: No such collection or user.
    """
    with service.store.writing() as transaction:
        collection = service.collection(request, transaction)
        return once(
            transaction,
            "DisassociateFaces",
            collection,
            request,
            lambda: _disassociate(transaction, collection, request),
        )


def _disassociate(transaction: Transaction, collection: Collection, request: dict[str, Any]) -> dict[str, Any]:
    user_id = request["UserId"]
    user = _user(transaction, collection, request)
    wanted = list(dict.fromkeys(request["FaceIds"]))
    found = transaction.faces(collection, wanted)
    freed = [face_id for face_id in wanted if face_id in found and found[face_id].user == user_id]
    refused: list[dict[str, Any]] = []
    for face_id in wanted:
        face = found.get(face_id)
        if face is None:
            refused.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
        elif face.user not in (None, user_id):
            refused.append({"FaceId": face_id, "UserId": face.user, "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]})
    transaction.set_owner(collection, user, user_id, freed, owner=None)
    return {
        "DisassociatedFaces": [{"FaceId": face_id} for face_id in freed],
        "UnsuccessfulFaceDisassociations": refused,
        "UserStatus": user_status(has_faces=bool(transaction.faces_of_user(user))),
    }


def _user(transaction: Transaction, collection: Collection, request: dict[str, Any]) -> int:
    user = transaction.user(collection, request["UserId"])
    if user is None:
        raise ResourceNotFoundError(f"The user id: {request['UserId']} does not exist")
    return user
