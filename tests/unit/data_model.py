"""docs/data-model.md as a check: every item that a test has left in the table is of a kind that the page lists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tools.files import ROOT

_KEYS = {"pk", "sk", "gsi1pk", "gsi1sk", "ttl"}
_SEVERAL = 50  # items of one kind are looked at, no more: some tests store ten thousand


@dataclass(frozen=True)
class Kind:
    """A row of the table of items: patterns of the keys, and what else is mentioned."""

    name: str
    pk: re.Pattern[str]
    sk: re.Pattern[str]
    index: tuple[re.Pattern[str], re.Pattern[str]] | None
    holds: frozenset[str]


def strangers(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the page does not tell of these items."""
    seen: dict[str, int] = {}
    found = []
    for item in items:
        if len(item["pk"]) == 1:  # of a test of the table itself
            continue
        kinds = [kind for kind in kinds_of_items() if kind.pk.fullmatch(item["pk"]) and kind.sk.fullmatch(item["sk"])]
        if len(kinds) != 1:
            found.append(f"{item['pk']} {item['sk']} is {[kind.name for kind in kinds] or 'not listed'}")
            continue
        [kind] = kinds
        seen[kind.name] = seen.get(kind.name, 0) + 1
        if seen[kind.name] <= _SEVERAL:
            found += [f"{kind.name}: {told}" for told in _beyond(kind, item)]
    return found


def _beyond(kind: Kind, item: Mapping[str, Any]) -> Iterable[str]:
    yield from sorted(set(item) - _KEYS - kind.holds)
    if "gsi1pk" in item:
        keys = item["gsi1pk"], item["gsi1sk"]
        if not kind.index or not all(one.fullmatch(key) for one, key in zip(kind.index, keys, strict=True)):
            yield f"in the index as {keys}"


@cache
def kinds_of_items() -> tuple[Kind, ...]:
    """The rows of the page."""
    page = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.split("|")] for row in re.findall(r"^\| (.+) \|$", page, re.MULTILINE)]
    return tuple(
        Kind(
            name,
            _pattern(pk),
            _pattern(sk),
            (_pattern(gsi1pk), _pattern(gsi1sk)) if "`" in gsi1pk else None,
            frozenset(re.findall(r"\w+", holds)),
        )
        for name, pk, sk, gsi1pk, gsi1sk, holds in rows
        if pk.startswith("`")
    )


def _pattern(cell: str) -> re.Pattern[str]:
    """Of a cell such as `P#<person>`: what is in angle brackets is anything without a number sign."""
    [key] = re.findall(r"`([^`]+)`", cell)
    return re.compile(
        "".join("[^#]*" if part.startswith("<") else re.escape(part) for part in re.split(r"(<[^>]+>)", key))
    )
