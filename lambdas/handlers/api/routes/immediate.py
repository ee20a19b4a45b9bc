"""Recognition at once: the photo as the body, the result as the answer. Served by a function of its own."""

import base64
from functools import cache
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from domain import errors, times
from domain.audit import recorder
from domain.idempotency import reserved_id
from domain.ids import Kind
from domain.immediate import recognize_now, require_success
from domain.photos import CONTENT_TYPES, FacesWanted, Purpose
from domain.results import read_photo
from handlers.api.documented import documented
from handlers.api.parameters import IdempotencyKey
from handlers.api.routing import BaseRouter
from handlers.api.schemas.photos import RecognitionOut
from handlers.telemetry import correlate
from handlers.wiring import immediate as wiring

router = BaseRouter()
wired = cache(wiring.wired)


@router.post("/recognitions/immediate")
@documented(
    errors.ImageTooLargeError,
    errors.ImageTooSmallError,
    errors.UnsupportedImageError,
    errors.NotFoundError,
    errors.IdempotencyKeyReusedError,
    errors.RequestInProgressError,
    errors.BudgetSpentError,
    errors.AuditUnavailableError,
    takes=CONTENT_TYPES,
)
def recognize_immediately(
    faces: Annotated[FacesWanted, Query(description="Which faces are identified.")] = FacesWanted.ALL,
    idempotency_key: IdempotencyKey = None,
) -> RecognitionOut:
    """Recognize the people on a photo, and answer with the result.

    The body is the photo itself, at most 4 MiB; a larger one needs an upload. The result can be read again like any
    other's. When a service is busy nothing is put off: send the photo again after the seconds in `Retry-After`.
    """
    content_type, content = _content_type(), _content()
    now, parts = times.now(), wired()
    recognition_id = reserved_id(
        router.caller,
        Kind.RECOGNITION,
        route=router.source,
        key=idempotency_key,
        body=faces.encode() + b"\0" + content,
        reservations=parts.reservations,
        now=now,
    )
    correlate(recognition_id)
    recognize_now(
        router.caller,
        content,
        photo_id=recognition_id,
        content_type=content_type,
        faces_wanted=faces,
        check_image=parts.check_image,
        photos=parts.photos,
        store=parts.store,
        processor=parts.processor,
        budget=parts.budget,
        now=now,
    )
    reading = read_photo(
        router.caller,
        Purpose.RECOGNITION,
        recognition_id,
        photos=parts.photos,
        people=parts.people,
        names_for_users=parts.names_for_users,
        record=recorder(router.caller, router.source, trail=parts.audit, now=now),
        now=now,
    )
    require_success(reading.result)
    return RecognitionOut.of(reading, now)


def _content_type() -> str:
    named = str(router.current_event.headers.get("content-type", "")).partition(";")[0].strip().lower()
    if named not in CONTENT_TYPES:
        raise errors.UnsupportedImageError("The content type must be " + " or ".join(CONTENT_TYPES))
    return named


def _content() -> bytes:
    """The body's bytes, which API Gateway hands over in base 64 for every content type that is no text."""
    event = router.current_event
    body: str = event.body or ""
    if not body:
        raise errors.MalformedRequestError("The body must be the photo")
    if not event.is_base64_encoded:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        raise errors.MalformedRequestError("The body cannot be read") from None
