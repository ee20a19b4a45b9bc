"""Who was seen when: the visits of one person, and everybody's attendance on one day.

A camera sees somebody many times while they stand in front of it. Sightings that follow one another in less than a
given time are therefore told as one visit, from the first of them to the last.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from domain import times
from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.days import bounds_of
from domain.pages import Page
from domain.people import People, Person, read_person, require_consenting
from domain.recognition_lists import Span

MOST_READ = 2000  # sightings that one page of visits is made of
MOST_SEEN = 20_000  # after so many sightings a page of a day's attendance ends with the person whom they are of


@dataclass(frozen=True)
class Sighting:
    """A person was recognized on a photo: as its face `n`.

    Attributes:
        similarity: Percent; None where a human saw a likeness and the service none.
        reviewed: Whether a human decided that it was them.
    """

    photo_id: str
    seen_at: datetime
    n: int
    similarity: float | None
    reviewed: bool = False

    @property
    def position(self) -> str:
        """Where it stands among the sightings of the same person; texts in the order of time."""
        return f"{times.to_text(self.seen_at)}#{self.photo_id}"


@dataclass(frozen=True)
class Visit:
    """Sightings of a person that follow one another closely: how many, the first one, and when the last one was."""

    first: Sighting
    last_seen_at: datetime
    sightings: int = 1


@dataclass(frozen=True)
class Attendance:
    """When a person was first and last seen on a day, and on how many visits."""

    person_id: str
    name: str
    first_seen_at: datetime
    last_seen_at: datetime
    visits: int


class Sightings(Protocol):
    """Where sightings are kept. Both methods read on as their answer is walked, and may raise `ServiceBusyError`."""

    def of_person(self, person_id: str, span: Span, *, before: str | None, now: datetime) -> Iterator[Sighting]:
        """Sightings of a person, newest first, as they are now; those past their time are left out.

        Args:
            before: Only those whose `Sighting.position` is less.
        """

    def by_person(self, span: Span, *, after: str | None, pace: int) -> Iterator[tuple[str, datetime]]:
        """Who was seen when, in the order of people's ids, and of time for each; it may lag a little.

        Args:
            after: Only people whose id is greater.
            pace: About how many will be wanted.
        """


def require_watched(caller: Caller, person_id: str, *, people: People, now: datetime) -> Person:
    """Check that it may be told when a person was seen.

    Raises:
        NotFoundError: There is no such person, or the caller may not see them.
        PersonErasingError: The person is being erased.
        ConsentMissingError: Their consent has ended, and they are about to be erased.
    """
    person = read_person(caller, person_id, people=people)
    require_consenting(person, now)
    return person


def list_visits(
    person: Person,
    span: Span,
    *,
    debounce: timedelta,
    limit: int,
    after: str | None,
    sightings: Sightings,
    record: Record,
    now: datetime,
) -> Page[Visit]:
    """List when a person was seen, newest first; it is recorded.

    Args:
        debounce: A sighting belongs to the visit of the one before it when it follows in less than this; with zero
            each is a visit by itself.
        limit: Most visits on the page. One of more than `MOST_READ` sightings is told in parts.
        after: `Page.position` of the page before.

    Raises:
        AuditUnavailableError: It cannot be recorded, so it is not told.
    """
    record(AuditAction.SAW, [person.id])
    return _page_of_visits(sightings.of_person(person.id, span, before=after, now=now), debounce, limit)


def _page_of_visits(newest_first: Iterable[Sighting], debounce: timedelta, limit: int) -> Page[Visit]:
    """The next visits; a page ends between two of them, unless a single one has more sightings than may be read."""
    visits: list[Visit] = []
    for read, sighting in enumerate(newest_first):
        if visits and visits[-1].first.seen_at - sighting.seen_at < debounce:
            if read < MOST_READ:
                visits[-1] = replace(visits[-1], first=sighting, sightings=visits[-1].sightings + 1)
                continue
            if len(visits) > 1:
                visits.pop()  # it begins before the page does, and is told whole by the next one
            return Page(visits, visits[-1].first.position)
        if len(visits) == limit or read >= MOST_READ:
            return Page(visits, visits[-1].first.position)
        visits.append(Visit(sighting, sighting.seen_at))
    return Page(visits, None)


def attendance(
    day: date,
    zone: ZoneInfo,
    *,
    debounce: timedelta,
    limit: int,
    after: str | None,
    longest: timedelta,
    people: People,
    sightings: Sightings,
    record: Record,
    now: datetime,
) -> Page[Attendance]:
    """List who was seen on a day, in the order in which people were registered; it is recorded.

    People who are being erased, or whose consent has ended, are left out: a page may hold fewer than `limit` although
    more follow.

    Args:
        day: As lived in `zone`.
        debounce: As for `list_visits`.
        limit: Most people on the page.
        after: `Page.position` of the page before.
        longest: How long sightings are kept.

    Raises:
        InvalidRequestError: The day is too near to either end of the calendar.
        AuditUnavailableError: It cannot be recorded who is shown.
    """
    begin, end = bounds_of(day, zone)
    found = sightings.by_person(Span(max(begin, now - longest), end), after=after, pace=2 * limit + 1)  # come and go
    seen: dict[str, _Seen] = {}
    position = None
    read = 0
    for person_id, instants in groupby(found, key=itemgetter(0)):
        if len(seen) == limit or read >= MOST_SEEN:
            position = next(reversed(seen))
            break
        seen[person_id] = _summary((instant for _, instant in instants), debounce)
        read += seen[person_id].sightings
    names = people.recognizable(frozenset(seen), now)
    shown = [
        Attendance(person_id, names[person_id], summary.first, summary.last, summary.visits)
        for person_id, summary in seen.items()
        if person_id in names
    ]
    record(AuditAction.SAW, [one.person_id for one in shown])
    return Page(shown, position)


class _Seen(NamedTuple):
    first: datetime
    last: datetime
    visits: int
    sightings: int


def _summary(oldest_first: Iterator[datetime], debounce: timedelta) -> _Seen:
    first = last = next(oldest_first)
    visits = sightings = 1
    for instant in oldest_first:
        visits += instant - last >= debounce
        sightings += 1
        last = instant
    return _Seen(first, last, visits, sightings)
