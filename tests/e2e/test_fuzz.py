"""The whole API by requests that nobody thought of, made from docs/openapi.json by schemathesis.

FUZZ_SECONDS=600 goes on for longer, each time from another seed: `make fuzz`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.processes import environment
from tests import figures
from tests.e2e.access import ROUTES

ROOT = Path(__file__).parents[2]
# In this order they are tried on each route, until one is let in; the first two must not see what is the other's.
USERS = ("user", "stranger", "operator", "admin")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
LEFT_OUT = {
    "positive_data_acceptance": "a schema cannot say that a cursor must be ours, a key unused, a photo a photo",
    "ensure_resource_availability": "a photo is there when it was uploaded, which no request of the document does",
    "unsupported_method": "API Gateway answers methods that there are not by 404, and that cannot be shaped",
}
SETTINGS = f"""
[auth.wfc]
path = "auth.json"
peers = {json.dumps(USERS[:2])}
"""


@pytest.fixture
def fuzzed(deployed, tmp_path, said):
    """The report of a run, and what it has written for people."""
    tokens = {name: deployed.session(name).access_token() for name in USERS}
    entries = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
        for name, token in tokens.items()
    ]
    (tmp_path / "auth.json").write_text(json.dumps({"auth": entries}))
    config = tmp_path / "schemathesis.toml"
    config.write_text(SETTINGS)
    seconds = os.environ.get("FUZZ_SECONDS")
    bounds = ["--max-time", seconds] if seconds else ["--max-examples", "2", "--seed", "1"]
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", str(ROOT / "docs" / "openapi.json"), "--url", deployed.url, *bounds),
            *("--phases", ",".join(PHASES), "--checks", "all", "--exclude-checks", ",".join(LEFT_OUT)),
            *("--report", "json,har", "--report-json-path", "report.json", "--report-har-path", "requests.har"),
            # One worker: Python 3.11's ast.parse fails now and then in two threads.
            *("--workers", "1", "--continue-on-failure", "--generation-database", "none", "--no-color"),
        ],
        cwd=tmp_path,
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads((tmp_path / "report.json").read_text())
    for entry in json.loads((tmp_path / "requests.har").read_text())["log"]["entries"]:
        said.remember({parameter["name"]: parameter["value"] for parameter in entry["request"]["queryString"]})
        said.remember_json(entry["request"].get("postData", {}).get("text", ""))
    return report, run.stdout[-20_000:] + run.stderr


def test_no_request_breaks_the_contract_or_the_service(fuzzed):
    report, told = fuzzed
    failures = sum(failure["count"] for failure in report["failures"])
    tested = report["operations"]["tested"]
    assert report["errors"] == [], told
    if tested == len(ROUTES) and report["complete"]:
        figures.record("security", schemathesis_operations=tested, schemathesis_failures=failures)
    assert (failures, tested) == (0, len(ROUTES)), told
    assert {name for name, phase in report["phases"].items() if phase["status"] == "success"} >= set(PHASES), told
