"""The reconciliation's entry: a schedule, or somebody who wants to know."""

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from domain import times
from domain.reconciliation import MOST_STRAY, Ending
from handlers.wiring import reconciliation as wiring
from handlers.wiring.settings import initializing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

MARGIN = timedelta(minutes=2)  # before the function is ended: enough for one batch

logger = Logger()
wired = cache(wiring.wired)
if initializing():
    wired()


def handler(event: "Mapping[str, Any]", context: "LambdaContext") -> dict[str, Any]:
    """Go through everything once, or on from where the last run was cut off.

    An event may hold `mostPercent`, up to which share of all strays are deleted: for an operator who has looked at the
    counts of a run that stopped.
    """
    most_stray = event.get("mostPercent", MOST_STRAY * 100) / 100
    until = times.now() + timedelta(milliseconds=context.get_remaining_time_in_millis()) - MARGIN
    ending, counts = wired().run(until=until, most_stray=most_stray)
    for name, count in {**counts, "stopped": int(ending is Ending.STOPPED)}.items():
        with single_metric(f"Reconciliation{name.title().replace('_', '')}", MetricUnit.Count, count):
            pass  # written when the block ends
    logger.info("reconciled", ending=ending, counts=dict(counts))
    return {"ending": ending, "counts": dict(counts)}
