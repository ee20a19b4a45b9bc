"""The audit in the table: by day in shards, and by person through the index."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters import actions
from adapters.photo_items import policy_map, policy_of
from adapters.table import ConditionFailedError, Item, Table
from domain import times
from domain.audit import AuditAction, AuditEntry, Finding
from domain.errors import AuditUnavailableError, ServiceBusyError
from domain.faces import Decision
from domain.pages import Page

SHARDS = 8  # of a day: so that a busy one does not fill the write capacity of a single partition
TOGETHER = 100  # DynamoDB's most actions of one transaction


@dataclass(frozen=True)
class AuditTable:
    """`domain.audit.AuditTrail` on DynamoDB.

    Attributes:
        life: How long entries are kept.
    """

    table: Table
    life: timedelta

    def record(self, entries: Sequence[AuditEntry]) -> None:
        """See `AuditTrail.record`. An entry never replaces another: the role may not delete, and each must be new."""
        for begin in range(0, len(entries), TOGETHER):
            try:
                self._put([self._item(entry) for entry in entries[begin : begin + TOGETHER]])
            except ConditionFailedError:
                continue  # recorded before, by the same event
            except (ServiceBusyError, ClientError, BotoCoreError) as error:
                raise AuditUnavailableError from error

    def of_day(self, day: date, *, limit: int, after: str | None, now: datetime) -> Page[AuditEntry]:
        """See `AuditTrail.of_day`."""
        shards = [
            self.table.newest(f"AUDIT#{day.isoformat()}#{shard}", limit=limit + 1, before=after)
            for shard in range(SHARDS)
        ]
        found = list(islice(merge(*shards, key=lambda item: str(item["sk"]), reverse=True), limit + 1))
        position = found[limit - 1]["sk"] if len(found) > limit else None
        return Page(_alive(found[:limit], now), position)

    def of_person(self, person_id: str, *, limit: int, after: str | None, now: datetime) -> Page[AuditEntry]:
        """See `AuditTrail.of_person`."""
        whom = _whom(person_id)
        start = {"pk": _pk(after), "sk": after, "gsi1pk": whom, "gsi1sk": after} if after else None
        page = self.table.index(whom, "", limit=limit, after=start, newest_first=True)
        items = self.table.get_many(page.keys)
        return Page(_alive([items[key] for key in page.keys if key in items], now), page.position)

    def _put(self, items: Sequence[Item]) -> None:
        if len(items) == 1:
            self.table.put(items[0], condition=actions.NEW)  # half the price of a transaction
            return
        self.table.transact([actions.put(self.table, item, condition=actions.NEW) for item in items])

    def _item(self, entry: AuditEntry) -> dict[str, Any]:
        position = f"{times.to_text(entry.at)}#{entry.id}"
        by_person = {"gsi1pk": _whom(entry.person_id), "gsi1sk": position} if entry.person_id else {}
        return by_person | {
            "pk": _pk(position),
            "sk": position,
            "actor": entry.actor,
            "action": entry.action,
            "personId": entry.person_id,
            "source": entry.source,
            "finding": _finding_map(entry.finding) if entry.finding else None,
            "ttl": int((entry.at + self.life).timestamp()),
        }


def _pk(position: str) -> str:
    """The partition of an entry, told by its sort key: its time and id."""
    time, _, entry_id = position.partition("#")
    shard = hashlib.sha256(entry_id.encode()).digest()[0] % SHARDS
    return f"AUDIT#{time[:10]}#{shard}"


def _whom(person_id: str) -> str:
    return f"WHOM#{person_id}"


def _alive(items: Sequence[Item], now: datetime) -> list[AuditEntry]:
    return [_entry(item) for item in items if item["ttl"] > now.timestamp()]


def _entry(item: Item) -> AuditEntry:
    time, _, entry_id = item["sk"].partition("#")
    return AuditEntry(
        id=entry_id,
        at=times.from_text(time),
        actor=item["actor"],
        action=AuditAction(item["action"]),
        person_id=item.get("personId"),
        source=item["source"],
        finding=_finding(item["finding"]) if "finding" in item else None,
    )


def _finding_map(finding: Finding) -> dict[str, Any]:
    return {
        "decision": finding.decision,
        "similarity": finding.similarity,
        "thresholds": policy_map(finding.policy),
        "modelVersion": finding.model_version,
    }


def _finding(item: Item) -> Finding:
    decision = item.get("decision")
    return Finding(
        decision=Decision(decision) if decision else None,
        similarity=item.get("similarity"),
        policy=policy_of(item.get("thresholds")),
        model_version=item.get("modelVersion"),
    )
