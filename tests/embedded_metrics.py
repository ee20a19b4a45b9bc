"""Reads what functions write as CloudWatch does: metrics out of lines in the embedded metric format, and no others."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Datum:
    """Values of one metric, written at one instant."""

    namespace: str
    name: str
    unit: str
    dimensions: Mapping[str, str]
    values: tuple[float, ...]
    at: datetime


def read(written: str) -> list[Datum]:
    """The metrics of all lines.

    Fails on what CloudWatch would drop without a word: more than 100 values of a metric, 30 dimensions or 100 metrics;
    a member that the directive names and the line does not have.
    """
    return [datum for line in written.splitlines() if line.startswith("{") for datum in _data(json.loads(line))]


def total(data: Iterable[Datum]) -> dict[tuple[str, ...], float]:
    """Sums by name and labels."""
    totals: dict[tuple[str, ...], float] = {}
    for datum in data:
        key = (datum.name, *datum.dimensions.values())
        totals[key] = totals.get(key, 0) + sum(datum.values)
    return totals


def _data(line: Mapping[str, Any]) -> Iterable[Datum]:
    at = datetime.fromtimestamp(line.get("_aws", {}).get("Timestamp", 0) / 1000, UTC)
    for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
        assert 1 <= len(directive["Metrics"]) <= 100
        (names,) = directive["Dimensions"]
        assert len(names) <= 30
        for metric in directive["Metrics"]:
            member = line[metric["Name"]]
            values = tuple(member) if isinstance(member, list) else (member,)
            assert 1 <= len(values) <= 100
            assert all(isinstance(value, int | float) for value in values)
            dimensions = {name: line[name] for name in names}
            yield Datum(directive["Namespace"], metric["Name"], metric["Unit"], dimensions, values, at)
