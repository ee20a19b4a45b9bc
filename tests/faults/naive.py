"""The control: a photo processor by one who thinks of no failure. No condition, no token, no transaction.

That the test of faults catches it shows that the test can fail. It is deployed beside what it takes the place of.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from adapters.photo_commits import PhotoCommitsTable
from adapters.photo_items import RECORD, photo_of, photo_pk
from domain.photos import Photo, Purpose, Result
from domain.processing import Arrival, Claim, ClaimState
from handlers import photos


@dataclass(frozen=True)
class NaiveRecords(PhotoCommitsTable):
    """Takes whatever comes, and writes one thing after the other."""

    def claim(self, purpose: Purpose, photo_id: str, arrival: Arrival, *, now: datetime, until: datetime) -> Claim:
        """Everything may be worked on by everybody."""
        item = self.table.get(photo_pk(photo_id), RECORD)
        if item is None or item["purpose"] != purpose:
            return Claim(ClaimState.NO_RECORD)
        return Claim(ClaimState.CLAIMED, photo_of({**item, "version": arrival.version}))

    def release(self, photo: Photo) -> None:
        """Nothing was taken."""

    def holds(self, photo: Photo) -> bool:
        """Whoever works on something has it."""
        return True

    def commit(self, photo: Photo, result: Result) -> bool:
        """Write what the real one writes, unconditionally."""
        for action in self._actions(photo, result):
            write: Any = action.write
            [(kind, arguments)] = write.items()
            call: Any = {name: value for name, value in arguments.items() if name != "ConditionExpression"}
            if kind == "Put":
                self.table.client.put_item(**call)
            elif kind == "Update":
                self.table.client.update_item(**_without_unused(call))
        return True


def _without_unused(call: dict[str, Any]) -> dict[str, Any]:
    """DynamoDB refuses values that nothing refers to; those of the condition go with it."""
    used = {name: value for name, value in call["ExpressionAttributeValues"].items() if _used(name, call)}
    names = {name: value for name, value in call["ExpressionAttributeNames"].items() if _used(name, call)}
    rest = {name: value for name, value in call.items() if name != "ExpressionAttributeNames"}
    return {**rest, "ExpressionAttributeValues": used, **({"ExpressionAttributeNames": names} if names else {})}


def handler(event: Any, context: Any) -> Any:
    """See `handlers.photos.handler`."""
    photos.wired = naively_wired
    return photos.handler(event, context)


@cache
def naively_wired() -> Any:
    """See `handlers.photos.wired`."""
    parts = _wired()
    records = NaiveRecords(parts.processor.records.table, parts.processor.records.result_life)  # type: ignore[attr-defined]  # the port does not show it
    return replace(parts, processor=replace(parts.processor, records=records))


_wired = photos.wired


def _used(name: str, call: dict[str, Any]) -> bool:
    return name in call["UpdateExpression"].replace(",", " ").replace("=", " ").split()
