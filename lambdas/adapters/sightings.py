"""Sightings in the table: those of a person are their own items, those of a day are found through the index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge

from adapters.people_table import person_pk
from adapters.ranges import Range, newest_items, walk_keys
from adapters.table import Item, Table
from domain import times
from domain.recognition_lists import Span
from domain.sightings import Sighting

PACE = 200  # sightings of a person that are read at once
_SEEN = "SEEN#"
_FIRST, _LAST = " ", "~"  # before and after anything that an id or a time is made of


@dataclass(frozen=True)
class SightingsTable:
    """`domain.sightings.Sightings` on DynamoDB."""

    table: Table

    def of_person(self, person_id: str, span: Span, *, before: str | None, now: datetime) -> Iterator[Sighting]:
        """See `Sightings.of_person`."""
        position: str | None = _SEEN + (before or times.to_text(span.before))
        while position:
            wanted = Range(person_pk(person_id), _SEEN + times.to_text(span.since), position)
            reached = newest_items(self.table, wanted, limit=PACE)
            yield from (sighting(item) for item in reached.items if item["ttl"] > now.timestamp())
            position = reached.position

    def by_person(self, span: Span, *, after: str | None, pace: int) -> Iterator[tuple[str, datetime]]:
        """See `Sightings.by_person`. One day's keys are one partition, and a local day lies in up to three of them.

        An item's own end is not among its keys: `span` has to begin no longer ago than sightings are kept.
        """
        since, before = times.to_text(span.since), times.to_text(span.before)
        if since >= before:
            return
        first = f"{after}#{_LAST}" if after else _FIRST
        days = (span.before - timedelta(milliseconds=1)).date() - span.since.date()
        seen = merge(
            *(
                self._of_day(_SEEN + (span.since.date() + timedelta(days=n)).isoformat(), first, pace)
                for n in range(days.days + 1)
            )
        )
        for person_id, seen_at in seen:
            if since <= seen_at < before:
                yield person_id, times.from_text(seen_at)

    def _of_day(self, pk: str, first: str, pace: int) -> Iterator[tuple[str, str]]:
        for item in walk_keys(self.table, Range(pk, first, _LAST), pace=pace):
            person_id, _, seen_at = item["gsi1sk"].partition("#")
            yield person_id, seen_at


def sighting(item: Item) -> Sighting:
    """The sighting that an item describes."""
    return Sighting(
        photo_id=item["photoId"],
        seen_at=times.from_text(item["seenAt"]),
        n=item["n"],
        similarity=item.get("similarity"),
        reviewed=item.get("reviewed", False),
    )
