"""Ends workers of a deployed function in the middle of their work, by SIGKILL, as a machine that fails would."""

import contextlib
import os
import random
import signal
import threading
import time
from pathlib import Path

from local.cloud import LocalCloud

DIED = b"Runtime.ExitError"  # in the function's log, of a worker whose answer was waited for
SETTLED = 1.0  # seconds that a worker is left alone at first: whoever dies sooner has not begun
WATCHED = 0.02  # seconds in which somebody at work uses the processor
NOTICED = 1.0  # seconds until such a death is in the log
PAUSE = 0.2  # seconds after each, at most


class Reaper:
    """At its work, while it is entered, on the workers of one function.

    Args:
        cloud: Where the function is deployed.
        function: Its name.

    Attributes:
        quota: How many are to have died by now.
    """

    def __init__(self, cloud: LocalCloud, function: str, chance: random.Random) -> None:
        # Another cloud on this machine may have a function of the same name.
        self._folder, self._chance = f"{cloud.temporary}/ministack-lambda-{function}-".encode(), chance
        self._log = (cloud.logs / "functions" / f"{function}.log").open("rb")
        self._log.seek(0, os.SEEK_END)
        self._known: dict[int, float] = {}
        self._thread, self._ended = threading.Thread(target=self._work), threading.Event()
        self.quota, self.deaths = 0, 0

    def __enter__(self) -> "Reaper":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._log.close()

    def _work(self) -> None:
        while not self._ended.wait(self._chance.uniform(0, PAUSE)):
            if self._count() < self.quota:
                self._strike()

    def _strike(self) -> None:
        pids = _at_work(self._settled())
        if not pids:
            return
        before, time_is_up = self._count(), time.monotonic() + NOTICED
        with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
            os.kill(self._chance.choice(pids), signal.SIGKILL)
        while self._count() == before and time.monotonic() < time_is_up:
            time.sleep(0.02)

    def _count(self) -> int:
        """How many died in the middle."""
        self.deaths += sum(line.strip() == DIED for line in self._log)
        return self.deaths

    def _settled(self) -> list[int]:
        now = time.monotonic()
        alive = [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._folder in _read(entry / "cmdline")]
        self._known = {pid: self._known.get(pid, now) for pid in alive}
        return [pid for pid, since in self._known.items() if now - since > SETTLED]


def _at_work(pids: list[int]) -> list[int]:
    """Those of them that do more than wait for the next event."""
    before = {pid: _used(pid) for pid in pids}
    time.sleep(WATCHED)
    return [pid for pid in pids if before[pid] != _used(pid) != []]


def _used(pid: int) -> list[bytes]:
    """What a process has used of the processor."""
    return _read(Path(f"/proc/{pid}/schedstat")).split()[:1]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has just ended
        return b""
