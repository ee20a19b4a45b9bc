"""The announcer's entry: changes of the table, from its stream."""

from functools import cache
from typing import TYPE_CHECKING, Any

from domain.endings import PhotoEnding, announce
from domain.tallies import tallies
from handlers.telemetry import correlate, logger, measure
from handlers.wiring import events as wiring
from handlers.wiring.settings import initializing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from domain.endings import Ending

wired = cache(wiring.wired)
if initializing():
    wired()


class NotAnnouncedError(Exception):
    """Some of a batch could not be announced; Lambda brings the batch again, in halves."""


def handler(event: "Mapping[str, Any]", context: "LambdaContext") -> None:
    """Announce what has ended.

    One that fails does not hold up the others of its batch, but all of them come again with it: that is harmless.
    They are counted once all are told, so that what comes again is not counted again.
    """
    correlate(context.aws_request_id)
    announcer, failed = wired(), []
    endings = list(announcer.endings(event))
    for sequence_number, ending in endings:
        try:
            announce(ending, trail=announcer.trail, bus=announcer.bus)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others of the batch go on
            logger.error("not announced", exc_info=error, sequence_number=sequence_number)
            failed.append(sequence_number)
    logger.info("announced", about=[_id(ending) for _, ending in endings], failed=len(failed))
    if failed:
        raise NotAnnouncedError(", ".join(failed))
    measure(tallies(ending for _, ending in endings))


def _id(ending: "Ending") -> str:
    return ending.photo_id if isinstance(ending, PhotoEnding) else ending.erasure_id
