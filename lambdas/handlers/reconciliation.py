"""The reconciliation's entry: a schedule, or somebody who wants to know."""

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from domain import metrics, times
from domain.metrics import counted
from domain.reconciliation import MOST_STRAY, Ending
from handlers.telemetry import correlate, logger, measure
from handlers.wiring import reconciliation as wiring
from handlers.wiring.settings import initializing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

MARGIN = timedelta(minutes=2)  # before the function is ended: enough for one batch

wired = cache(wiring.wired)
if initializing():
    wired()


def handler(event: "Mapping[str, Any]", context: "LambdaContext") -> dict[str, Any]:
    """Go through everything once, or on from where the last run was cut off.

    An event may hold `mostPercent`, up to which share of all strays are deleted: for an operator who has looked at the
    counts of a run that stopped.
    """
    correlate(context.aws_request_id)
    most_stray = event.get("mostPercent", MOST_STRAY * 100) / 100
    until = times.now() + timedelta(milliseconds=context.get_remaining_time_in_millis()) - MARGIN
    ending, counts = wired().run(until=until, most_stray=most_stray)
    measure(
        [
            *(counted(metrics.RECONCILED[name], count) for name, count in counts.items()),
            counted(metrics.RECONCILIATION_STOPPED, int(ending is Ending.STOPPED)),
        ]
    )
    logger.info("reconciled", ending=ending, counts=dict(counts))
    return {"ending": ending, "counts": dict(counts)}
