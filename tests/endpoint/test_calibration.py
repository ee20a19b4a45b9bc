import math

import numpy as np
import pytest

from local.rekognition.calibration import cosine, least_cosine, similarity


@pytest.mark.parametrize(("cosine", "percent"), [(0.3738, 50), (0.4184, 80), (0.5217, 99), (-1, 0), (1, 100)])
def test_similarity_follows_the_measured_curve(cosine, percent):
    assert similarity(cosine) == pytest.approx(percent, abs=0.1)


@pytest.mark.parametrize("percent", [1, 50, 80, 95, 99, 99.9])
def test_the_cosine_of_a_similarity_has_that_similarity(percent):
    assert similarity(cosine(percent)) == pytest.approx(percent, abs=1e-4)


def test_similarity_grows_with_the_cosine_and_stays_a_percentage():
    values = [similarity(cosine) for cosine in np.linspace(-1.0001, 1.0001, 500)]
    assert values == sorted(values)
    assert values[0] >= 0
    assert values[-1] == 100


@pytest.mark.parametrize("percent", [1e-6, 1, 50, 80, 99, 99.99, 99.9999, 100])
def test_the_first_filter_never_drops_a_match(percent):
    for value in np.linspace(-1, 1, 20_001):
        if similarity(float(value)) >= percent:
            assert value >= least_cosine(percent)


def test_without_a_threshold_everything_passes():
    assert least_cosine(0) == -math.inf
