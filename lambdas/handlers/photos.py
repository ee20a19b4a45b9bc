"""The photo processor's entry: S3's events, by the queue or straight from S3."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from domain import metrics, times
from domain.metrics import Measured, counted
from domain.photos import parse_key
from domain.processing import Arrival, Outcome
from handlers.telemetry import correlate, logger, measure, unexpected
from handlers.wiring import photos as wiring
from handlers.wiring.settings import initializing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

_COUNTED = {
    Outcome.POSTPONED: metrics.PHOTOS_PUT_OFF,
    Outcome.QUARANTINED: metrics.PHOTOS_QUARANTINED,
    Outcome.REPEATED: metrics.EVENTS_REPEATED,
    Outcome.SUPERSEDED: metrics.EVENTS_REPEATED,
    Outcome.HELD: metrics.EVENTS_REPEATED,
}

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
        except Exception as error:  # noqa: BLE001 - whatever it is, the other messages of the batch go on
            unexpected("photo failed", error, message_id=message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def _process(event: "Mapping[str, Any]") -> None:
    photos = wired()
    for arrival in photos.arrivals(event):
        correlate(_photo_id(arrival))
        outcome = photos.processor.process(arrival) if arrival else Outcome.QUARANTINED
        logger.info("photo processed", outcome=outcome, attempt=arrival.attempt if arrival else 0)
        measure(_measured(arrival, outcome))


def _measured(arrival: Arrival | None, outcome: Outcome) -> "Iterator[Measured]":
    """What happened short of a result; results are counted where they are told, in `handlers.events`."""
    if outcome in _COUNTED:
        yield counted(_COUNTED[outcome], 1)
    if outcome is Outcome.POSTPONED and arrival and arrival.first_seen:
        yield Measured(metrics.PUT_OFF_FOR, ((times.now() - arrival.first_seen).total_seconds(),))


def _photo_id(arrival: Arrival | None) -> str:
    """Only what is certainly an id of ours: anybody with access to the bucket may have chosen the key."""
    named = parse_key(arrival.key) if arrival else None
    return named[1] if named else "unknown"
