"""What was written to DynamoDB since the last checkpoint: kept before it is acknowledged, told again after a kill.

Each request adds one line with all that it changed, so that of a transaction all is there or nothing. A line that was
cut short by a kill was never acknowledged.
"""
# ruff: noqa: SLF001  (standing between ministack and its items is what this module is for; `internals` checks them)

import contextvars
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import ministack.app as gateway
from ministack.services import dynamodb

T = TypeVar("T")

# Changes of one request: the table's id, the two parts of the key, and the item, None where it was removed.
Change = tuple[str, str, str, Any]

_changes: contextvars.ContextVar[list[Change] | None] = contextvars.ContextVar("changes", default=None)


class Journal:
    """The changes since the last checkpoint, in numbered files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._whole = threading.RLock()  # held while a request is carried out and noted, and while all items are read
        self._set: Callable[..., Any] = dynamodb._set_item
        self._remove: Callable[..., Any] = dynamodb._remove_item
        self._known: set[str] = set()
        self._file = -1

    def install(self, checkpoint: Callable[[], None]) -> None:
        """Read what is there once ministack has loaded its state, and write from then on.

        Args:
            checkpoint: Makes a checkpoint; called when the first item is written to a table that none has seen yet,
                for without its table an item is nothing.
        """
        load: Callable[[Any], Any] = dynamodb.load_persisted_state
        handle: Callable[..., Any] = gateway.SERVICE_HANDLERS["dynamodb"]

        def load_and_replay(data: Any) -> Any:
            loaded = load(data)
            self._replay()
            return loaded

        async def handle_and_keep(*request: Any) -> Any:
            changes: list[Change] = []
            try:
                with self._whole:
                    token = _changes.set(changes)
                    try:
                        return await handle(*request)
                    finally:
                        _changes.reset(token)
                        self._append(changes)
            finally:
                if {table_id for table_id, *_ in changes} - self._known:
                    checkpoint()

        dynamodb.load_persisted_state = load_and_replay
        dynamodb._set_item = self._set_item
        dynamodb._remove_item = self._remove_item
        gateway.SERVICE_HANDLERS["dynamodb"] = handle_and_keep
        self.turn(lambda: None)

    def turn(self, read: Callable[[], T]) -> tuple[list[Path], T]:
        """Begin a new file, and read the items while no request is half carried out.

        All that is read is in the older files too: told again after it, they end where it ends. So a checkpoint that is
        interrupted before it has removed them does no harm.

        Returns:
            The older files, which a checkpoint of what was read supersedes; and that.
        """
        with self._whole, self._lock:
            older = self._files()
            if self._file >= 0:
                os.close(self._file)
            path = self._folder / f"dynamodb.journal.{_number(older[-1]) + 1 if older else 1:08}"
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            self._known = {table["TableId"] for table in dynamodb._tables.all_values()}
            return older, read()

    def _set_item(self, table: Any, pk: str, sk: str, item: Any) -> Any:
        self._note((table["TableId"], pk, sk, item))
        return self._set(table, pk, sk, item)

    def _remove_item(self, table: Any, pk: str, sk: str) -> Any:
        self._note((table["TableId"], pk, sk, None))
        return self._remove(table, pk, sk)

    def _note(self, change: Change) -> None:
        changes = _changes.get()
        if changes is None:  # no request: an item whose time is over
            self._append([change])
        else:
            changes.append(change)

    def _append(self, changes: list[Change]) -> None:
        if changes:
            with self._lock:
                os.write(self._file, json.dumps(changes).encode() + b"\n")

    def _replay(self) -> None:
        tables = {table["TableId"]: table for table in dynamodb._tables.all_values()}
        for path in self._files():
            for table_id, pk, sk, item in _lines(path):
                if table_id not in tables:
                    continue
                if item is None:
                    self._remove(tables[table_id], pk, sk)
                else:
                    self._set(tables[table_id], pk, sk, item)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("dynamodb.journal.*"), key=_number)


def _number(path: Path) -> int:
    return int(path.suffix[1:])


def _lines(path: Path) -> Iterator[Change]:
    for line in path.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield from json.loads(line)
