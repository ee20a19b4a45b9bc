"""The erasures' worker: messages about single erasures, and the schedule that looks after all of them."""

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from domain import times
from handlers.wiring import erasures as wiring
from handlers.wiring.settings import initializing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aws_lambda_powertools.utilities.typing import LambdaContext

MARGIN = timedelta(seconds=30)  # before the function is ended: enough to finish a step and to send a message

logger = Logger()
wired = cache(wiring.wired)
if initializing():
    wired()


def handler(event: "Mapping[str, Any]", context: "LambdaContext") -> dict[str, Any] | None:
    """Erase people, or, on schedule, see to it that every erasure is on its way.

    A message that fails in a way nobody expected comes back and in the end goes to the dead letters. The erasure stays
    pending all the same, and the schedule sends another message.
    """
    if "Records" not in event:
        _resume()
        return None
    until = times.now() + timedelta(milliseconds=context.get_remaining_time_in_millis()) - MARGIN
    failed = []
    for message in event["Records"]:
        try:
            _erase(message, until)
        except Exception:  # whatever it is, the other messages of the batch go on
            logger.exception("erasure failed", message_id=message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def _erase(message: "Mapping[str, Any]", until: "datetime") -> None:
    erasure_id = wired().erasure_id(message)
    logger.set_correlation_id(erasure_id)
    outcome = wired().eraser.erase(erasure_id, until=until)
    _count(f"Erasures{outcome.value.title()}", 1)
    logger.info("erasure worked on", outcome=outcome)


def _resume() -> None:
    resumed = wired().erasures.resume()
    _count("ErasuresResent", resumed.resent)
    _count("ErasuresOverdue", resumed.overdue)
    _count("ErasuresStartedForConsent", resumed.started)
    logger.info("erasures looked after", resent=resumed.resent, overdue=resumed.overdue, started=resumed.started)


def _count(name: str, count: int) -> None:
    with single_metric(name, MetricUnit.Count, count):
        pass  # written when the block ends
