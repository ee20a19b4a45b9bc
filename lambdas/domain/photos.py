"""Photos: one uploaded image, what it is for, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from domain.decisions import DecisionPolicy
from domain.faces import Decision, DetectedFace, RecognizedFace
from domain.ids import Kind, is_id

PREFIX = "uploads/"
IMMEDIATE_PREFIX = "immediate/"  # nothing is triggered by what is put there
MAX_BYTES = 15 * 1024 * 1024  # what Rekognition reads from S3
CONTENT_TYPES = ("image/jpeg", "image/png")
UPLOAD_WITHIN = timedelta(minutes=5)
EXPIRES_AFTER = timedelta(days=1)
SEARCHABLE_AFTER = timedelta(minutes=1)  # Rekognition takes seconds, and tells nobody when it is done
IMMEDIATE_WITHIN = timedelta(minutes=2)  # longer than the function may run that is asked for a result at once


class Purpose(StrEnum):
    """What a photo is for; the value is part of its key."""

    RECOGNITION = "recognition"
    REGISTRATION = "registration"
    VERIFICATION = "verification"


ID_KINDS: Mapping[Purpose, Kind] = MappingProxyType(
    {
        Purpose.RECOGNITION: Kind.RECOGNITION,
        Purpose.REGISTRATION: Kind.REGISTRATION,
        Purpose.VERIFICATION: Kind.VERIFICATION,
    }
)


class Status(StrEnum):
    """Where a photo stands.

    `EXPIRED` is never stored: it is what a photo that was not uploaded in time is shown as; likewise one is shown as
    `FAILED` whose result was asked for at once, and whose request died. `DELETED` is never shown: what is left is a
    tombstone, which has late uploads and late events of the photo come to nothing.
    """

    AWAITING_UPLOAD = "awaiting_upload"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    DELETED = "deleted"


FINAL = frozenset({Status.SUCCEEDED, Status.REJECTED, Status.FAILED})


class FacesWanted(StrEnum):
    """Which faces of a recognition photo are to be identified."""

    ALL = "all"
    LARGEST = "largest"


@dataclass(frozen=True)
class Photo:
    """The record of one photo. Owner and purpose are only ever taken from here, never from the key or the object.

    Attributes:
        id: Also the id of the recognition, registration or verification, and a face's ExternalImageId in Rekognition.
        owner: `sub` of the user who asked for the upload.
        person_id: Whose face it is to add, or who is said to be on it; None for a recognition.
        version: The S3 version that is processed; the first one to be claimed, for good.
        size: Bytes.
        discarded: Whether the object is of no further use, and is deleted instead of kept.
        immediate: Whether it came with the request that asked for its result, instead of by an upload of its own.
    """

    id: str
    owner: str
    purpose: Purpose
    content_type: str
    created_at: datetime
    person_id: str | None = None
    faces_wanted: FacesWanted = FacesWanted.ALL
    status: Status = Status.AWAITING_UPLOAD
    version: str | None = None
    size: int | None = None
    uploaded_at: datetime | None = None
    completed_at: datetime | None = None
    discarded: bool = False
    immediate: bool = False

    @property
    def key(self) -> str:
        """The object's key in the bucket."""
        return object_key(self.purpose, self.id, immediate=self.immediate)

    def ended(self, result: "Result") -> "Photo":
        """The photo once `result` is written. A registration photo is kept for the face it added, or not at all."""
        discarded = self.purpose is Purpose.REGISTRATION and result.registered is None
        return replace(self, status=result.status, completed_at=result.completed_at, discarded=discarded)

    def status_at(self, now: datetime) -> Status:
        """The status as it is shown."""
        awaited = self.status in {Status.AWAITING_UPLOAD, Status.PROCESSING}
        if awaited and self.immediate and now - self.created_at > IMMEDIATE_WITHIN:
            return Status.FAILED
        if self.status is Status.AWAITING_UPLOAD and now - self.created_at > EXPIRES_AFTER:
            return Status.EXPIRED
        return self.status


def object_key(purpose: Purpose, photo_id: str, *, immediate: bool = False) -> str:
    """The key of a photo's object; `parse_key` reads it."""
    return f"{IMMEDIATE_PREFIX if immediate else PREFIX}{purpose}/{photo_id}"


def parse_key(key: str) -> tuple[Purpose, str] | None:
    """Purpose and photo id of a key that this service made; None for every other key."""
    prefix = next((prefix for prefix in (PREFIX, IMMEDIATE_PREFIX) if key.startswith(prefix)), None)
    folder, _, rest = key.removeprefix(prefix or "").partition("/")
    if prefix is None or folder not in list(Purpose):
        return None
    purpose = Purpose(folder)
    return (purpose, rest) if is_id(rest, ID_KINDS[purpose]) else None


class Call(StrEnum):
    """The Rekognition calls that are billed by image."""

    SEARCH = "search"
    INDEX = "index"


@dataclass(frozen=True)
class Problem:
    """Why a photo was rejected or failed; the same members as the API's error answers."""

    code: str
    title: str
    detail: str
    retryable: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegisteredFace:
    """The face that a registration added.

    Attributes:
        id: Rekognition's face id.
        searchable: Whether Rekognition had updated the person's vector by the end of the registration.
    """

    id: str
    face: DetectedFace
    searchable: bool = True


@dataclass(frozen=True)
class Result:
    """What came of a photo; written once.

    Attributes:
        faces: The recognized faces, largest first, of a recognition; of a verification the one face that was compared,
            `MATCHED` or `UNKNOWN`, with its similarity to the claimed person.
        registered: The face that was added; only of a registration that added one.
        duplicate_of: Id of the face that this very photo had added before; then nothing was added.
        calls: Billed calls that this took, failed ones and those before it was put off included.
        policy: The thresholds that it was decided by; None when nothing was decided.
        model_version: Rekognition's face model; None when no call got that far.
        revision: How often it was changed after it was written: by a human's decision, by an erasure.
    """

    status: Status
    completed_at: datetime
    faces: tuple[RecognizedFace, ...] = ()
    registered: RegisteredFace | None = None
    duplicate_of: str | None = None
    problem: Problem | None = None
    calls: Mapping[Call, int] = field(default_factory=dict)
    policy: DecisionPolicy | None = None
    model_version: str | None = None
    content_hash: str | None = None
    revision: int = 0

    @property
    def mentions(self) -> frozenset[str]:
        """Ids of all people whom the faces name."""
        return frozenset().union(*(face.mentions for face in self.faces))

    def searchable_at(self, now: datetime) -> bool:
        """Whether photos of the person find the face that was added."""
        added = self.registered
        return added is not None and (added.searchable or now - self.completed_at >= SEARCHABLE_AFTER)

    @property
    def waits_for_review(self) -> bool:
        """Whether a human has to look at any of the faces."""
        return any(face.standing is Decision.REVIEW for face in self.faces)
