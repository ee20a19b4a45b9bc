"""Idempotency keys in the table."""

from dataclasses import dataclass
from datetime import datetime

from adapters.table import ConditionFailedError, Table
from domain.errors import IdempotencyKeyReusedError, ServiceBusyError
from domain.idempotency import KEPT_FOR


@dataclass(frozen=True)
class ReservationsTable:
    """`domain.idempotency.Reservations` on DynamoDB."""

    table: Table

    def reserve(self, key: str, *, fingerprint: str, resource_id: str, now: datetime) -> str:
        """See `Reservations.reserve`."""
        item = {
            "pk": f"I#{key}",
            "sk": "A",
            "fingerprint": fingerprint,
            "resourceId": resource_id,
            "ttl": int((now + KEPT_FOR).timestamp()),
        }
        try:
            self.table.put(
                item,
                condition="attribute_not_exists(pk) OR #ttl <= :now",
                names={"#ttl": "ttl"},
                arguments={":now": int(now.timestamp())},
            )
        except ConditionFailedError as error:
            if error.item is None:
                raise ServiceBusyError from error
            if error.item["fingerprint"] != fingerprint:
                raise IdempotencyKeyReusedError from error
            known: str = error.item["resourceId"]
            return known
        return resource_id
