"""What CloudWatch makes of metrics: statistics by period, the part of metric math that alarms here use, alarms' states.

After AWS's "Using Amazon CloudWatch alarms" and "Configuring how CloudWatch alarms treat missing data";
tests/alarms/test_cloudwatch.py holds this against the tables that stand there.
"""

import ast
import operator
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

EXTRA_PERIODS = 2  # that CloudWatch looks back further than it evaluates, to make up for missing data

Key = tuple[str, str, frozenset[tuple[str, str]]]
_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class State(StrEnum):
    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Metrics:
    """Values of metrics as they were put; each instant may come only after those before it."""

    def __init__(self) -> None:
        self._times: dict[Key, list[float]] = defaultdict(list)
        self._values: dict[Key, list[tuple[float, ...]]] = defaultdict(list)

    def put(
        self, namespace: str, name: str, dimensions: Mapping[str, str], values: Iterable[float], *, at: datetime
    ) -> None:
        key = (namespace, name, frozenset(dimensions.items()))
        self._times[key].append(at.timestamp())
        self._values[key].append(tuple(values))

    def statistic(self, statistic: str, key: Key, begin: float, end: float) -> float | None:
        """Over the instants from `begin` on and before `end` (Unix seconds); None if there is no value."""
        times = self._times.get(key, [])
        found = self._values.get(key, [])[bisect_left(times, begin) : bisect_left(times, end)]
        values = [value for some in found for value in some]
        return _STATISTICS[statistic](values) if values else None


@dataclass
class Alarm:
    """An alarm as the template has it; `text` resolves its references to names."""

    properties: Mapping[str, Any]
    text: Callable[[Any], str]
    state: State = State.INSUFFICIENT_DATA
    told: list[State] = field(default_factory=list)

    @property
    def period(self) -> int:
        if "Metrics" in self.properties:
            (period,) = {query["MetricStat"]["Period"] for query in self.properties["Metrics"] if "MetricStat" in query}
            return int(period)
        return int(self.properties["Period"])

    def evaluate(self, metrics: Metrics, now: datetime) -> None:
        """Look at the periods that have ended, and tell of a change of state if there is an action for it."""
        count, ends = self.properties["EvaluationPeriods"], int(now.timestamp() // self.period * self.period)
        begins = [ends - n * self.period for n in range(count + EXTRA_PERIODS, 0, -1)]
        before, self.state = self.state, self._judged([self._value(metrics, begin) for begin in begins])
        actions = {
            State.OK: "OKActions",
            State.ALARM: "AlarmActions",
            State.INSUFFICIENT_DATA: "InsufficientDataActions",
        }
        if self.state is not before and self.properties.get(actions[self.state]):
            self.told.append(self.state)

    def _judged(self, points: Sequence[float | None]) -> State:
        count = self.properties["EvaluationPeriods"]
        needed = self.properties.get("DatapointsToAlarm", count)
        is_bad = _COMPARISONS[self.properties["ComparisonOperator"]]
        there = [is_bad(point, self.properties["Threshold"]) for point in points if point is not None][-count:]
        match self.properties["TreatMissingData"]:
            case "notBreaching":
                return State.ALARM if sum(there) >= needed else State.OK
            case "breaching":
                return State.ALARM if sum(there) + count - len(there) >= needed else State.OK
            case "missing":
                if not there:
                    return State.INSUFFICIENT_DATA
                return State.ALARM if sum(there) >= min(needed, len(there)) else State.OK
        raise NotImplementedError(self.properties["TreatMissingData"])

    def _value(self, metrics: Metrics, begin: int) -> float | None:
        if "Metrics" not in self.properties:
            return self._statistic(metrics, self.properties, self.properties["Statistic"], begin)
        values, expression = {}, ""
        for query in self.properties["Metrics"]:
            if "MetricStat" in query:
                assert query["ReturnData"] is False
                stat = query["MetricStat"]
                values[query["Id"]] = self._statistic(metrics, stat["Metric"], stat["Stat"], begin)
            else:
                assert query["ReturnData"] is True
                expression = query["Expression"]
        return calculated(expression, values)

    def _statistic(self, metrics: Metrics, metric: Mapping[str, Any], statistic: str, begin: int) -> float | None:
        dimensions = frozenset((one["Name"], self.text(one["Value"])) for one in metric.get("Dimensions", []))
        key = (metric["Namespace"], metric["MetricName"], dimensions)
        return metrics.statistic(statistic, key, begin, begin + self.period)


def calculated(expression: str, values: Mapping[str, float | None]) -> float | None:
    """One datapoint of an expression: numbers, ids, + - * / and FILL; None where what it needs is missing."""

    def value(node: ast.expr) -> float | None:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=name):
                return values[name]
            case ast.Call(func=ast.Name(id="FILL"), args=[of, ast.Constant(value=int() | float() as instead)]):
                return instead if (found := value(of)) is None else found
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                one, other = value(left), value(right)
                if one is None or other is None or (isinstance(op, ast.Div) and other == 0):
                    return None
                return _OPERATORS[type(op)](one, other)
        raise NotImplementedError(ast.dump(node))

    return value(ast.parse(expression, mode="eval").body)
