"""Faces: detect, index, list, delete."""

import hashlib
import uuid
from typing import Any

from local.rekognition.errors import ResourceNotFoundError
from local.rekognition.model import MOST_FACES
from local.rekognition.observation import ObservedFace
from local.rekognition.records import StoredFace
from local.rekognition.service import Service
from local.rekognition.transaction import Transaction
from local.rekognition.weights import VERSION

PAGE = 1000
_SAME_FACE = 0.5  # overlap of two boxes in the same image that are one face


def detect_faces(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """DetectFaces, largest face first. Attributes beyond the default ones are left out: the models do not know them."""
    return {"FaceDetails": [face.detail for face in service.observe(service.images.read(request["Image"]))]}


def index_faces(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """IndexFaces. The same image under the same ExternalImageId gives the same faces, stored once.

    Raises:
        ResourceNotFoundError: No such collection.
        ServiceError: The image cannot be used, as `observe` and `ImageSource.read` say.
    """
    service.collection(request)
    data = service.images.read(request["Image"])
    most = min(request.get("MaxFaces", MOST_FACES), MOST_FACES)
    observed = service.observe(data, vectors=most, quality=request.get("QualityFilter", "AUTO"))
    image = str(uuid.UUID(bytes=hashlib.sha256(data).digest()[:16], version=5))
    with service.store.writing() as transaction:
        stored = _add(service, transaction, request, image, [face for face in observed if face.vector is not None])
    return {
        "FaceRecords": [{"Face": record.shape(), "FaceDetail": face.detail} for record, face in stored],
        "FaceModelVersion": VERSION,
        "UnindexedFaces": [
            {"Reasons": face.reasons or ["EXCEEDS_MAX_FACES"], "FaceDetail": face.detail}
            for face in observed
            if face.vector is None
        ],
    }


def _add(
    service: Service, transaction: Transaction, request: dict[str, Any], image: str, faces: list[ObservedFace]
) -> list[tuple[StoredFace, ObservedFace]]:
    """Store the faces that are not there yet."""
    collection = service.collection(request, transaction)
    external = request.get("ExternalImageId")
    known = transaction.faces_of_image(collection, image, external)
    records = []
    for face in faces:
        box = face.sighting.box
        record = next((old for old in known if old.box.overlap(box) > _SAME_FACE), None)
        if record is None and face.vector is not None:
            face_id = str(uuid.uuid4())
            confidence = face.detail["Confidence"]
            record = StoredFace(0, face_id, image, external, box, confidence)
            transaction.add_face(collection, record, face.vector)
        if record is not None:
            records.append((record, face))
    return records


def list_faces(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """ListFaces, in the order of indexing, of one user or of some ids if asked.

    Raises:
        PageTokenError: The token is not one of this list.
        ResourceNotFoundError: No such collection, or no such user.
    """
    collection = service.collection(request)
    user_id, face_ids = request.get("UserId"), request.get("FaceIds")
    if user_id is not None and not service.store.user_exists(collection, user_id):
        raise ResourceNotFoundError(f"The user id: {user_id} does not exist")
    scope = ["ListFaces", collection.seq, user_id, face_ids]
    size = request.get("MaxResults") or PAGE
    found = service.store.faces(
        collection,
        after=service.pages.position(scope, request.get("NextToken")),
        limit=size + 1,
        user_id=user_id,
        face_ids=face_ids,
    )
    page = found[:size]
    answer: dict[str, Any] = {"Faces": [face.shape() for face in page], "FaceModelVersion": VERSION}
    if len(found) > size:
        answer["NextToken"] = service.pages.token(scope, page[-1].seq)
    return answer


def delete_faces(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteFaces. A face that is not there or has a user is reported, and the others are deleted.

    Raises:
        ResourceNotFoundError: No such collection.
    """
    wanted = list(dict.fromkeys(request["FaceIds"]))
    with service.store.writing() as transaction:
        collection = service.collection(request, transaction)
        found = transaction.faces(collection, wanted)
        deleted = [face_id for face_id in wanted if face_id in found and found[face_id].user is None]
        transaction.delete_faces(collection, deleted)
    kept: list[dict[str, Any]] = []
    for face_id in wanted:
        face = found.get(face_id)
        if face is None:
            kept.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
        elif face.user is not None:
            kept.append({"FaceId": face_id, "UserId": face.user, "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]})
    return {"DeletedFaces": deleted, "UnsuccessfulFaceDeletions": kept}
