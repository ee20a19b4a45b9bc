"""Endings in numbers: what came of photos and erasures, how long it took, and how alike the faces were.

They are counted where endings are told, and not where photos are processed: so counting delays no photo.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from domain import metrics
from domain.endings import Ending, ErasureEnding, PhotoEnding
from domain.faces import RecognizedFace
from domain.metrics import Measured, counted

_SUCCEEDED = "succeeded"


def tallies(endings: Iterable[Ending]) -> Iterator[Measured]:
    """All that is measured about these endings."""
    endings = list(endings)
    photos = [ending for ending in endings if isinstance(ending, PhotoEnding)]
    erasures = [ending for ending in endings if isinstance(ending, ErasureEnding)]
    faces = [face for photo in photos for face in photo.result.faces]
    outcomes = Counter(photo.result.problem.code if photo.result.problem else _SUCCEEDED for photo in photos)
    decisions = Counter(str(face.decision) for face in faces)
    yield from (counted(metrics.PHOTOS_ENDED, count, outcome) for outcome, count in outcomes.items())
    yield from (counted(metrics.FACES_DECIDED, count, decision) for decision, count in decisions.items())
    took = [photo.result.completed_at - photo.uploaded_at for photo in photos if photo.uploaded_at]
    yield Measured(metrics.UPLOAD_TO_RESULT, tuple(time / timedelta(milliseconds=1) for time in took))
    yield Measured(metrics.SIMILARITY, tuple(alike for face in faces if (alike := _similarity(face)) is not None))
    yield counted(metrics.ERASURES_COMPLETED, len(erasures))
    yield Measured(
        metrics.ERASURE_TIME,
        tuple((erasure.completed_at - erasure.requested_at).total_seconds() for erasure in erasures),
    )


def _similarity(face: RecognizedFace) -> float | None:
    if face.similarity is not None:
        return face.similarity
    return max((candidate.similarity for candidate in face.candidates), default=None)
