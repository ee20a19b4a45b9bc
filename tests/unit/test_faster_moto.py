"""What makes moto faster leaves its answers as they are."""

import pytest

from adapters import actions
from adapters.table import ConditionFailedError

from . import stored


def test_a_transaction_that_fails_changes_nothing(cloud):
    stored.fill({"pk": pk, "sk": sk, "deep": {"xs": [1, 2]}} for pk in "PQ" for sk in "AB")
    before = stored.items()
    table = cloud.table
    changes = [
        actions.put(table, {"pk": "P", "sk": "C"}),
        actions.put(table, {"pk": "R", "sk": "A"}),
        actions.put(table, {"pk": "Q", "sk": "A", "new": 1}),
        actions.update(table, "P", "A", "SET deep.xs[0] = :x", condition=actions.THERE, arguments={":x": 9}),
        actions.delete(table, "P", "B"),
    ]
    with pytest.raises(ConditionFailedError) as failure:
        table.transact([*changes, actions.check(table, "Q", "B", actions.NEW)])
    assert failure.value.failed == {len(changes)}
    assert stored.items() == before
    table.transact(changes)
    assert stored.items() == {
        ("P", "A"): {"pk": "P", "sk": "A", "deep": {"xs": [9, 2]}},
        ("P", "C"): {"pk": "P", "sk": "C"},
        ("Q", "A"): {"pk": "Q", "sk": "A", "new": 1},
        ("Q", "B"): before["Q", "B"],
        ("R", "A"): {"pk": "R", "sk": "A"},
    }


def test_values_of_all_kinds_come_back_as_they_were(cloud):
    values = {
        "text": "x",
        "number": -12.5,
        "yes": True,
        "list": [1, "2", {"deep": [False, []]}],
        "map": {"a": {"b": 0}},
    }
    cloud.table.put({"pk": "P", "sk": "A", **values}, condition=actions.NEW)
    assert cloud.table.get("P", "A") == {"pk": "P", "sk": "A", **values}
    assert cloud.table.partition("P") == [{"pk": "P", "sk": "A", **values}]
