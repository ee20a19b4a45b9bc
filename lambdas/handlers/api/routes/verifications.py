"""Verifications: asking for the upload of a photo that is to show one person, and reading whether it does."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from domain import errors, times
from domain.ids import Kind
from domain.photos import Purpose
from domain.results import Reading, read_photo
from domain.uploads import request_verification
from handlers.api.context import Router, created, wired
from handlers.api.documented import documented
from handlers.api.routing import IdempotencyKey
from handlers.api.schemas.photos import VerificationIn, VerificationOut

router = Router()


@router.post("/people/<person_id>/verifications")
@documented(
    errors.NotFoundError,
    errors.PersonErasingError,
    errors.PersonPendingError,
    errors.ConsentMissingError,
    errors.IdempotencyKeyReusedError,
    errors.BudgetSpentError,
    status=HTTPStatus.CREATED,
)
def create_verification(
    person_id: str, body: VerificationIn, idempotency_key: IdempotencyKey = None
) -> Response[VerificationOut]:
    """Ask for the upload of a photo that is to show this person. Operators, and the person themself."""
    now = times.now()
    photo, upload = request_verification(
        router.caller,
        photo_id=router.reserved_id(Kind.VERIFICATION, idempotency_key, now),
        person_id=person_id,
        content_type=body.content_type,
        people=wired().people,
        photos=wired().photos,
        signer=wired().signer,
        budget=wired().budget,
        now=now,
    )
    return created(VerificationOut.of(Reading(photo, None, {}), now, upload), f"/verifications/{photo.id}")


@router.get("/verifications/<verification_id>")
@documented(errors.NotFoundError, errors.AuditUnavailableError)
def get_verification(verification_id: str) -> VerificationOut:
    """Read whether a photo shows the person. Its owner, and operators.

    It tells of the person it was asked about and of nobody else. A photo alone proves no identity: there is no
    liveness check.
    """
    now = times.now()
    reading = read_photo(
        router.caller,
        Purpose.VERIFICATION,
        verification_id,
        photos=wired().photos,
        people=wired().people,
        names_for_users=wired().names_for_users,
        record=router.record,
        now=now,
    )
    return VerificationOut.of(reading, now)
