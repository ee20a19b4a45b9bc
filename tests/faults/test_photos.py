"""Photos while everything fails: calls, answers, workers, and the order of events."""

import pytest

from tests import figures
from tests.faults.accounts import audit, reconciled
from tests.faults.storm import Storm


@pytest.fixture
def storm(cloud, samples, chance, seed, tmp_path):
    return Storm(cloud, samples, chance, seed=seed, logs=tmp_path)


def test_nothing_is_lost_and_nothing_is_doubled(storm, long_form):
    count, kills, minutes = (10_000, 1_000, 40) if long_form else (1_000, 100, 4)
    storm.rage(count, kills=kills, minutes=minutes)
    accounts = audit(storm.site, storm.tasks, storm.people)
    assert accounts.wrong == []
    assert (accounts.lost, accounts.doubled) == (0, 0)
    orphans, _ = reconciled(storm.site)
    assert orphans == 0
    doubled_events = storm.doubled / storm.events
    assert storm.kills >= kills
    assert storm.faulted >= 0.1
    assert doubled_events >= 0.33
    assert storm.redriven
    figures.record(
        "reliability",
        photos=len(storm.tasks),
        lost=accounts.lost,
        doubled=accounts.doubled,
        orphans=orphans,
        kills=storm.kills,
        faulted_calls_percent=round(100 * storm.faulted, 1),
        doubled_events_percent=round(100 * doubled_events, 1),
    )


def test_a_naive_processor_would_be_caught(storm):
    """Of the photos that it did bring to an end; it need not come to the end of all."""
    storm.rage(50, kills=6, minutes=0.3, naive=True)
    accounts = audit(storm.site, storm.tasks, storm.people)
    assert accounts.missing + accounts.doubled > 0
    figures.record("reliability", control_doubled_or_lost=accounts.missing + accounts.doubled)
