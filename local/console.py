"""What the person at the terminal sees: one line a step, with its time."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 44


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Step:
    """A step under way."""

    def __init__(self) -> None:
        self.note = ""


@contextlib.contextmanager
def step(name: str) -> Iterator[Step]:
    """Show a step while it runs, then its time in seconds and the note that it left.

    Args:
        name: What is done, as in "local AWS".
    """
    current = Step()
    began = time.monotonic()
    sys.stdout.write(f"  {name} {'.' * (WIDTH - len(name))} ")
    sys.stdout.flush()
    try:
        yield current
    except BaseException:
        say("failed" if isinstance(sys.exception(), Exception) else "stopped")
        raise
    say(finished(began, current.note))


def finished(began: float, note: str = "") -> str:
    """The end of a step's line: how long since `began` (a time of time.monotonic), and a note."""
    return f"{time.monotonic() - began:6.1f} s{f'  {note}' if note else ''}"
