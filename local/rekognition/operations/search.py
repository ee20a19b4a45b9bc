"""Searches: whom does a face look like, be it the largest one of an image, a stored one, or a user's?

With a quality filter it is the largest face above the bar; faces below it are reported with their reasons.
"""

from typing import Any

from local.rekognition.errors import ParameterError, ResourceNotFoundError
from local.rekognition.model import Vector
from local.rekognition.observation import ObservedFace
from local.rekognition.records import Collection
from local.rekognition.service import Service, user_status
from local.rekognition.weights import VERSION

_THRESHOLD = 80.0
_MOST = 80  # what a search gives at most when not asked for a number


def search_faces(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """SearchFaces. The face that is searched for is not among its own matches.

    Raises:
        ParameterError: The collection has no such face.
        ResourceNotFoundError: No such collection.
    """
    collection = service.collection(request)
    face_id = request["FaceId"]
    looks = _face(service, collection, face_id)
    return {
        "SearchedFaceId": face_id,
        "FaceMatches": _face_matches(service, collection, looks, request, besides=face_id),
        "FaceModelVersion": VERSION,
    }


def search_faces_by_image(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """SearchFacesByImage.

    Raises:
        ParameterError: No face, or none above the quality bar.
        ResourceNotFoundError: No such collection.
        ServiceError: The image cannot be used, as `observe` and `ImageSource.read` say.
    """
    collection = service.collection(request)
    searched, _ = _largest(service, request)
    if searched is None or searched.vector is None:
        raise ParameterError("There are no faces in the image. Should be at least 1.")
    return {
        "SearchedFaceBoundingBox": searched.sighting.box.shape(),
        "SearchedFaceConfidence": searched.detail["Confidence"],
        "FaceMatches": _face_matches(service, collection, searched.vector, request),
        "FaceModelVersion": VERSION,
    }


def search_users(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """SearchUsers. A user who is searched for is not among the matches; the user whose face is searched for is.

    Raises:
        ParameterError: Not exactly one of FaceId and UserId, or the collection has no such face.
        ResourceNotFoundError: No such collection or user.
    """
    collection = service.collection(request)
    face_id, user_id = request.get("FaceId"), request.get("UserId")
    answer: dict[str, Any] = {"UserMatches": [], "FaceModelVersion": VERSION}
    if face_id is not None and user_id is None:
        looks = _face(service, collection, face_id)
        answer["SearchedFace"] = {"FaceId": face_id}
        answer["UserMatches"] = _user_matches(service, collection, looks, request)
    elif user_id is not None and face_id is None:
        if not service.store.user_exists(collection, user_id):
            raise ResourceNotFoundError(f"The user id: {user_id} does not exist")
        answer["SearchedUser"] = {"UserId": user_id}
        of_user = service.store.index(collection).user(user_id)
        if of_user is not None:  # a user without faces looks like nobody
            answer["UserMatches"] = _user_matches(service, collection, of_user, request, besides=user_id)
    else:
        raise ParameterError("Request has invalid parameters: a search is either for a FaceId or for a UserId")
    return answer


def search_users_by_image(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """SearchUsersByImage. Without a face the answer has no matches and no SearchedFace.

    Raises:
        ResourceNotFoundError: No such collection.
        ServiceError: The image cannot be used, as `observe` and `ImageSource.read` say.
    """
    collection = service.collection(request)
    searched, others = _largest(service, request)
    answer: dict[str, Any] = {
        "UserMatches": [],
        "FaceModelVersion": VERSION,
        "UnsearchedFaces": [
            {"FaceDetails": face.detail, "Reasons": face.reasons or ["FACE_NOT_LARGEST"]} for face in others
        ],
    }
    if searched is not None and searched.vector is not None:
        answer["SearchedFace"] = {"FaceDetail": searched.detail}
        answer["UserMatches"] = _user_matches(service, collection, searched.vector, request)
    return answer


def _largest(service: Service, request: dict[str, Any]) -> tuple[ObservedFace | None, list[ObservedFace]]:
    """The face to search for, if there is one, and the others."""
    data = service.images.read(request["Image"])
    observed = service.observe(data, vectors=1, quality=request.get("QualityFilter", "NONE"))
    searched = next((face for face in observed if face.vector is not None), None)
    return searched, [face for face in observed if face is not searched]


def _face(service: Service, collection: Collection, face_id: str) -> Vector:
    vector = service.store.index(collection).face(face_id)
    if vector is None:
        raise ParameterError("faceId was not found in the collection")
    return vector


def _face_matches(
    service: Service, collection: Collection, looks: Vector, request: dict[str, Any], besides: str | None = None
) -> list[dict[str, Any]]:
    """`FaceMatches`: the faces that look so, best first, `besides` left out."""
    threshold, most = request.get("FaceMatchThreshold", _THRESHOLD), request.get("MaxFaces", _MOST)
    hits = service.store.index(collection).search_faces(looks, threshold, most + 1)  # one may be `besides`
    faces = {face.id: face for face in service.store.faces(collection, face_ids=[face_id for face_id, _ in hits])}
    matches = [
        {"Similarity": percent, "Face": faces[face_id].shape()}
        for face_id, percent in hits
        if face_id != besides and face_id in faces  # one may have been deleted since
    ]
    return matches[:most]


def _user_matches(
    service: Service, collection: Collection, looks: Vector, request: dict[str, Any], besides: str | None = None
) -> list[dict[str, Any]]:
    """`UserMatches`: the users who look so, best first, `besides` left out."""
    threshold, most = request.get("UserMatchThreshold", _THRESHOLD), request.get("MaxUsers", _MOST)
    hits = service.store.index(collection).search_users(looks, threshold, most + 1)  # one may be `besides`
    matches = [
        {"Similarity": percent, "User": {"UserId": user_id, "UserStatus": user_status(has_faces=True)}}
        for user_id, percent in hits
        if user_id != besides
    ]
    return matches[:most]
