"""Figures that tests have measured."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import figures


@pytest.fixture(autouse=True)
def a_run(monkeypatch):
    monkeypatch.setenv(figures.RUN, "one")


def test_figures_of_one_run_come_together(tmp_path):
    figures.record("reliability", folder=tmp_path, photos=1000)
    figures.record("reliability", folder=tmp_path, lost=0)
    assert json.loads((tmp_path / "reliability.json").read_text()) == {"photos": 1000, "lost": 0}
    assert figures.of_this_run(folder=tmp_path) == {"reliability": {"lost": 0, "photos": 1000}}


def test_what_was_not_measured_in_a_run_is_absent(tmp_path, monkeypatch):
    figures.record("reliability", folder=tmp_path, photos=1000)
    monkeypatch.setenv(figures.RUN, "another")
    assert figures.of_this_run(folder=tmp_path) == {}
    figures.record("reliability", folder=tmp_path, lost=0)
    assert json.loads((tmp_path / "reliability.json").read_text()) == {"lost": 0}


def test_what_processes_count_is_added_up_within_a_run(tmp_path, monkeypatch):
    for _ in range(2):
        figures.add("security", folder=tmp_path, lines=3)
    assert figures.of_this_run(folder=tmp_path) == {"security": {"lines": 6}}
    monkeypatch.setenv(figures.RUN, "another")
    figures.add("security", folder=tmp_path, lines=1)
    assert figures.of_this_run(folder=tmp_path) == {"security": {"lines": 1}}


def test_writers_that_record_at_once_lose_nothing(tmp_path):
    def write(number):
        for figure in range(5):
            figures.record("reliability", folder=tmp_path, **{f"figure_{number}_{figure}": figure})

    # Each opens the marker by itself, so the lock stands between threads as it does between processes.
    with ThreadPoolExecutor() as writers:
        list(writers.map(write, range(8)))
    assert len(json.loads((tmp_path / "reliability.json").read_text())) == 40
