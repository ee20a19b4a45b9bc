"""The announcer's entry: changes of the table, from its stream."""

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from domain.endings import announce
from handlers.wiring import events as wiring
from handlers.wiring.settings import initializing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
wired = cache(wiring.wired)
if initializing():
    wired()


class NotAnnouncedError(Exception):
    """Some of a batch could not be announced; Lambda brings the batch again, in halves."""


def handler(event: "Mapping[str, Any]", _context: "LambdaContext") -> None:
    """Announce what has ended.

    One that fails does not hold up the others of its batch, but all of them come again with it: that is harmless.
    """
    announcer, failed = wired(), []
    for sequence_number, ending in announcer.endings(event):
        try:
            announce(ending, trail=announcer.trail, bus=announcer.bus)
        except Exception:  # whatever it is, the others of the batch go on
            logger.exception("not announced", sequence_number=sequence_number)
            failed.append(sequence_number)
    logger.info("announced", records=len(event["Records"]), failed=len(failed))
    if failed:
        raise NotAnnouncedError(", ".join(failed))
