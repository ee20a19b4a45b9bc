"""The matrix against a dictionary: after any sequence of changes both find the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from local.rekognition.calibration import similarity
from local.rekognition.index import CollectionIndex, VectorTable, unit_mean
from local.rekognition.model import DIMENSION

KEYS = [f"key-{number}" for number in range(40)]


def unit(seed):
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


changes = st.lists(
    st.tuples(st.sampled_from(["put", "remove"]), st.sampled_from(KEYS), st.integers(0, 99)), max_size=200
)


@settings(deadline=None, max_examples=60)
@given(changes)
def test_a_table_holds_what_was_put_and_not_removed(steps):
    table, truth = VectorTable(), {}
    for step, key, seed in steps:
        if step == "put":
            table.put(key, unit(seed))
            truth[key] = unit(seed)
        else:
            table.remove(key)
            truth.pop(key, None)
    assert len(table) == len(truth)
    for key in KEYS:
        found = table.get(key)
        assert (found is None) == (key not in truth)
        assert found is None or np.array_equal(found, truth[key])
    probe = unit(1000)
    hits = table.search(probe, 0, len(KEYS))
    assert dict(hits).keys() == truth.keys()
    assert [percent for _, percent in hits] == sorted((percent for _, percent in hits), reverse=True)


def test_a_search_gives_the_best_and_no_more_than_asked():
    table = VectorTable()
    vectors = {f"face-{number}": unit(number) for number in range(500)}
    for key, vector in vectors.items():
        table.put(key, vector)
    probe = unit(7)
    truth = sorted(vectors, key=lambda key: -float(vectors[key] @ probe))
    assert [key for key, _ in table.search(probe, 0, 10)] == truth[:10]
    assert [key for key, _ in table.search(probe, 99, 10)] == ["face-7"]
    assert table.search(unit(999), 99, 10) == []


def test_an_empty_table_finds_nothing():
    assert VectorTable().search(unit(1), 0, 10) == []


def test_a_user_is_the_mean_of_the_faces_and_gone_without_them():
    index = CollectionIndex()
    for number in range(3):
        index.put_face(f"face-{number}", unit(number))
    index.set_user("u", ["face-0", "face-1"])
    expected = unit_mean([unit(0), unit(1)])
    assert np.array_equal(index.user("u"), expected)  # type: ignore[arg-type]  # None is not equal either
    assert index.search_users(expected, 100, 1) == [("u", 100.0)]
    ((_, percent),) = index.search_users(unit(0), 0, 1)
    assert percent == similarity(float(expected @ unit(0)))
    index.set_user("u", [])
    assert index.user("u") is None
    assert index.search_users(expected, 0, 1) == []
