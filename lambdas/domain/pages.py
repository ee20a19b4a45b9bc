"""Lists in pages, and the cursors that lead from one page to the next.

A cursor carries a position and nothing else. Which list it walks is told by the request alone, and the seal binds the
cursor to that caller and that list: a cursor that was changed, or that is another's, does not open.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.errors import InvalidCursorError

T = TypeVar("T")
_SEAL_BYTES = 16


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list; `position` is where the next page starts, None on the last one."""

    items: Sequence[T]
    position: str | None


class CursorSealer:
    """Makes and opens cursors under one secret key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, position: str | None, *scope: str) -> str | None:
        """Make the cursor for `position`, good for this `scope` (caller, list and its filters) only."""
        if position is None:
            return None
        plain = position.encode()
        return base64.urlsafe_b64encode(self._mac(plain, scope) + plain).decode().rstrip("=")

    def open(self, cursor: str | None, *scope: str) -> str | None:
        """Read the position back.

        Raises:
            InvalidCursorError: The cursor was not made here for this scope.
        """
        if cursor is None:
            return None
        try:
            sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            seal, plain = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
            if hmac.compare_digest(seal, self._mac(plain, scope)):
                return plain.decode()
        except (binascii.Error, ValueError):
            pass  # the same refusal as for a wrong seal
        raise InvalidCursorError

    def _mac(self, plain: bytes, scope: Sequence[str]) -> bytes:
        parts = [*(part.encode() for part in scope), plain]
        framed = b"".join(len(part).to_bytes(4) + part for part in parts)
        return hmac.digest(self._key, framed, hashlib.sha256)[:_SEAL_BYTES]
