"""What lies between two sort keys: last first in pages, or first first as one walk.

Pages go on by the sort key that was reached, so a page can begin anywhere, also where nothing is any more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.table import INDEX, Table, plain


@dataclass(frozen=True)
class Range:
    """Items of one partition.

    Attributes:
        since: The least sort key.
        before: All sort keys lie before this one.
    """

    pk: str
    since: str
    before: str


@dataclass(frozen=True)
class Reached:
    """What was read, last first; `position` is the `before` of what follows, None when nothing does.

    Items from the index have their keys only.
    """

    items: Sequence[dict[str, Any]]
    position: str | None


def newest_keys(table: Table, wanted: Range, *, limit: int) -> Reached:
    """Read keys from the index, eventually consistent.

    Raises:
        ServiceBusyError: The table is too busy for now.
    """
    return _newest(table, wanted, limit=limit, index=True)


def newest_items(table: Table, wanted: Range, *, limit: int) -> Reached:
    """Read items as they are now.

    Raises:
        ServiceBusyError: The table is too busy for now.
    """
    return _newest(table, wanted, limit=limit, index=False)


def walk_keys(table: Table, wanted: Range, *, pace: int) -> Iterator[dict[str, Any]]:
    """Read all keys from the index, first first, eventually consistent, for as long as they are wanted.

    Each request asks for twice as many as the one before: so few are read for nothing, and many take few requests.

    Args:
        pace: How many the first request asks for.

    Raises:
        ServiceBusyError: The table is too busy for now.
    """
    more: dict[str, Any] = {}
    while True:
        answer = table.query(*_between(wanted, INDEX), index=True, Limit=pace, **more)
        yield from map(plain, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        more, pace = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}, 2 * pace


def _newest(table: Table, wanted: Range, *, limit: int, index: bool) -> Reached:
    if wanted.since >= wanted.before:
        return Reached([], None)  # DynamoDB refuses such a range
    prefix = INDEX if index else ""
    answer = table.query(
        *_between(wanted, prefix),
        index=index,
        ScanIndexForward=False,
        Limit=limit + 1,  # BETWEEN takes in `before` itself, which is dropped below
    )
    sk = f"{prefix}sk"
    found = [item for item in map(plain, answer["Items"]) if item[sk] < wanted.before]
    kept = found[:limit]
    follows = len(found) > limit or "LastEvaluatedKey" in answer
    return Reached(kept, kept[-1][sk] if kept and follows else None)


def _between(wanted: Range, prefix: str) -> tuple[str, dict[str, str]]:
    """A key condition, and its arguments."""
    condition = f"{prefix}pk = :pk AND {prefix}sk BETWEEN :since AND :before"
    return condition, {":pk": wanted.pk, ":since": wanted.since, ":before": wanted.before}
