"""People are told apart, whatever was done to their photos: what benchmarks/accuracy.py prints, with a verdict."""

import pytest

from benchmarks.accuracy import SPOILED, compare, look, sample_photos
from local.rekognition.calibration import cosine
from local.rekognition.workers import FaceWorkers


@pytest.fixture(scope="module")
def workers():
    workers = FaceWorkers(1)
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def known(workers):
    """The faces of the photos as they are."""
    return look(workers, list(sample_photos()))


@pytest.mark.parametrize("name", SPOILED)
def test_pairs_of_one_person_are_similar_and_pairs_of_two_are_not(workers, known, name):
    spoil = SPOILED[name]
    shown = known if spoil is None else look(workers, known.photos, spoil)
    assert len(shown.photos) == len(known.photos) == 10
    same, different = compare(known, shown)
    assert (same.pairs, different.pairs) == (10, 80)
    assert same.least >= cosine(95)
    assert different.most <= cosine(50)
