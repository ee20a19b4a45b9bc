"""docs/security.md names tests; each of them must be there."""

import re
from pathlib import Path

from tests import abuse

TESTS = Path(__file__).parents[1]


def test_every_test_that_is_named_as_a_proof_is_there():
    named = set(re.findall(r"`(test_\w+)`", abuse.GUIDE.read_text(encoding="utf-8")))
    there = {
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named
    assert named - there == set()


def test_a_case_counts_as_refused_when_all_its_tests_have_passed():
    passed = dict.fromkeys(frozenset().union(*abuse.cases().values()), True)
    assert abuse.refused(passed) == len(abuse.cases()) >= 30
    failed = next(iter(passed))
    assert len(abuse.cases()) - 3 < (abuse.refused(passed | {failed: False}) or 0) < len(abuse.cases())
    del passed[failed]
    assert abuse.refused(passed) is None
