"""The ledger: every decision of IAM, one JSON object a line.

It answers both questions of least privilege: was anything denied, and which granted right did no call use. An action
that cannot be told from a request is written as `<service>:unknown`, for ministack lets such a request pass.
"""

import contextvars
import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

ROOT = "root"

# Renamed to <name>.1 when it has grown to this size, so that a long run does not fill the disk.
LARGEST_BYTES = 32 * 2**20

_begun = 0
_call: contextvars.ContextVar[int] = contextvars.ContextVar("call", default=0)


@dataclass(frozen=True)
class Decision:
    """One decision.

    `call` numbers the request that asked (several decisions may belong to one request; 0 for a poller), `operation` is
    the API operation, `via` tells who acted with the role's rights: the function's own request ("request"), Rekognition
    reading a photo for it ("rekognition"), or the poller of its queue or stream ("poller").
    """

    call: int
    operation: str
    role: str
    action: str
    resource: str
    allowed: bool
    via: str = "request"


class Ledger:
    """Appends decisions to a file. Safe for threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = self._open()

    def write(self, decision: Decision) -> None:
        """Append one decision; it can be read from the file at once."""
        line = json.dumps(asdict(decision)) + "\n"
        with self._lock:
            if self._file.tell() > LARGEST_BYTES:
                self._file.close()
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
                self._file = self._open()
            self._file.write(line)

    def _open(self) -> IO[str]:
        return self._path.open("a", buffering=1, encoding="utf-8")


def begin_call() -> None:
    """Number the request that this context serves. Called by the event loop's thread only."""
    global _begun  # noqa: PLW0603  (a process-wide counter)
    _begun += 1
    _call.set(_begun)


def calls_begun() -> int:
    """How many requests this process has begun to serve."""
    return _begun


def current_call() -> int:
    """The number of the request that this context serves, 0 outside of one."""
    return _call.get()
