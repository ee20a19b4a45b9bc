"""What the functions tell of themselves: log lines that share a correlation id, and metrics; docs/observability.md."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger

from domain import metrics
from domain.metrics import Measured, Unit, counted

MOST_VALUES = 100  # of one metric that CloudWatch takes from one line

# Lambda believes a line's level and time only if the time is written as RFC 3339 has it.
logger = Logger(use_rfc3339=True, utc=True)


def correlate(subject: str) -> None:
    """Have all further lines say what they are about: the id of a photo, an erasure or a request, never a person's."""
    logger.set_correlation_id(subject)


def unexpected(message: str, error: Exception, **fields: Any) -> None:
    """Log what nobody expected with its trace, and count it, for Lambda will not: the function answers."""
    logger.error(message, exc_info=error, **fields)
    measure([counted(metrics.FAILURES, 1)])


def measure(measured: Iterable[Measured]) -> None:
    """Write metrics as lines of the log, in CloudWatch's embedded metric format.

    What did not happen is not written: a metric is billed by the hour in which it is.
    """
    for members, labels in _lines(measured):
        print(json.dumps({"_aws": _directive(members, labels), **labels, **_values(members)}, separators=(",", ":")))


def budget_spent(percent: float) -> None:
    """Tell how much of the month's budget is spent."""
    measure([Measured(metrics.BUDGET_SPENT, (percent,))])


def _lines(measured: Iterable[Measured]) -> Iterator[tuple[Sequence[Measured], Mapping[str, str]]]:
    """What goes into one line with which labels: each of them has one value there, and so has each count."""
    together = []
    for one in measured:
        if one.metric.dimension and one.label:
            yield [one], {one.metric.dimension: one.label}
        elif one.metric.unit is not Unit.COUNT:
            for begin in range(0, len(one.values), MOST_VALUES):
                yield [Measured(one.metric, one.values[begin : begin + MOST_VALUES])], {}
        elif any(one.values):
            together.append(one)
    if together:
        yield together, {}


def _directive(members: Sequence[Measured], labels: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "Timestamp": time.time_ns() // 1_000_000,
        "CloudWatchMetrics": [
            {
                "Namespace": os.environ.get("METRICS_NAMESPACE", "Faces"),
                "Dimensions": [list(labels)],
                "Metrics": [{"Name": one.metric.name, "Unit": one.metric.unit} for one in members],
            }
        ],
    }


def _values(members: Sequence[Measured]) -> Mapping[str, Any]:
    return {one.metric.name: one.values[0] if len(one.values) == 1 else list(one.values) for one in members}
