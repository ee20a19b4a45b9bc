"""What the API takes and gives, as JSON. Fields are camelCase outside, unknown ones are refused."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from domain import times
from domain.access import Role
from domain.faces import Decision, RecognizedFace
from domain.people import Consent, Person, PersonStatus
from domain.photos import FacesWanted, Photo, Problem, RegisteredFace, Status
from domain.results import Reading
from domain.uploads import Upload


def _one_line(text: str) -> str:
    """Refuse control characters: they have no place in a name, and could forge lines where it is shown."""
    if not text.isprintable():
        raise ValueError("must not hold control characters")
    if text != text.strip():
        raise ValueError("must not begin or end with space")
    return text


Text = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=100)]
Instant = Annotated[datetime, PlainSerializer(times.to_text, return_type=str)]
ContentType = Literal["image/jpeg", "image/png"]


class _In(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class _Out(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


# -- requests ---------------------------------------------------------------------------------------------------


class ConsentIn(_In):
    """What the person agreed to."""

    purpose: Text
    text_version: Text
    given_at: AwareDatetime
    expires_at: AwareDatetime | None = None

    def to_domain(self) -> Consent:
        """As the domain has it."""
        return Consent(self.purpose, self.text_version, self.given_at, self.expires_at)


class PersonIn(_In):
    """Somebody to be registered."""

    name: Text
    external_ref: Text | None = None
    consent: ConsentIn


class FaceIn(_In):
    """A photo that is to add a face."""

    content_type: ContentType


class RecognitionIn(_In):
    """A photo on which people are to be recognized."""

    content_type: ContentType
    faces: FacesWanted = FacesWanted.ALL


# -- answers ----------------------------------------------------------------------------------------------------


class ConsentOut(_Out):
    """What the person agreed to."""

    purpose: str
    text_version: str
    given_at: Instant
    expires_at: Instant | None


class PersonOut(_Out):
    """A registered person."""

    id: str
    name: str
    external_ref: str | None
    status: PersonStatus
    faces: int
    created_at: Instant
    consent: ConsentOut

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        """A person as JSON."""
        consent = person.consent
        return cls(
            id=person.id,
            name=person.name,
            external_ref=person.external_ref,
            status=person.status,
            faces=person.faces,
            created_at=person.created_at,
            consent=ConsentOut(
                purpose=consent.purpose,
                text_version=consent.text_version,
                given_at=consent.given_at,
                expires_at=consent.expires_at,
            ),
        )


class PeopleOut(_Out):
    """A page of people."""

    items: list[PersonOut]
    next_cursor: str | None


class MeOut(_Out):
    """The signed-in user."""

    sub: str
    roles: list[Role]
    person: PersonOut | None


class UploadOut(_Out):
    """Where to send the photo: a multipart form with `fields`, and the file as the last field, named ``file``."""

    url: str
    fields: dict[str, str]
    expires_at: Instant

    @classmethod
    def of(cls, upload: Upload) -> "UploadOut":
        """An upload as JSON."""
        return cls(url=upload.url, fields=dict(upload.fields), expires_at=upload.expires_at)


class BoxOut(_Out):
    """A rectangle in fractions of the upright image."""

    left: float
    top: float
    width: float
    height: float


class CandidateOut(_Out):
    """Somebody that a face may be."""

    person_id: str
    name: str | None
    similarity: float


class FaceOut(_Out):
    """A face on the photo, and who it is."""

    n: int
    box: BoxOut
    confidence: float
    decision: Decision
    person_id: str | None
    name: str | None
    similarity: float | None
    candidates: list[CandidateOut]

    @classmethod
    def of(cls, face: RecognizedFace, reading: Reading) -> "FaceOut":
        """A face as JSON, with the names that the reader may know."""
        return cls(
            n=face.n,
            box=BoxOut.model_validate(vars(face.box)),
            confidence=face.confidence,
            decision=face.decision,
            person_id=face.person_id,
            name=reading.names.get(face.person_id or ""),
            similarity=face.similarity,
            candidates=[
                CandidateOut(
                    person_id=candidate.person_id,
                    name=reading.names.get(candidate.person_id),
                    similarity=candidate.similarity,
                )
                for candidate in face.candidates
            ],
        )


class ProblemOut(_Out):
    """Why a photo was rejected or failed."""

    code: str
    title: str
    detail: str
    retryable: bool
    reasons: list[str]

    @classmethod
    def of(cls, problem: Problem | None) -> "ProblemOut | None":
        """A problem as JSON."""
        return cls.model_validate(vars(problem) | {"reasons": list(problem.reasons)}) if problem else None


class _PhotoOut(_Out):
    id: str
    status: Status
    created_at: Instant
    uploaded_at: Instant | None
    completed_at: Instant | None
    error: ProblemOut | None
    upload: UploadOut | None = None


class RecognitionOut(_PhotoOut):
    """A recognition; `faces` is empty until it has succeeded, and `upload` is only there when it was just made."""

    faces: list[FaceOut]

    @classmethod
    def of(cls, reading: Reading, now: datetime, upload: Upload | None = None) -> "RecognitionOut":
        """A recognition as JSON."""
        result = reading.result
        return cls(
            **_common(reading.photo, now),
            error=ProblemOut.of(result.problem if result else None),
            upload=UploadOut.of(upload) if upload else None,
            faces=[FaceOut.of(face, reading) for face in (result.faces if result else ())],
        )


class RegisteredFaceOut(_Out):
    """The face that a registration added."""

    id: str
    box: BoxOut
    confidence: float

    @classmethod
    def of(cls, registered: RegisteredFace | None) -> "RegisteredFaceOut | None":
        """A registered face as JSON."""
        if registered is None:
            return None
        face = registered.face
        return cls(id=registered.id, box=BoxOut.model_validate(vars(face.box)), confidence=face.confidence)


class RegistrationOut(_PhotoOut):
    """A registration.

    `duplicate` says that this very photo had been registered for the person before, so nothing was added. `searchable`
    turns true once a photo of the person finds this face.
    """

    person_id: str | None
    face: RegisteredFaceOut | None
    searchable: bool
    duplicate: bool

    @classmethod
    def of(cls, reading: Reading, now: datetime, upload: Upload | None = None) -> "RegistrationOut":
        """A registration as JSON."""
        result = reading.result
        registered = result.registered if result else None
        return cls(
            **_common(reading.photo, now),
            error=ProblemOut.of(result.problem if result else None),
            upload=UploadOut.of(upload) if upload else None,
            person_id=reading.photo.person_id,
            face=RegisteredFaceOut.of(registered),
            searchable=registered is not None and registered.searchable,
            duplicate=result is not None and result.duplicate_of is not None,
        )


class HealthOut(_Out):
    """The service answers."""

    status: Literal["ok"] = "ok"


def _common(photo: Photo, now: datetime) -> dict[str, Any]:
    return {
        "id": photo.id,
        "status": photo.status_at(now),
        "created_at": photo.created_at,
        "uploaded_at": photo.uploaded_at,
        "completed_at": photo.completed_at,
    }
