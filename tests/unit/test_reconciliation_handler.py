"""The reconciliation's entry."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from domain import times
from domain.reconciliation import Ending
from handlers import reconciliation as handler_module
from tests import embedded_metrics

LAMBDAS = Path(handler_module.__file__).parent.parent


class Remembering:
    """Ends as it is told to, and remembers what it was asked for."""

    ending = Ending.DONE

    def run(self, *, until, most_stray):
        self.until, self.most_stray = until, most_stray
        return self.ending, {"faces": 3, "stray_faces": 1}


@pytest.fixture
def reconciler(monkeypatch, lambda_context):
    reconciler = Remembering()
    monkeypatch.setattr(handler_module, "wired", lambda: reconciler)
    lambda_context.get_remaining_time_in_millis = lambda: 900_000
    return reconciler


@pytest.mark.parametrize(("ending", "stopped"), [(Ending.DONE, {}), (Ending.STOPPED, {("ReconciliationStopped",): 1})])
def test_counts_are_metrics_and_a_stop_is_one_to_be_alarmed_by(reconciler, lambda_context, written, ending, stopped):
    reconciler.ending = ending
    answer = handler_module.handler({"source": "aws.events"}, lambda_context)
    assert answer == {"ending": ending, "counts": {"faces": 3, "stray_faces": 1}}
    counted = {("ReconciliationFaces",): 3, ("ReconciliationStrayFaces",): 1}
    assert embedded_metrics.total(embedded_metrics.read(written())) == counted | stopped


def test_one_percent_may_go_unless_an_operator_says_otherwise_and_time_is_left_for_one_batch(
    reconciler, lambda_context
):
    handler_module.handler({}, lambda_context)
    assert reconciler.most_stray == pytest.approx(0.01)
    assert timedelta(minutes=12) < reconciler.until - times.now() < timedelta(minutes=14)
    handler_module.handler({"mostPercent": 5}, lambda_context)
    assert reconciler.most_stray == pytest.approx(0.05)


def test_a_missing_setting_stops_the_function_while_it_initializes():
    environment = os.environ | {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "TABLE_NAME": "faces"}
    command = [sys.executable, "-c", "import handlers.reconciliation"]
    started = subprocess.run(
        command, cwd=LAMBDAS, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert "SettingsError: missing or odd: COLLECTION_ID, CALLS_PER_SECOND, DELETES" in started.stderr
