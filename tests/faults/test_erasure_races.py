"""Erasures in the midst of everything else."""

import hypothesis
import hypothesis.core
import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.conftest import LONG
from tests.faults.races import Races


@pytest.mark.parametrize("part", range(4 if LONG else 1))  # each with dice of its own, so that all cores have some
def test_nobody_comes_back_and_nothing_of_them_is_left(seed, part, long_form, monkeypatch):
    monkeypatch.setattr(hypothesis.core, "global_force_seed", seed + part)
    examples, steps = (25, 60) if long_form else (6, 30)
    settings = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],  # to make an example smaller takes minutes; the seed finds it again
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    run_state_machine_as_test(Races, settings=settings)
