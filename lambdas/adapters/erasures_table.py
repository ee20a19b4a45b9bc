"""Erasures in the table: begun in one transaction with the person's mark, found while they are pending."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from adapters import actions
from adapters.people_table import CONSENTS_DUE, ERASING, NOT_ERASING, SELF, person_pk
from adapters.table import ConditionFailedError, Item, Table
from domain import times
from domain.erasures import Counts, Erasure, ErasureStatus, Reason, Remainder, mark
from domain.errors import ServiceBusyError

PENDING = "ERASING"
BEGIN_ATTEMPTS = 3  # of beginning where somebody else changes the person at the same moment


def erasure_pk(erasure_id: str) -> str:
    """The partition of an erasure."""
    return f"E#{erasure_id}"


@dataclass(frozen=True)
class ErasuresTable:
    """`domain.erasures.ErasureRecords` on DynamoDB."""

    table: Table

    def begin(self, erasure: Erasure) -> Erasure | None:
        """See `ErasureRecords.begin`."""
        for _ in range(BEGIN_ATTEMPTS):
            person = self.table.get(person_pk(erasure.person_id or ""), SELF)
            if person is None:
                return None
            if begun := person.get("erasureId"):
                return self.get(begun)
            if erasure.reason is Reason.CONSENT_ENDED and person["consentUntil"] > times.to_text(erasure.requested_at):
                return None
            owner = mark(erasure.id, person["sub"]) if "sub" in person else None
            if self._write(replace(erasure, owner=owner)):
                return replace(erasure, owner=owner)
        raise ServiceBusyError

    def get(self, erasure_id: str) -> Erasure | None:
        """See `ErasureRecords.get`."""
        item = self.table.get(erasure_pk(erasure_id), SELF)
        return erasure_of(item) if item else None

    def pending(self, before: datetime) -> Iterator[Erasure]:
        """See `ErasureRecords.pending`."""
        yield from map(erasure_of, self._pending(times.to_text(before)))

    def idle(self, since: datetime) -> Iterator[Erasure]:
        """See `ErasureRecords.idle`."""
        before = times.to_text(since)
        yield from (erasure_of(item) for item in self._pending(before) if item.get("workedAt", "") < before)

    def without_consent(self, now: datetime) -> Iterator[str]:
        """See `ErasureRecords.without_consent`."""
        for pk, _ in self.table.walk_index(CONSENTS_DUE, before=times.to_text(now)):
            yield pk.removeprefix("P#")

    def _pending(self, before: str) -> Iterator[Item]:
        for pk, sk in self.table.walk_index(PENDING, before=before):
            item = self.table.get(pk, sk)
            if item and item["status"] == ErasureStatus.PENDING:
                yield item

    def _write(self, erasure: Erasure) -> bool:
        """Whether the person could be marked."""
        renewable = erasure.reason is Reason.CONSENT_ENDED
        still_over = " AND consentUntil <= :now" if renewable else ""
        now: dict[str, Any] = {":now": times.to_text(erasure.requested_at)} if renewable else {}
        try:
            self.table.transact(
                [
                    actions.update(
                        self.table,
                        person_pk(erasure.person_id or ""),
                        SELF,
                        "SET #status = :erasing, erasureId = :erasure ADD revision :one",
                        condition=NOT_ERASING + still_over,
                        names={"#status": "status"},
                        arguments={**ERASING, **now, ":erasure": erasure.id, ":one": 1},
                    ),
                    actions.put(self.table, erasure_item(erasure), condition=actions.NEW),
                ]
            )
        except ConditionFailedError:
            return False
        return True


def erasure_item(erasure: Erasure) -> dict[str, Any]:
    """A new erasure as an item."""
    requested_at = times.to_text(erasure.requested_at)
    return {
        "pk": erasure_pk(erasure.id),
        "sk": SELF,
        "gsi1pk": PENDING,
        "gsi1sk": f"{requested_at}#{erasure.id}",
        "id": erasure.id,
        "personId": erasure.person_id,
        "owner": erasure.owner,
        "reason": erasure.reason,
        "status": erasure.status,
        "requestedAt": requested_at,
    } | asdict(erasure.counts)


def erasure_of(item: Item) -> Erasure:
    """The erasure that an item describes."""
    completed_at = item.get("completedAt")
    return Erasure(
        id=item["id"],
        person_id=item.get("personId"),
        reason=Reason(item["reason"]),
        requested_at=times.from_text(item["requestedAt"]),
        status=ErasureStatus(item["status"]),
        owner=item.get("owner"),
        completed_at=times.from_text(completed_at) if completed_at else None,
        counts=counts_of(item),
        remains=tuple(
            Remainder(left["what"], times.from_text(left["until"]) if "until" in left else None)
            for left in item.get("remains", [])
        ),
    )


def counts_of(item: Item) -> Counts:
    """The counts of an erasure so far."""
    return Counts(**{name: item.get(name, 0) for name in Counts.__dataclass_fields__})
