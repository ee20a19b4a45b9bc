"""Faces on a photo, and what was found out about each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Box:
    """A rectangle in fractions of the upright image, 0 to 1; it may reach beyond the edge, as Rekognition's do."""

    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Share of the image that the box covers."""
        return self.width * self.height

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0 (apart) to 1 (the same box)."""
        width = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        height = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.area + other.area - shared)


@dataclass(frozen=True)
class DetectedFace:
    """A face that was seen on an image, not yet identified; `confidence` is percent."""

    box: Box
    confidence: float


@dataclass(frozen=True)
class Match:
    """A person whom a face resembles; `similarity` is percent."""

    person_id: str
    similarity: float


class Decision(StrEnum):
    """What the service makes of a face."""

    MATCHED = "matched"
    REVIEW = "review"
    UNKNOWN = "unknown"
    NOT_SEARCHED = "not_searched"


@dataclass(frozen=True)
class Review:
    """What a human decided about a face.

    Attributes:
        decision: `MATCHED` or `UNKNOWN`.
        person_id: The person, when it is `MATCHED`.
        by: `sub` of the user who decided.
    """

    decision: Decision
    person_id: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class RecognizedFace:
    """One face of a recognition: what the service made of it, and beside that what a human did.

    Attributes:
        n: Index on the photo, 0 for the largest face.
        person_id: The person, when the decision is `MATCHED`.
        similarity: Percent; of the best candidate, or None when nobody came near.
        candidates: The people it may be, best first; only kept for `REVIEW`.
        review: A human's decision, which counts instead of the service's.
    """

    n: int
    box: Box
    confidence: float
    decision: Decision
    person_id: str | None = None
    similarity: float | None = None
    candidates: tuple[Match, ...] = ()
    review: Review | None = None

    @property
    def standing(self) -> Decision:
        """The decision that counts."""
        return self.review.decision if self.review else self.decision

    @property
    def identity(self) -> Match | None:
        """Who it is, by the decision that counts; with a similarity of 0 where only a human sees a likeness."""
        person_id = self.review.person_id if self.review else self.person_id
        if person_id is None:
            return None
        own = (Match(self.person_id, self.similarity or 0),) if self.person_id else ()
        return next((m for m in (*own, *self.candidates) if m.person_id == person_id), Match(person_id, 0))

    @property
    def mentions(self) -> frozenset[str]:
        """Ids of all people that this result names, whoever named them."""
        named = {self.person_id, self.review.person_id if self.review else None}
        return frozenset({*(person_id for person_id in named if person_id), *(c.person_id for c in self.candidates)})
