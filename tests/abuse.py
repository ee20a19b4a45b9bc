"""The cases of abuse in docs/security.md, and how many of them a run has shown to be refused."""

import re
from collections.abc import Mapping
from pathlib import Path

GUIDE = Path(__file__).parent.parent / "docs" / "security.md"


def cases() -> Mapping[str, frozenset[str]]:
    """The tests that show each case, by the case."""
    section = GUIDE.read_text(encoding="utf-8").partition("\n## Abuse\n")[2].partition("\n##")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")
    ]
    return {row[0]: frozenset(found) for row in rows if (found := re.findall(r"`(test_\w+)`", row[-1]))}


def refused(passed: Mapping[str, bool]) -> int | None:
    """How many cases are refused, by which tests have passed; None unless all their tests were run."""
    shown = cases()
    if not frozenset().union(*shown.values()) <= set(passed):
        return None
    return sum(all(passed[test] for test in tests) for tests in shown.values())
