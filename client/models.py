"""What the API answers, as values. Percentages are 0 to 100, times aware UTC, boxes fractions of the upright image."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from client.errors import ApiError

Json = dict[str, Any]
Status = Literal["awaiting_upload", "processing", "succeeded", "rejected", "failed", "expired"]
Decision = Literal["matched", "review", "unknown", "not_searched"]

# A photo with one of these is still on its way.
OPEN: frozenset[Status] = frozenset({"awaiting_upload", "processing"})


@dataclass(frozen=True)
class Consent:
    """What a person agreed to: for which purpose, by which version of the text, when, until when."""

    purpose: str
    text_version: str
    given_at: datetime
    expires_at: datetime | None = None

    def as_json(self) -> Json:
        """As the API wants it."""
        consent = {"purpose": self.purpose, "textVersion": self.text_version, "givenAt": _written(self.given_at)}
        return consent if self.expires_at is None else {**consent, "expiresAt": _written(self.expires_at)}


@dataclass(frozen=True)
class Person:
    """Somebody registered.

    Attributes:
        etag: Which version of the person this is; None in lists. Who changes a person has to have read them.
    """

    id: str
    name: str
    external_ref: str | None
    status: str
    faces: int
    etag: str | None = None

    @classmethod
    def of(cls, body: Json, etag: str | None = None) -> "Person":
        """From the API's JSON."""
        return cls(body["id"], body["name"], body.get("externalRef"), body["status"], body["faces"], etag)


@dataclass(frozen=True)
class Upload:
    """A presigned upload: a multipart POST to `url` of `fields`, then of the photo in the field `file`."""

    url: str
    fields: dict[str, str]
    expires_at: datetime

    @classmethod
    def of(cls, body: Json) -> "Upload":
        """From the API's JSON."""
        return cls(body["url"], dict(body["fields"]), _read(body["expiresAt"]))


@dataclass(frozen=True)
class Box:
    """Where a face is."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of(cls, body: Json) -> "Box":
        """From the API's JSON."""
        return cls(body["left"], body["top"], body["width"], body["height"])


@dataclass(frozen=True)
class RegisteredFace:
    """A face that now stands for a person."""

    id: str
    box: Box | None

    @classmethod
    def of(cls, body: Json) -> "RegisteredFace":
        """From the API's JSON."""
        return cls(body["id"], Box.of(body["box"]) if body.get("box") else None)


@dataclass(frozen=True)
class Registration:
    """A photo meant to add a face to a person."""

    id: str
    status: Status
    person_id: str
    face: RegisteredFace | None
    searchable: bool
    duplicate: bool
    error: ApiError | None
    upload: Upload | None

    @classmethod
    def of(cls, body: Json) -> "Registration":
        """From the API's JSON."""
        return cls(
            id=body["id"],
            status=body["status"],
            person_id=body["personId"],
            face=RegisteredFace.of(body["face"]) if body.get("face") else None,
            searchable=bool(body.get("searchable", False)),
            duplicate=bool(body.get("duplicate", False)),
            error=_problem(body.get("error")),
            upload=Upload.of(body["upload"]) if body.get("upload") else None,
        )


@dataclass(frozen=True)
class Verification:
    """A photo compared with one claimed person.

    Attributes:
        verified: Whether it shows the person; None until the verification has succeeded.
        similarity: Of the largest face to the person; None where they do not come near.
        box: Where that face is.
    """

    id: str
    status: Status
    person_id: str
    verified: bool | None
    similarity: float | None
    box: Box | None
    error: ApiError | None
    upload: Upload | None

    @classmethod
    def of(cls, body: Json) -> "Verification":
        """From the API's JSON."""
        return cls(
            id=body["id"],
            status=body["status"],
            person_id=body["personId"],
            verified=body.get("verified"),
            similarity=body.get("similarity"),
            box=Box.of(body["face"]["box"]) if body.get("face") else None,
            error=_problem(body.get("error")),
            upload=Upload.of(body["upload"]) if body.get("upload") else None,
        )


@dataclass(frozen=True)
class Candidate:
    """Somebody whom a face in review may be."""

    person_id: str | None
    name: str | None
    similarity: float

    @classmethod
    def of(cls, body: Json) -> "Candidate":
        """From the API's JSON."""
        return cls(body.get("personId"), body.get("name"), body["similarity"])


@dataclass(frozen=True)
class Face:
    """One face of a recognized photo."""

    n: int
    box: Box
    confidence: float | None
    decision: Decision
    person_id: str | None
    name: str | None
    similarity: float | None
    candidates: tuple[Candidate, ...]

    @classmethod
    def of(cls, body: Json) -> "Face":
        """From the API's JSON."""
        return cls(
            n=body["n"],
            box=Box.of(body["box"]),
            confidence=body.get("confidence"),
            decision=body["decision"],
            person_id=body.get("personId"),
            name=body.get("name"),
            similarity=body.get("similarity"),
            candidates=tuple(Candidate.of(candidate) for candidate in body.get("candidates") or ()),
        )


@dataclass(frozen=True)
class Recognition:
    """A photo on which all faces are identified, largest first."""

    id: str
    status: Status
    faces: tuple[Face, ...]
    error: ApiError | None
    upload: Upload | None

    @classmethod
    def of(cls, body: Json) -> "Recognition":
        """From the API's JSON."""
        return cls(
            id=body["id"],
            status=body["status"],
            faces=tuple(Face.of(face) for face in body.get("faces") or ()),
            error=_problem(body.get("error")),
            upload=Upload.of(body["upload"]) if body.get("upload") else None,
        )


def _problem(body: Json | None) -> ApiError | None:
    """Why a photo came to nothing; status 0, for the request that asks about it did succeed."""
    if not body:
        return None
    detail = body.get("detail") or body.get("title", "")
    return ApiError(0, body["code"], detail, retryable=bool(body.get("retryable", False)))


def _read(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _written(when: datetime) -> str:
    if when.utcoffset() != timedelta(0):
        when = when.astimezone(UTC)
    return when.isoformat().replace("+00:00", "Z")
