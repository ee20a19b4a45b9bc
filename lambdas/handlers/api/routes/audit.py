"""GET /audit."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from domain import errors, times
from domain.audit import AuditAction
from domain.ids import Kind, is_id
from handlers.api.context import Router, wired
from handlers.api.documented import documented
from handlers.api.parameters import Cursor, page_size
from handlers.api.schemas.audit import AuditEntryOut, AuditOut
from handlers.api.schemas.common import Day

MAX_PAGE = 100  # entries on a page: so many items one request to the table reads

router = Router()


@router.get("/audit")
@documented(errors.ForbiddenError, errors.InvalidCursorError, errors.AuditUnavailableError)
def list_audit(
    day: Annotated[Day | None, Query(description="In UTC, as in 2026-11-24. Either this or `personId`.")] = None,
    person_id: Annotated[
        str | None,
        Query(alias="personId", min_length=1, max_length=40, description="Whom it is about. Either this or `day`."),
    ] = None,
    limit: Annotated[int, page_size(MAX_PAGE)] = MAX_PAGE,
    cursor: Cursor = None,
) -> AuditOut:
    """List who did what to whom, on a day (UTC) or to a person, newest first. Admins only; itself recorded."""
    user, now = router.caller, times.now()
    user.require_admin()
    if day and not person_id:
        scope = (user.sub, "audit", "day", day.isoformat())
        after = wired().cursors.open(cursor, *scope)
        page = wired().audit.of_day(day, limit=limit, after=after, now=now)
    elif person_id and not day:
        if not is_id(person_id, Kind.PERSON):  # the entry about this request would hold whatever it is
            raise errors.InvalidRequestError("personId is not the id of a person")
        scope = (user.sub, "audit", "person", person_id)
        after = wired().cursors.open(cursor, *scope)
        page = wired().audit.of_person(person_id, limit=limit, after=after, now=now)
    else:
        raise errors.InvalidRequestError("Name either a day or a personId")
    router.record(AuditAction.SAW, [person_id])
    return AuditOut(
        items=[AuditEntryOut.of(entry) for entry in page.items],
        next_cursor=wired().cursors.seal(page.position, *scope),
    )
