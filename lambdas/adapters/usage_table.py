"""Usage in the table: counters of a month, each purpose in shards, added up when they are read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.table import Table
from domain.photos import Call, Purpose
from domain.usage import PurposeUsage


@dataclass(frozen=True)
class UsageTable:
    """`domain.usage.UsageCounters` on DynamoDB."""

    table: Table

    def of_month(self, month: str) -> Sequence[PurposeUsage]:
        """See `UsageCounters.of_month`; one request."""
        counted: dict[Purpose, Counter[str]] = {}
        for item in self.table.partition(f"USAGE#{month}"):
            purpose = Purpose(item["sk"].partition("#")[0])
            counts = {name: item[name] for name in ("photos", *Call) if name in item}
            counted.setdefault(purpose, Counter()).update(counts)
        return [
            PurposeUsage(purpose, counts["photos"], {call: counts[call] for call in Call})
            for purpose, counts in sorted(counted.items())
        ]
