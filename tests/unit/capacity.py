"""What calls to DynamoDB cost, by the rules that AWS documents: sizes of items, units of writes, writes of indexes.

moto tells of no capacity. Where the documentation leaves a choice, the dearer reading is taken: a condition check costs
what a write costs, and within a transaction the index is written at the transaction's price too.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from adapters.table import Item

from . import stored

UNIT = 1024  # bytes
KEYS, INDEX_KEYS = ("pk", "sk"), ("gsi1pk", "gsi1sk")
_SINGLE, _TRANSACTIONAL = 1, 2
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})


@dataclass
class Meter:
    """The calls to DynamoDB in their order, what their writes cost, and how many items were read."""

    calls: list[str] = field(default_factory=list)
    write_units: int = 0
    items_read: int = 0


@contextmanager
def metered(client: Any) -> Iterator[Meter]:
    """Count what is called through a client."""
    meter, before = Meter(), dict[tuple[str, str], Item]()
    writing: dict[tuple[str, str], int] = {}

    def begin(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        meter.calls.append(model.name)
        if model.name in _WRITES:
            before.update(stored.items())
            writing.update(_written(params))

    def end(parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        if model.name in _WRITES:
            after = stored.items()
            meter.write_units += sum(
                price * units(before.get(keys, {}), after.get(keys, {})) for keys, price in writing.items()
            )
            before.clear()
            writing.clear()
        elif model.name == "Query":
            meter.items_read += parsed["ScannedCount"]
        elif model.name == "BatchGetItem":
            meter.items_read += sum(map(len, parsed["Responses"].values()))

    client.meta.events.register("before-parameter-build.dynamodb", begin)
    client.meta.events.register("after-call.dynamodb", end)
    try:
        yield meter
    finally:
        client.meta.events.unregister("before-parameter-build.dynamodb", begin)
        client.meta.events.unregister("after-call.dynamodb", end)


def units(before: Item, after: Item) -> int:
    """Write units of a single write: of the table by the larger item, of the index if an entry of it changed."""
    was, is_now = _entry(before), _entry(after)
    entries = [entry for entry in (was, is_now) if entry] if was != is_now else []
    return _units_of(max(size(before), size(after))) + sum(_units_of(size(entry)) for entry in entries)


def size(value: Any) -> int:
    """Bytes that a value takes in an item; of a whole item, without the overhead that only storage is billed for."""
    match value:
        case None | bool():
            return 1
        case str():
            return len(value.encode())
        case int() | float():
            return math.ceil(len(str(abs(value))) / 2) + 2  # two digits a byte, one byte more, and one for a sign
        case dict():
            return 3 + sum(len(name.encode()) + 1 + size(member) for name, member in value.items())
        case _:
            return 3 + sum(1 + size(member) for member in value)


def _entry(item: Item) -> Item:
    """The item's entry in the index, which holds keys only; nothing if it has none."""
    return {name: item[name] for name in (*KEYS, *INDEX_KEYS)} if "gsi1pk" in item else {}


def _units_of(bytes_: int) -> int:
    return max(1, math.ceil(bytes_ / UNIT))


def _written(params: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], int]]:
    """The keys of what a call writes, and how many times the usual price."""
    if "TransactItems" in params:
        for action in (action for one in params["TransactItems"] for action in one.values()):
            yield _keys(action), _TRANSACTIONAL
    else:
        yield _keys(params), _SINGLE


def _keys(action: Mapping[str, Any]) -> tuple[str, str]:
    named = action.get("Key") or action["Item"]
    return named["pk"]["S"], named["sk"]["S"]
