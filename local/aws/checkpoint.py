"""Checkpoints: ministack saves its state only when it stops; killed, it would come back without what it knew.

The files of S3 would still be there with nothing that knows them, and even a bootstrap would fail.
"""
# ruff: noqa: SLF001  (asking ministack for its whole state is what this module is for; `internals` checks it)

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import ministack.app as gateway
from ministack.core import persistence

from local.aws import ledger
from local.aws.journal import Journal

T = TypeVar("T")

INTERVAL_SECONDS = 5.0
# Reading out a large state takes processor time from those who are being served: at most this share of it.
LARGEST_SHARE = 0.05
# A dictionary that is written while it is read out raises; the next try finds it at rest.
TRIES = 20

log = logging.getLogger("local.checkpoint")


class Checkpoints:
    """Writes ministack's state into its state folder every few seconds, as it does by itself when it stops."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder, self._journal = folder, journal
        self._lock = threading.Lock()
        self._written: dict[str, int] = {}

    def start(self) -> None:
        """Begin, in a thread that ends with the process."""
        threading.Thread(target=self._run, name="checkpoints", daemon=True).start()

    def write(self) -> None:
        """Write what has changed since the last checkpoint, each file in one step."""
        with self._lock:
            states = gateway._build_persistence_save_dict()
            superseded, items = self._journal.turn(lambda: _tried(states["dynamodb"]))
            self._write({**states, "dynamodb": lambda: items})
            for path in superseded:
                path.unlink()

    def _write(self, readers: Mapping[str, Callable[[], object]]) -> None:
        states = {name: _read(state) for name, state in readers.items()}
        for name, state in states.items():
            if state is None or self._written.get(name) == hash(state):
                continue
            partial = self._folder / f"{name}.json.checkpoint"
            version = persistence._state_format_version(name)
            partial.write_text(f'{{"__ministack_format__": {version}, "payload": {state}}}', encoding="utf-8")
            partial.replace(self._folder / f"{name}.json")
            self._written[name] = hash(state)

    def _run(self) -> None:
        pause, served = INTERVAL_SECONDS, 0
        while True:
            time.sleep(pause)
            if served == ledger.calls_begun():
                continue
            served, began = ledger.calls_begun(), time.monotonic()
            try:
                self.write()
            except Exception:
                log.exception("checkpoint failed; the next one is due in %s s", INTERVAL_SECONDS)
            pause = max(INTERVAL_SECONDS, (time.monotonic() - began) / LARGEST_SHARE)


def _read(state: Callable[[], object]) -> str | None:
    """One service's state as JSON, None where it has none to save."""

    def read() -> str | None:
        found = state()
        return None if found is None else json.dumps(found, default=persistence._json_default)

    return _tried(read)


def _tried(read: Callable[[], T]) -> T:
    for attempt in range(1, TRIES + 1):
        try:
            return read()
        except RuntimeError:  # a dictionary changed size
            if attempt == TRIES:
                raise
    raise AssertionError  # not reached: the last try returns or raises
