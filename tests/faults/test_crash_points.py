"""Every call to AWS of every handler is the last thing that a process does; then all goes on as if nothing had been."""

import json
import os
import subprocess
import sys

from local.processes import ROOT, environment
from tests import figures


def test_whatever_call_is_the_last_one_the_end_is_the_same(long_form):
    command = [sys.executable, "-m", "tests.faults.crashes", *(["both"] if long_form else [])]
    env = environment({"PYTHONPATH": os.pathsep.join(["lambdas", "."])})
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["failures"] == []
    assert all(found["calls"].values())  # whoever makes no call was not tried
    assert found["converged"] == found["points"]
    figures.record("reliability", crash_points=found["points"], crash_points_converged=found["converged"])
