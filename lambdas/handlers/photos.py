"""The photo processor's entry: S3's events, by the queue or straight from S3."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from domain.photos import parse_key
from domain.processing import Arrival, Outcome
from handlers.wiring import photos as wiring
from handlers.wiring.settings import initializing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
wired = cache(wiring.wired)
if initializing():
    wired()


def handler(event: "Mapping[str, Any]", _context: "LambdaContext") -> dict[str, Any] | None:
    """Process photos.

    By the queue, a message that fails in a way nobody expected comes back and in the end goes to the dead letters; the
    others of the batch are not held up by it. Straight from S3, the exception makes Lambda invoke again.
    """
    records = event.get("Records", [])
    if not records or records[0].get("eventSource") != "aws:sqs":
        _process(event)
        return None
    failed = []
    for message in records:
        try:
            _process(json.loads(message["body"]))
        except Exception:  # whatever it is, the other messages of the batch go on
            logger.exception("photo failed", message_id=message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def _process(event: "Mapping[str, Any]") -> None:
    photos = wired()
    for arrival in photos.arrivals(event):
        logger.set_correlation_id(_photo_id(arrival))
        outcome = photos.processor.process(arrival) if arrival else Outcome.QUARANTINED
        with single_metric(f"Photos{outcome.value.title()}", MetricUnit.Count, 1):
            pass  # written when the block ends
        logger.info("photo processed", outcome=outcome, attempt=arrival.attempt if arrival else 0)


def _photo_id(arrival: Arrival | None) -> str:
    """Only what is certainly an id of ours: anybody with access to the bucket may have chosen the key."""
    named = parse_key(arrival.key) if arrival else None
    return named[1] if named else "unknown"
