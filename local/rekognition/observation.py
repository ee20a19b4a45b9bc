"""One look at a photo: all faces with their details, judged, and as many as wanted turned into vectors."""

from dataclasses import dataclass, field
from typing import Any

from local.rekognition.alignment import align
from local.rekognition.details import face_detail, measure
from local.rekognition.images import Photo
from local.rekognition.model import FaceModel, Vector
from local.rekognition.quality import BARS, QualityBar
from local.rekognition.sighting import Sighting
from local.rekognition.workers import FaceWorkers


@dataclass
class ObservedFace:
    """A face, its `FaceDetail`, why it is below the quality bar if it is, and its vector if one was wanted."""

    sighting: Sighting
    detail: dict[str, Any]
    reasons: list[str] = field(default_factory=list)
    vector: Vector | None = None


def observe(workers: FaceWorkers, data: bytes, *, vectors: int = 0, quality: str = "NONE") -> list[ObservedFace]:
    """Find and describe the faces of an image.

    Args:
        workers: Where the models are.
        data: A JPEG or PNG.
        vectors: How many faces to turn into vectors: the largest ones above the quality bar.
        quality: A value of `QualityFilter`.

    Returns:
        What the model detects, largest first. A face with neither reasons nor vector was not among the `vectors`
        largest.

    Raises:
        ImageFormatError: Not a whole JPEG or PNG.
        ImageTooLargeError: Too many pixels.
        ParameterError: A side below 80 pixels.
    """
    photo = Photo(data)
    return workers.run(lambda model: _look(model, photo, vectors, BARS[quality]))


def _look(model: FaceModel, photo: Photo, vectors: int, bar: QualityBar) -> list[ObservedFace]:
    try:
        return _faces(model, photo, vectors, bar)
    finally:
        # Whoever waits for the faces still has the photo when this thread begins with the next one.
        photo.forget()


def _faces(model: FaceModel, photo: Photo, vectors: int, bar: QualityBar) -> list[ObservedFace]:
    observed: list[ObservedFace] = []
    for sighting in model.detect(photo):
        crop = align(photo, sighting)
        measures = measure(sighting, crop, *photo.size)
        face = ObservedFace(sighting, face_detail(sighting, measures), bar.reasons(sighting, measures))
        if vectors and not face.reasons:
            vector, length = model.embed(crop)
            if length < bar.length:
                face.reasons.append("LOW_FACE_QUALITY")
            else:
                face.vector = vector
                vectors -= 1
        observed.append(face)
    return observed
