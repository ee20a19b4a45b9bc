"""Who was seen when."""

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from domain import errors, times
from domain.recognition_lists import Span
from domain.sightings import attendance, list_visits, require_watched
from handlers.api.context import Router, wired
from handlers.api.documented import documented
from handlers.api.parameters import Before, Cursor, Since, page_size
from handlers.api.schemas.common import Day
from handlers.api.schemas.sightings import AttendancesOut, VisitsOut
from handlers.api.tables import liked, table

MAX_PAGE = 100  # of people: so many names one request to the table reads, and entries of the audit one writes

router = Router()

Debounce = Annotated[
    int,
    Query(
        alias="debounceSeconds",
        ge=0,
        le=86400,
        description="Sightings that follow one another in less than this are one visit; 0: each is one.",
    ),
]
DEBOUNCE = 300


@router.get("/people/<person_id>/sightings")
@documented(
    errors.ForbiddenError,
    errors.NotFoundError,
    errors.PersonErasingError,
    errors.ConsentMissingError,
    errors.NotAcceptableError,
    errors.InvalidCursorError,
    errors.AuditUnavailableError,
    gives=("text/csv",),
)
def list_sightings(
    person_id: str,
    *,
    since: Since = None,
    before: Before = None,
    debounce: Debounce = DEBOUNCE,
    limit: Annotated[int, page_size(MAX_PAGE)] = MAX_PAGE,
    cursor: Cursor = None,
) -> Response[VisitsOut | str]:
    """List when a person was seen, newest first, as JSON or CSV by `Accept`. Operators only.

    Sightings from `from` on and before `to`, those that follow one another closely as one visit. A visit of more than
    2000 sightings is told in parts.
    """
    user, now = router.caller, times.now()
    user.require_operator()
    kind = liked(router.current_event)
    person = require_watched(user, person_id, people=wired().people, now=now)
    scope = (
        user.sub,
        "sightings",
        person.id,
        times.to_text(since) if since else "",
        times.to_text(before) if before else "",
        str(debounce),
    )
    page = list_visits(
        person,
        Span.of(since, before, now=now, longest=wired().result_life),
        debounce=timedelta(seconds=debounce),
        limit=limit,
        after=wired().cursors.open(cursor, *scope),
        sightings=wired().sightings,
        record=router.record,
        now=now,
    )
    body = VisitsOut.of(page.items, wired().cursors.seal(page.position, *scope))
    return table(kind, body, body.table(), name=f"sightings-{person.id}", event=router.current_event)


@router.get("/attendance")
@documented(
    errors.ForbiddenError,
    errors.UnknownTimeZoneError,
    errors.NotAcceptableError,
    errors.InvalidCursorError,
    errors.AuditUnavailableError,
    gives=("text/csv",),
)
def list_attendance(
    *,
    day: Annotated[Day, Query(alias="date", description="As in 2026-11-24.")],
    tz: Annotated[str, Query(min_length=1, max_length=64, description="IANA name, as in Europe/Berlin.")] = "UTC",
    debounce: Debounce = DEBOUNCE,
    limit: Annotated[int, page_size(MAX_PAGE)] = MAX_PAGE,
    cursor: Cursor = None,
) -> Response[AttendancesOut | str]:
    """List who was seen on a day: first, last, and on how many visits; as JSON or CSV by `Accept`. Operators only.

    The day is one as it is lived in the time zone `tz`, of 23 or 25 hours where the clocks change. People come in the
    order in which they were registered; a page may hold few or none although more follow.
    """
    user, now = router.caller, times.now()
    user.require_operator()
    kind = liked(router.current_event)
    zone = wired().time_zone(tz)
    scope = (user.sub, "attendance", day.isoformat(), zone.key, str(debounce))
    page = attendance(
        day,
        zone,
        debounce=timedelta(seconds=debounce),
        limit=limit,
        after=wired().cursors.open(cursor, *scope),
        longest=wired().result_life,
        people=wired().people,
        sightings=wired().sightings,
        record=router.record,
        now=now,
    )
    body = AttendancesOut.of(day, zone, page.items, wired().cursors.seal(page.position, *scope))
    return table(kind, body, body.table(zone), name=f"attendance-{day}", event=router.current_event)
