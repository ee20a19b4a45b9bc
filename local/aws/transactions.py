"""DynamoDB's transactions in the local AWS: told again by its token, one is answered again.

ministack compares the two requests, but normalizes the numbers of the one that it remembers, so that a client whose
answer was lost is told that it asks for something else.
"""
# ruff: noqa: SLF001  (replacing ministack's private parts is what this module is for; `internals` checks them)

import contextvars
import copy
from typing import TYPE_CHECKING, Any

from ministack.services import dynamodb

if TYPE_CHECKING:
    from collections.abc import Callable

_asked: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("asked", default=None)


def install() -> None:
    """Have what is remembered of a transaction be what was asked."""
    write: Callable[[dict[str, Any]], Any] = dynamodb._transact_write_items
    store: Callable[[str, dict[str, Any]], None] = dynamodb._txn_token_store

    def write_and_keep(data: dict[str, Any]) -> Any:
        token = _asked.set(copy.deepcopy({name: part for name, part in data.items() if name != "ClientRequestToken"}))
        try:
            return write(data)
        finally:
            _asked.reset(token)

    def store_as_asked(token: str, entry: dict[str, Any]) -> None:
        asked = _asked.get()
        store(token, entry if asked is None else {**entry, "signature": asked})

    dynamodb._transact_write_items = write_and_keep
    dynamodb._txn_token_store = store_as_asked
