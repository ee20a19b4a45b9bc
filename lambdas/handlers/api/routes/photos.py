"""Photos: asking for an upload, and reading what became of it."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from domain import errors, times
from domain.ids import Kind
from domain.photos import ID_KINDS, Photo, Purpose
from domain.results import Reading, read_photo
from domain.uploads import Upload, request_photo_of_person, request_recognition
from handlers.api.context import Router, created, wired
from handlers.api.documented import documented
from handlers.api.parameters import IdempotencyKey
from handlers.api.schemas.photos import (
    FaceIn,
    RecognitionIn,
    RecognitionOut,
    RegistrationOut,
    VerificationIn,
    VerificationOut,
)

router = Router()


@router.post("/people/<person_id>/faces")
@documented(
    errors.NotFoundError,
    errors.PersonErasingError,
    errors.ConsentMissingError,
    errors.TooManyFacesError,
    errors.IdempotencyKeyReusedError,
    errors.BudgetSpentError,
    errors.AuditUnavailableError,
    status=HTTPStatus.CREATED,
)
def create_registration(
    person_id: str, body: FaceIn, idempotency_key: IdempotencyKey = None
) -> Response[RegistrationOut]:
    """Ask for the upload of a photo that adds a face to a person. Operators, and the person themself."""
    photo, upload = _request(Purpose.REGISTRATION, person_id, body, idempotency_key)
    shown = RegistrationOut.of(_asked_for(photo, upload), times.now(), wired().people.get(person_id), upload)
    return created(shown, f"/registrations/{photo.id}")


@router.get("/registrations/<registration_id>")
@documented(errors.NotFoundError, errors.AuditUnavailableError)
def get_registration(registration_id: str) -> RegistrationOut:
    """Read what became of a registration, and how many poses are missing still. Its owner, and operators."""
    reading = _read(Purpose.REGISTRATION, registration_id)
    return RegistrationOut.of(reading, times.now(), wired().people.get(reading.photo.person_id or ""))


@router.post("/people/<person_id>/verifications")
@documented(
    errors.NotFoundError,
    errors.PersonErasingError,
    errors.PersonPendingError,
    errors.ConsentMissingError,
    errors.IdempotencyKeyReusedError,
    errors.BudgetSpentError,
    errors.AuditUnavailableError,
    status=HTTPStatus.CREATED,
)
def create_verification(
    person_id: str, body: VerificationIn, idempotency_key: IdempotencyKey = None
) -> Response[VerificationOut]:
    """Ask for the upload of a photo that is to show this person. Operators, and the person themself."""
    photo, upload = _request(Purpose.VERIFICATION, person_id, body, idempotency_key)
    return created(VerificationOut.of(_asked_for(photo, upload), times.now(), upload), f"/verifications/{photo.id}")


@router.get("/verifications/<verification_id>")
@documented(errors.NotFoundError, errors.AuditUnavailableError)
def get_verification(verification_id: str) -> VerificationOut:
    """Read whether a photo shows the person. Its owner, and operators.

    It tells of the person it was asked about and of nobody else. A photo alone proves no identity: there is no
    liveness check.
    """
    return VerificationOut.of(_read(Purpose.VERIFICATION, verification_id), times.now())


@router.post("/recognitions")
@documented(
    errors.NotFoundError,
    errors.IdempotencyKeyReusedError,
    errors.BudgetSpentError,
    errors.AuditUnavailableError,
    status=HTTPStatus.CREATED,
)
def create_recognition(body: RecognitionIn, idempotency_key: IdempotencyKey = None) -> Response[RecognitionOut]:
    """Ask for the upload of a photo on which people are to be recognized."""
    now = times.now()
    photo, upload = request_recognition(
        router.caller,
        photo_id=router.reserved_id(Kind.RECOGNITION, idempotency_key, now),
        content_type=body.content_type,
        faces_wanted=body.faces,
        photos=wired().photos,
        signer=wired().signer,
        budget=wired().budget,
        now=now,
    )
    return created(RecognitionOut.of(_asked_for(photo, upload), now, upload), f"/recognitions/{photo.id}")


@router.get("/recognitions/<recognition_id>")
@documented(errors.NotFoundError, errors.AuditUnavailableError)
def get_recognition(recognition_id: str) -> RecognitionOut:
    """Read whom a photo shows. Its owner, and operators; plain users see identities only of themselves."""
    return RecognitionOut.of(_read(Purpose.RECOGNITION, recognition_id), times.now())


def _request(
    purpose: Purpose, person_id: str, body: FaceIn | VerificationIn, key: str | None
) -> tuple[Photo, Upload | None]:
    """A photo of a person, of whom it adds a face or whom it is said to show."""
    now = times.now()
    return request_photo_of_person(
        router.caller,
        purpose,
        photo_id=router.reserved_id(ID_KINDS[purpose], key, now),
        person_id=person_id,
        content_type=body.content_type,
        people=wired().people,
        photos=wired().photos,
        signer=wired().signer,
        budget=wired().budget,
        now=now,
    )


def _asked_for(photo: Photo, upload: Upload | None) -> Reading:
    """A photo that awaits its upload; or what became of it since the same request was sent before."""
    return Reading(photo, None, {}) if upload else _read(photo.purpose, photo.id)


def _read(purpose: Purpose, photo_id: str) -> Reading:
    return read_photo(
        router.caller,
        purpose,
        photo_id,
        photos=wired().photos,
        people=wired().people,
        names_for_users=wired().names_for_users,
        record=router.record,
        now=times.now(),
    )
