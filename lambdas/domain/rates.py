"""How often one user may ask for something to be made: API Gateway has no limit per user."""

from datetime import datetime
from typing import Protocol

from domain.access import Caller
from domain.errors import RateLimitedError

WINDOW_SECONDS = 60


class Rates(Protocol):
    """Where requests are counted."""

    def count(self, sub: str, *, window: int, expires_at: int) -> int:
        """Count one more request of this user in this window, and tell how many there are.

        Args:
            window: Number of the window, by Unix time.
            expires_at: Unix seconds from which on the count is of no use.
        """


def admit(caller: Caller, *, rates: Rates, per_minute: int, now: datetime) -> None:
    """Count a request, and refuse it when the user has sent too many in this minute.

    Raises:
        RateLimitedError: Tells in how many seconds the next minute begins.
    """
    seconds = int(now.timestamp())
    window = seconds // WINDOW_SECONDS
    ends = (window + 1) * WINDOW_SECONDS
    if rates.count(caller.sub, window=window, expires_at=ends + WINDOW_SECONDS) > per_minute:
        raise RateLimitedError(f"At most {per_minute} requests a minute", retry_after=ends - seconds)
