"""Recognitions that there are: listing them, looking at their photos, deciding about faces, deleting them."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from domain import errors, times
from domain.faces import Decision
from domain.photo_links import link_to_photo
from domain.recognition_lists import Span, Wanted, list_recognitions
from domain.removal import delete_recognition
from domain.reviews import review_face
from handlers.api.context import Router, no_content, wired
from handlers.api.documented import documented
from handlers.api.parameters import Before, Cursor, Since, page_size
from handlers.api.schemas.photos import RecognitionOut
from handlers.api.schemas.recognitions import PhotoLinkOut, RecognitionsOut, ReviewIn

MAX_PAGE = 50  # recognitions on a page: each is two of the 100 items that one request to the table reads

router = Router()


@router.get("/recognitions")
@documented(errors.InvalidCursorError, errors.AuditUnavailableError)
def get_recognitions(
    *,
    since: Since = None,
    before: Before = None,
    decision: Annotated[Decision | None, Query(description="Those with a face so decided.")] = None,
    person_id: Annotated[
        str | None, Query(alias="personId", min_length=1, max_length=100, description="Those that show this person.")
    ] = None,
    limit: Annotated[int, page_size(MAX_PAGE)] = MAX_PAGE,
    cursor: Cursor = None,
) -> RecognitionsOut:
    """List recognitions, newest first: your own; as an operator, all that have ended.

    Times are from `from` on and before `to`. With `decision` and `personId`: those with a face that fits. As an
    operator, `decision=review` is the work list: all that wait for a human. A page may hold few or none although
    `nextCursor` says that more follow.
    """
    now, user = times.now(), router.caller
    scope = (
        user.sub,
        "recognitions",
        "all" if user.is_operator else "own",
        _text(since),
        _text(before),
        decision or "",
        person_id or "",
    )
    page = list_recognitions(
        user,
        Wanted(decision, person_id),
        Span.of(since, before, now=now, longest=wired().result_life),
        limit=limit,
        after=wired().cursors.open(cursor, *scope),
        lists=wired().lists,
        people=wired().people,
        names_for_users=wired().names_for_users,
        record=router.record,
        now=now,
    )
    return RecognitionsOut(
        items=[RecognitionOut.of(reading, now) for reading in page.items],
        next_cursor=wired().cursors.seal(page.position, *scope),
    )


@router.get("/recognitions/<recognition_id>/photo")
@documented(errors.NotFoundError, errors.AuditUnavailableError)
def get_recognition_photo(recognition_id: str) -> PhotoLinkOut:
    """Look at the photo: an address that is good for a minute. Its owner, and operators.

    Photos expire before results do; the address of one that has expired is refused.
    """
    link = link_to_photo(
        router.caller,
        recognition_id,
        photos=wired().photos,
        signer=wired().links,
        record=router.record,
        now=times.now(),
    )
    return PhotoLinkOut.model_validate(vars(link))


@router.post("/recognitions/<recognition_id>/faces/<n>/review")
@documented(
    errors.ForbiddenError,
    errors.NotFoundError,
    errors.PersonErasingError,
    errors.PersonPendingError,
    errors.ConsentMissingError,
    errors.AuditUnavailableError,
)
def review_recognized_face(recognition_id: str, n: Annotated[int, Path(ge=0)], body: ReviewIn) -> RecognitionOut:
    """Decide who a face is: confirm, correct or reject. Operators only.

    The decision is kept beside the service's own and counts instead of it; a later one takes its place. The person need
    not be among the candidates.
    """
    now = times.now()
    reading = review_face(
        router.caller,
        recognition_id,
        n,
        decision=body.decision,
        person_id=body.person_id,
        photos=wired().photos,
        reviews=wired().reviews,
        people=wired().people,
        record=router.record,
        now=now,
    )
    return RecognitionOut.of(reading, now)


@router.delete("/recognitions/<recognition_id>")
@documented(errors.NotFoundError, errors.AuditUnavailableError, status=HTTPStatus.NO_CONTENT)
def remove_recognition(recognition_id: str) -> Response[str]:
    """Delete a photo, its result and whatever points to them. Its owner, and operators. Deleting again is no error."""
    delete_recognition(
        router.caller,
        recognition_id,
        photos=wired().photos,
        removal=wired().removal,
        objects=wired().versions,
        record=router.record,
        now=times.now(),
    )
    return no_content()


def _text(instant: datetime | None) -> str:
    return times.to_text(instant) if instant else ""
