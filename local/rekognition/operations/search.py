"""Searches by image: whose is the largest face?

With a quality filter it is the largest face above the bar; faces below it are reported with their reasons.
"""

from typing import Any

from local.rekognition.errors import ParameterError
from local.rekognition.observation import ObservedFace
from local.rekognition.service import Service, user_status
from local.rekognition.weights import VERSION

_THRESHOLD = 80.0
_MOST = 80  # what a search gives at most when not asked for a number


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
    threshold, most = request.get("FaceMatchThreshold", _THRESHOLD), request.get("MaxFaces", _MOST)
    hits = service.store.index(collection).search_faces(searched.vector, threshold, most)
    faces = {face.id: face for face in service.store.faces(collection, face_ids=[face_id for face_id, _ in hits])}
    return {
        "SearchedFaceBoundingBox": searched.sighting.box.shape(),
        "SearchedFaceConfidence": searched.detail["Confidence"],
        "FaceMatches": [
            {"Similarity": percent, "Face": faces[face_id].shape()}
            for face_id, percent in hits
            if face_id in faces  # one may have been deleted since
        ],
        "FaceModelVersion": VERSION,
    }


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
        threshold, most = request.get("UserMatchThreshold", _THRESHOLD), request.get("MaxUsers", _MOST)
        hits = service.store.index(collection).search_users(searched.vector, threshold, most)
        answer["SearchedFace"] = {"FaceDetail": searched.detail}
        answer["UserMatches"] = [
            {"Similarity": percent, "User": {"UserId": user_id, "UserStatus": user_status(has_faces=True)}}
            for user_id, percent in hits
        ]
    return answer


def _largest(service: Service, request: dict[str, Any]) -> tuple[ObservedFace | None, list[ObservedFace]]:
    """The face to search for, if there is one, and the others."""
    data = service.images.read(request["Image"])
    observed = service.observe(data, vectors=1, quality=request.get("QualityFilter", "NONE"))
    searched = next((face for face in observed if face.vector is not None), None)
    return searched, [face for face in observed if face is not searched]
