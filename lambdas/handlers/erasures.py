"""The erasures' worker: messages about single erasures, and the schedule that looks after all of them."""

from dataclasses import asdict
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from domain import metrics, times
from domain.metrics import Measured, counted
from handlers.telemetry import correlate, logger, measure, unexpected
from handlers.wiring import erasures as wiring
from handlers.wiring.settings import initializing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aws_lambda_powertools.utilities.typing import LambdaContext

MARGIN = timedelta(seconds=30)  # before the function is ended: enough to finish a step and to send a message

wired = cache(wiring.wired)
if initializing():
    wired()


def handler(event: "Mapping[str, Any]", context: "LambdaContext") -> dict[str, Any] | None:
    """Erase people, or, on schedule, see to it that every erasure is on its way.

    A message that fails in a way nobody expected comes back and in the end goes to the dead letters. The erasure stays
    pending all the same, and the schedule sends another message.
    """
    if "Records" not in event:
        _look(context.aws_request_id)
        return None
    until = times.now() + timedelta(milliseconds=context.get_remaining_time_in_millis()) - MARGIN
    failed = []
    for message in event["Records"]:
        try:
            _erase(message, until)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other messages of the batch go on
            unexpected("erasure failed", error, message_id=message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def _erase(message: "Mapping[str, Any]", until: "datetime") -> None:
    erasure_id = wired().erasure_id(message)
    correlate(erasure_id)
    outcome = wired().eraser.erase(erasure_id, until=until)
    logger.info("erasure worked on", outcome=outcome)


def _look(request_id: str) -> None:
    """See to erasures that nobody works on, and tell for how long the oldest review has waited."""
    correlate(request_id)
    resumed = wired().erasures.resume()
    measure(
        [
            counted(metrics.ERASURES_RESENT, resumed.resent),
            counted(metrics.ERASURES_OVERDUE, resumed.overdue),
            counted(metrics.ERASURES_STARTED, resumed.started),
        ]
    )
    now = times.now()
    oldest = wired().reviews.oldest(now)
    age = (now - oldest).total_seconds() if oldest else None
    measure([Measured(metrics.REVIEW_AGE, (age,) if age is not None else ())])
    logger.info("erasures looked after", **asdict(resumed), review_age=age)
