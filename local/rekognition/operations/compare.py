"""CompareFaces: which faces of one image look like the largest face of another? Nothing is kept of either.

With a quality filter, faces below the bar are as good as not there: neither matched nor unmatched.
"""

from typing import Any

import numpy as np

from local.rekognition.calibration import similarity
from local.rekognition.errors import ParameterError
from local.rekognition.model import MOST_FACES, Vector
from local.rekognition.observation import ObservedFace
from local.rekognition.service import Service

_THRESHOLD = 80.0


def compare_faces(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """CompareFaces. Faces that match come best first, the others largest first.

    Raises:
        ParameterError: One of the images has no face, or none above the quality bar.
        ServiceError: One of the images cannot be used, as `observe` and `ImageSource.read` say.
    """
    source, looks = _faces(service, request, "SourceImage", most=1)[0]
    threshold = request.get("SimilarityThreshold", _THRESHOLD)
    matched, unmatched = [], []
    for face, vector in _faces(service, request, "TargetImage", most=MOST_FACES):
        percent = similarity(float(np.dot(looks, vector)))
        if percent >= threshold:
            matched.append({"Similarity": percent, "Face": face.detail})
        else:
            unmatched.append(face.detail)
    return {
        "SourceImageFace": {"BoundingBox": source.sighting.box.shape(), "Confidence": source.detail["Confidence"]},
        "FaceMatches": sorted(matched, key=lambda match: -match["Similarity"]),
        "UnmatchedFaces": unmatched,
    }


def _faces(service: Service, request: dict[str, Any], image: str, most: int) -> list[tuple[ObservedFace, Vector]]:
    """The `most` largest faces of an image that are to be compared; at least one."""
    data = service.images.read(request[image])
    observed = service.observe(data, vectors=most, quality=request.get("QualityFilter", "NONE"))
    faces = [(face, face.vector) for face in observed if face.vector is not None]
    if not faces:
        raise ParameterError(f"Request has invalid parameters: there are no faces in the {image}")
    return faces
