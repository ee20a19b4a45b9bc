"""Photos, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Status = Literal["awaiting_upload", "processing", "succeeded", "rejected", "failed", "expired"]
Decision = Literal["matched", "review", "unknown", "not_searched"]

# A photo with one of these is still on its way.
OPEN: frozenset[Status] = frozenset({"awaiting_upload", "processing"})


@dataclass(frozen=True)
class Upload:
    """A presigned upload: a multipart POST to `url` of `fields`, then of the photo in the field `file`."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class Box:
    """Where a face is."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Problem:
    """Why a photo came to nothing.

    Attributes:
        code: Stable, such as `duplicate_person`; `title` and `detail` are for people.
        retryable: Whether another upload of the same photo may succeed.
        reasons: Why the face model found a face too bad, such as LOW_SHARPNESS.
    """

    code: str
    title: str
    detail: str
    retryable: bool
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(frozen=True)
class _Photo:
    """What all photos have; `upload` is only there when the photo was just asked for."""

    id: str
    status: Status
    created_at: datetime
    uploaded_at: datetime | None
    completed_at: datetime | None
    error: Problem | None
    upload: Upload | None


@dataclass(frozen=True)
class RegisteredFace:
    """The face that a registration added."""

    id: str
    box: Box
    confidence: float


@dataclass(frozen=True)
class Guidance:
    """How many photos a person should have, each with another pose, and how many are missing still."""

    recommended_poses: int
    missing_poses: int


@dataclass(frozen=True)
class Registration(_Photo):
    """A photo meant to add a face to a person.

    Attributes:
        person_id: None once the person is erased.
        searchable: Whether photos of the person find this face yet.
        duplicate: This very photo had been registered for the person before, so nothing was added.
        guidance: None once the person is erased.
    """

    person_id: str | None
    face: RegisteredFace | None
    searchable: bool
    duplicate: bool
    guidance: Guidance | None


@dataclass(frozen=True)
class ComparedFace:
    """The face that was compared: the largest one on the photo."""

    box: Box
    confidence: float


@dataclass(frozen=True)
class Verification(_Photo):
    """A photo compared with one claimed person.

    Attributes:
        person_id: None once the person is erased.
        verified: Whether it shows the person; None until the verification has succeeded.
        similarity: Of the largest face to the person; None where they do not come near.
    """

    person_id: str | None
    verified: bool | None
    similarity: float | None
    face: ComparedFace | None


@dataclass(frozen=True)
class Candidate:
    """Somebody whom a face in review may be."""

    person_id: str
    name: str | None
    similarity: float


@dataclass(frozen=True)
class Review:
    """What a human decided; it counts instead of the service's decision. `by` is the `sub` of the user who did."""

    decision: Decision
    person_id: str | None
    name: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class Face:
    """One face of a recognized photo: what the service made of it and, in `review`, what a human did."""

    n: int
    box: Box
    confidence: float
    decision: Decision
    person_id: str | None
    name: str | None
    similarity: float | None
    candidates: tuple[Candidate, ...]
    review: Review | None


@dataclass(frozen=True)
class Recognition(_Photo):
    """A photo on which all faces are identified, largest first; no faces until it has succeeded."""

    faces: tuple[Face, ...]


@dataclass(frozen=True)
class PhotoLink:
    """Where a photo can be read, without a token, until `expires_at`."""

    url: str
    content_type: str
    expires_at: datetime
