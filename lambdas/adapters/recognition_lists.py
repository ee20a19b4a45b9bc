"""Lists of recognitions: keys from the index, then the records and results that they name as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from adapters.people_table import person_pk
from adapters.photo_items import IN_REVIEW, RECORD, RESULT, photo_of, photo_pk, result_of
from adapters.ranges import Range, newest_items, newest_keys
from adapters.table import Table
from domain import times
from domain.pages import Page
from domain.photos import Purpose, Status
from domain.recognition_lists import Found, Span

MAX_DAYS = 31  # that one request looks through: each is one query
_AFTER_ANY_TIME = "~"


@dataclass(frozen=True)
class RecognitionListsTable:
    """`domain.recognition_lists.RecognitionLists` on DynamoDB.

    A position is the sort key that was reached, without the prefix that all of a list share.
    """

    table: Table

    def of_owner(self, owner: str, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        """See `RecognitionLists.of_owner`."""
        return self._indexed(f"O#{owner}#{Purpose.RECOGNITION}", span, limit=limit, after=after, now=now)

    def in_review(self, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        """See `RecognitionLists.in_review`."""
        return self._indexed(IN_REVIEW, span, limit=limit, after=after, now=now)

    def of_person(self, person_id: str, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        """See `RecognitionLists.of_person`; this one does not lag, it is read from the person's own items."""
        since, before = times.to_text(span.since), after or times.to_text(span.before)
        wanted = Range(person_pk(person_id), f"SEEN#{since}", f"SEEN#{before}")
        reached = newest_items(self.table, wanted, limit=limit)
        position = reached.position.removeprefix("SEEN#") if reached.position else None
        return Page(self._read([item["photoId"] for item in reached.items], now), position)

    def of_everybody(self, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        """See `RecognitionLists.of_everybody`; one query a day, until the page is full or many days were empty."""
        since, before = times.to_text(span.since), after or times.to_text(span.before)
        day, first_day = date.fromisoformat(before[:10]), date.fromisoformat(since[:10])
        photo_ids: list[str] = []
        for _ in range(MAX_DAYS):
            wanted = Range(f"DAY#{day}#{Purpose.RECOGNITION}", since, before)
            reached = newest_keys(self.table, wanted, limit=limit - len(photo_ids))
            photo_ids += [_photo_id(item["pk"]) for item in reached.items]
            if reached.position:
                return Page(self._read(photo_ids, now), reached.position)
            if day <= first_day:
                return Page(self._read(photo_ids, now), None)
            day -= timedelta(days=1)
            before = f"{day}{_AFTER_ANY_TIME}"
            if len(photo_ids) == limit:
                break
        return Page(self._read(photo_ids, now), before)

    def _indexed(self, pk: str, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        wanted = Range(pk, times.to_text(span.since), after or times.to_text(span.before))
        reached = newest_keys(self.table, wanted, limit=limit)
        return Page(self._read([_photo_id(item["pk"]) for item in reached.items], now), reached.position)

    def _read(self, photo_ids: Sequence[str], now: datetime) -> list[Found]:
        """What is there of them: the index may still name what is gone, and the table what is past its time."""
        pks = [photo_pk(photo_id) for photo_id in photo_ids]
        read = self.table.get_many((pk, sk) for pk in pks for sk in (RECORD, RESULT))
        items = {key: item for key, item in read.items() if item["ttl"] > now.timestamp()}
        found = [
            (photo_of(items[pk, RECORD]), result_of(items[pk, RESULT]) if (pk, RESULT) in items else None)
            for pk in pks
            if (pk, RECORD) in items
        ]
        return [
            (photo, result)
            for photo, result in found
            # A person's sightings lead to verifications too.
            if photo.purpose is Purpose.RECOGNITION and photo.status is not Status.DELETED
        ]


def _photo_id(pk: str) -> str:
    return pk.removeprefix(photo_pk(""))
