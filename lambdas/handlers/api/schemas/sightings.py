"""Who was seen when, as JSON and as tables."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from domain import times
from domain.sightings import Attendance, Visit
from handlers.api.csv_text import Cell
from handlers.api.schemas.common import Instant, Out


class VisitOut(Out):
    """A person was seen, from the first of some sightings to the last.

    `photoId` is the recognition or verification of the first one, `n` the face on it, `similarity` in percent, and
    `reviewed` says whether a human decided that it was them.
    """

    first_seen_at: Instant
    last_seen_at: Instant
    sightings: int
    photo_id: str
    n: int
    similarity: float | None
    reviewed: bool

    @classmethod
    def of(cls, visit: Visit) -> "VisitOut":
        """A visit as JSON."""
        first = visit.first
        return cls(
            first_seen_at=first.seen_at,
            last_seen_at=visit.last_seen_at,
            sightings=visit.sightings,
            photo_id=first.photo_id,
            n=first.n,
            similarity=first.similarity,
            reviewed=first.reviewed,
        )


class VisitsOut(Out):
    """A page of the visits of one person, newest first."""

    items: list[VisitOut]
    next_cursor: str | None

    @classmethod
    def of(cls, visits: Sequence[Visit], next_cursor: str | None) -> "VisitsOut":
        """A page as JSON."""
        return cls(items=[VisitOut.of(visit) for visit in visits], next_cursor=next_cursor)

    def table(self) -> Iterator[tuple[Cell, ...]]:
        """A page as a table, header first."""
        yield "firstSeenAt", "lastSeenAt", "sightings", "photoId", "n", "similarity", "reviewed"
        for visit in self.items:
            yield (
                times.to_text(visit.first_seen_at),
                times.to_text(visit.last_seen_at),
                visit.sightings,
                visit.photo_id,
                visit.n,
                visit.similarity,
                str(visit.reviewed).lower(),
            )


class AttendanceOut(Out):
    """When a person was first and last seen on the day, and on how many visits."""

    person_id: str
    name: str
    first_seen_at: Instant
    last_seen_at: Instant
    visits: int


class AttendancesOut(Out):
    """A page of the people who were seen on a day, in the order in which they were registered."""

    day: date = Field(serialization_alias="date")
    time_zone: str
    items: list[AttendanceOut]
    next_cursor: str | None

    @classmethod
    def of(cls, day: date, zone: ZoneInfo, items: Sequence[Attendance], next_cursor: str | None) -> "AttendancesOut":
        """A page as JSON."""
        return cls(
            day=day,
            time_zone=zone.key,
            items=[AttendanceOut.model_validate(vars(one)) for one in items],
            next_cursor=next_cursor,
        )

    def table(self, zone: ZoneInfo) -> Iterator[tuple[Cell, ...]]:
        """A page as a table, header first; `firstSeen` and `lastSeen` are what a clock on the wall showed."""
        yield (
            "date",
            "timeZone",
            "personId",
            "name",
            "firstSeen",
            "lastSeen",
            "visits",
            "firstSeenAt",
            "lastSeenAt",
        )
        for one in self.items:
            yield (
                self.day.isoformat(),
                self.time_zone,
                one.person_id,
                one.name,
                _on_the_wall(one.first_seen_at, zone),
                _on_the_wall(one.last_seen_at, zone),
                one.visits,
                times.to_text(one.first_seen_at),
                times.to_text(one.last_seen_at),
            )


def _on_the_wall(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
