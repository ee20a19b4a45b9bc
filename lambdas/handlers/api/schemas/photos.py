"""Photos, and what became of them, as JSON."""

from datetime import datetime
from typing import Any, Literal

from domain.faces import Decision, RecognizedFace, Review
from domain.people import RECOMMENDED_POSES, Person
from domain.photos import FacesWanted, Photo, Problem, RegisteredFace, Status
from domain.results import Reading
from domain.uploads import Upload
from handlers.api.schemas.common import ContentType, In, Instant, Out, example


class FaceIn(In):
    """A photo that is to add a face."""

    model_config = example(contentType="image/jpeg")

    content_type: ContentType


class RecognitionIn(In):
    """A photo on which people are to be recognized."""

    model_config = example(contentType="image/jpeg", faces="all")

    content_type: ContentType
    faces: FacesWanted = FacesWanted.ALL


class VerificationIn(In):
    """A photo that is to show one person."""

    model_config = example(contentType="image/jpeg")

    content_type: ContentType


class UploadOut(Out):
    """Where to send the photo: a multipart form with `fields`, and the file as the last field, named ``file``."""

    url: str
    fields: dict[str, str]
    expires_at: Instant

    @classmethod
    def of(cls, upload: Upload) -> "UploadOut":
        """An upload as JSON."""
        return cls(url=upload.url, fields=dict(upload.fields), expires_at=upload.expires_at)


class BoxOut(Out):
    """A rectangle in fractions of the upright image."""

    left: float
    top: float
    width: float
    height: float


class CandidateOut(Out):
    """Somebody that a face may be."""

    person_id: str
    name: str | None
    similarity: float


class ReviewOut(Out):
    """What a human decided; it counts instead of the service's decision. `by` is the `sub` of the user who did."""

    decision: Decision
    person_id: str | None
    name: str | None
    by: str
    at: Instant

    @classmethod
    def of(cls, review: Review | None, reading: Reading) -> "ReviewOut | None":
        """A human's decision as JSON, with the name that the reader may know."""
        if review is None:
            return None
        return cls.model_validate(vars(review) | {"name": reading.names.get(review.person_id or "")})


class FaceOut(Out):
    """A face on the photo: what the service made of it and, in `review`, what a human did."""

    n: int
    box: BoxOut
    confidence: float
    decision: Decision
    person_id: str | None
    name: str | None
    similarity: float | None
    candidates: list[CandidateOut]
    review: ReviewOut | None

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
            review=ReviewOut.of(face.review, reading),
        )


class ProblemOut(Out):
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


ShownStatus = Literal[
    Status.AWAITING_UPLOAD, Status.PROCESSING, Status.SUCCEEDED, Status.REJECTED, Status.FAILED, Status.EXPIRED
]


class _PhotoOut(Out):
    id: str
    status: ShownStatus
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


class ComparedFaceOut(Out):
    """The face that was compared: the largest one on the photo."""

    box: BoxOut
    confidence: float

    @classmethod
    def of(cls, face: RecognizedFace) -> "ComparedFaceOut":
        """A face as JSON."""
        return cls(box=BoxOut.model_validate(vars(face.box)), confidence=face.confidence)


class VerificationOut(_PhotoOut):
    """A verification.

    `verified` is null until it has succeeded. `similarity` is how much the face resembles the person, in percent; null
    below the review threshold.
    """

    person_id: str | None
    verified: bool | None
    similarity: float | None
    face: ComparedFaceOut | None

    @classmethod
    def of(cls, reading: Reading, now: datetime, upload: Upload | None = None) -> "VerificationOut":
        """A verification as JSON."""
        result = reading.result
        face = result.faces[0] if result and result.faces else None
        return cls(
            **_common(reading.photo, now),
            error=ProblemOut.of(result.problem if result else None),
            upload=UploadOut.of(upload) if upload else None,
            person_id=reading.photo.person_id,
            verified=face.decision is Decision.MATCHED if face else None,
            similarity=face.similarity if face else None,
            face=ComparedFaceOut.of(face) if face else None,
        )


class RegisteredFaceOut(Out):
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


class GuidanceOut(Out):
    """How many photos a person should have, each with another pose, and how many are missing still."""

    recommended_poses: int
    missing_poses: int

    @classmethod
    def of(cls, person: Person | None) -> "GuidanceOut | None":
        """What is recommended for a person, if they are still there."""
        return cls(recommended_poses=RECOMMENDED_POSES, missing_poses=person.missing_poses) if person else None


class RegistrationOut(_PhotoOut):
    """A registration.

    `duplicate` says that this very photo had been registered for the person before, so nothing was added. `searchable`
    is false for a minute where Rekognition was not done with the face at once, so that photos may not find it yet.
    `guidance` is null once the person is gone.
    """

    person_id: str | None
    face: RegisteredFaceOut | None
    searchable: bool
    duplicate: bool
    guidance: GuidanceOut | None

    @classmethod
    def of(
        cls, reading: Reading, now: datetime, person: Person | None, upload: Upload | None = None
    ) -> "RegistrationOut":
        """A registration as JSON."""
        result = reading.result
        registered = result.registered if result else None
        return cls(
            **_common(reading.photo, now),
            error=ProblemOut.of(result.problem if result else None),
            upload=UploadOut.of(upload) if upload else None,
            person_id=reading.photo.person_id,
            face=RegisteredFaceOut.of(registered),
            searchable=result is not None and result.searchable_at(now),
            duplicate=result is not None and result.duplicate_of is not None,
            guidance=GuidanceOut.of(person),
        )


def _common(photo: Photo, now: datetime) -> dict[str, Any]:
    return {
        "id": photo.id,
        "status": photo.status_at(now),
        "created_at": photo.created_at,
        "uploaded_at": photo.uploaded_at,
        "completed_at": photo.completed_at,
    }
