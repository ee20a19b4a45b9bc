"""Signals become exceptions in the main thread, so that every `finally` runs and no child is left."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

# SIGINT is named too: a shell starts a background job with it ignored, and Python then leaves it so.
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """The process is asked to end, by `signal`."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.signal = number


class Signals:
    """What signals do while `signals_stop` is entered."""

    def ignore(self) -> None:
        """From now on nothing interrupts: a second Ctrl-C must not cut the saving of state short."""
        for number in (*STOPPING, signal.SIGCHLD):
            signal.signal(number, signal.SIG_IGN if number in STOPPING else signal.SIG_DFL)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  (a signal handler's signature)
    raise Stopped(number)


@contextlib.contextmanager
def signals_stop() -> Iterator[Signals]:
    """Within, a signal that asks for the end raises Stopped in the main thread."""
    before = {number: signal.signal(number, _stop) for number in STOPPING}
    try:
        yield Signals()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def child_deaths_checked(check: Callable[[], None]) -> Iterator[None]:
    """Within, `check` runs in the main thread whenever a child process ends; what it raises interrupts the work."""
    before = signal.signal(signal.SIGCHLD, lambda _number, _frame: check())
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, before)
