"""Pacing calls, so that all workers together stay below what Rekognition allows."""

import threading
import time
from collections.abc import Callable


class Pace:
    """Lets at most `per_second` calls start in any second, for each kind of call; the rest wait their turn.

    Args:
        per_second: Calls a second of one worker: the quota of the account, divided by the number of workers.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if per_second <= 0:
            raise ValueError("per_second must be greater than 0")
        self._interval = 1 / per_second
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, kind: str) -> None:
        """Wait until a call of this kind may start; safe for threads."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next.get(kind, now))
            self._next[kind] = start + self._interval
        if start > now:
            self._sleep(start - now)
