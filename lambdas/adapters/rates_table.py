"""Request counters in the table: one item a user and minute, which expires by itself."""

from dataclasses import dataclass

from adapters.table import Table


@dataclass(frozen=True)
class RatesTable:
    """`domain.rates.Rates` on DynamoDB."""

    table: Table

    def count(self, sub: str, *, window: int, expires_at: int) -> int:
        """See `Rates.count`."""
        item = self.table.update(
            f"RATE#{sub}",
            str(window),
            "ADD requests :one SET #ttl = :ttl",
            names={"#ttl": "ttl"},
            arguments={":one": 1, ":ttl": expires_at},
        )
        requests: int = item["requests"]
        return requests
