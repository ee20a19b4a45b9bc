"""The demonstration's table, for people and as JSON."""

import json
from collections.abc import Iterable
from pathlib import Path

from local.demo.runner import Outcome

_ROW = "  {:<31}{:<45}{:>10}  {:<16}{:>7}  {}"


def header() -> str:
    """The table's first line."""
    return _ROW.format("photo", "who", "similarity", "decision", "time", "").rstrip()


def row(outcome: Outcome) -> str:
    """One photo's line."""
    similarity = "" if outcome.similarity is None else f"{outcome.similarity:.2f}"
    verdict = "" if outcome.right else f"WRONG, expected {', '.join(outcome.scene.expected) or 'nobody'}"
    who = ", ".join(outcome.got) or "-"
    return _ROW.format(
        outcome.scene.photo, who, similarity, outcome.decision.replace("+", ", "), f"{outcome.ms:.0f} ms", verdict
    ).rstrip()


def write(outcomes: Iterable[Outcome], path: Path) -> None:
    """Write the table as JSON, in one step: a list of {photo, expected, got, similarity, decision, ms}."""
    rows = [
        {
            "photo": outcome.scene.photo,
            "expected": list(outcome.scene.expected),
            "got": outcome.got,
            "similarity": outcome.similarity,
            "decision": outcome.decision,
            "ms": round(outcome.ms, 1),
        }
        for outcome in outcomes
    ]
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)
