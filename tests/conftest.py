"""For every test: fake AWS credentials, and no AWS configuration of whoever runs it. At the end: the figures.

Those that need one share one local cloud.
"""

import os
import secrets
import uuid
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from local.cloud import AWS_PYTHON, LocalCloud
from local.deployment import Deployment
from local.ports import Ports
from tests import abuse, figures, logs
from tests.e2e.pipeline import Pipeline
from tests.e2e.support import Deployed
from tests.said import Said

HERE = Path(__file__).parent
# The order of the files of tests/e2e, which use one deployment: what is soonest known first.
E2E = (
    "setup",
    "flow",
    "access",
    "sign_in",
    "access_log",
    "abuse",
    "abuse_uploads",
    "fuzz",
    "immediate",
    "verification",
    "client",
    "people",
    "visibility",
    "recognitions",
    "reviews",
    "sightings",
    "bad_input",
    "audit",
    "usage",
    "erasure",
    "events",
    "guide",
    "reconciliation",
    "runbook",
    "least_privilege",
    "rare_rights",
    "local_aws",
    "launcher",
    "direct",
    "dead_letters",
    "deployments",
    "whole_run",
)


def pytest_configure(config):
    if not is_worker(config):
        os.environ[figures.RUN] = uuid.uuid4().hex
        # What tests/faults casts its dice from: the same in all processes of a run.
        os.environ.setdefault("FAULTS_SEED", str(secrets.randbelow(10**6)))


def is_worker(config):
    """Whether this is one of several processes that share the tests of a run."""
    return hasattr(config, "workerinput")


def pytest_collection_modifyitems(config, items):
    """Alone: the quick ones first. In several processes: those that take longest first."""
    items.sort(key=place)
    if is_worker(config):
        items.sort(key=lambda item: (GROUPS.get(group(item.nodeid), len(GROUPS)), item.path.name != LONGEST))


def place(item):
    return E2E.index(item.path.stem.removeprefix("test_")) if item.path.parent == HERE / "e2e" else -1


def pytest_xdist_make_scheduler(config, log):
    """Give each group of tests to one process."""

    class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
        def _split_scope(self, nodeid):
            return group(nodeid)

    config.option.loadscopereorder = False  # keep our order
    return ByGroup(config, log)


def group(nodeid):
    """Tests that one process has to run, for they share what is expensive to make."""
    _, folder, *_, file = nodeid.partition("::")[0].split("/")
    if file in IN_PARTS:
        return nodeid
    if file == "test_launcher.py" or folder == "unit" or (folder == "faults" and file not in ON_THE_CLOUD):
        return file
    return "infra" if folder == "alarms" else folder


# Each of its tests may be run by another process.
IN_PARTS = {"test_erasure_races.py"}
# Of tests/faults, those that share a cloud: not that of tests/e2e, which takes longest as it is.
ON_THE_CLOUD = {"test_hostile_images.py", "test_photos.py"}
# The first of its group: a process is given its next group before it has done the last tests of this one.
LONGEST = "test_photos.py"
# Longest first.
GROUPS = {"e2e": 0, "faults": 1, "test_launcher.py": 2, "test_crash_points.py": 3, "infra": 4, "endpoint": 5}
if os.environ.get("FAULTS_LONG"):
    GROUPS["test_throttle.py"] = 1  # nine minutes, which are three seconds otherwise


_passed: dict[str, bool] = {}


def pytest_runtest_logreport(report):
    name = report.nodeid.rpartition("::")[2].partition("[")[0]
    _passed[name] = _passed.get(name, True) and report.passed


def pytest_sessionfinish(session):
    refused = abuse.refused(_passed)
    if refused is not None and not is_worker(session.config):
        figures.record("security", abuse_cases=len(abuse.cases()), abuse_refused=refused)


def pytest_terminal_summary(terminalreporter):
    for topic, measured in figures.of_this_run().items():
        terminalreporter.section(f"figures: {topic}")
        for name, value in measured.items():
            terminalreporter.line(f"{name}: {value}")


@pytest.fixture(scope="session", autouse=True)
def said(tmp_path_factory):
    """What the tests of this process have told the service. When all have ended, their logs are searched for it.

    It is the first fixture to be set up and so the last to be torn down: every log is complete by then.
    """
    with pytest.MonkeyPatch.context() as patch:
        said = Said(patch)
        yield said
    searched = logs.search(tmp_path_factory.getbasetemp(), said)
    if searched.lines:
        figures.add("security", log_lines_searched=searched.lines, log_personal_hits=len(searched.hits))
    assert searched.hits == []
    assert searched.silent == []


@pytest.fixture(autouse=True)
def no_aws_but_ours(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_CA_BUNDLE"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    assert AWS_PYTHON.exists(), "the local AWS is not set up: run `python3 -m local.setup`"
    with LocalCloud(tmp_path_factory.mktemp("cloud"), ports=Ports.free()) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def deployed(cloud) -> Deployed:
    """The whole stack."""
    deployment = Deployment(cloud)
    deployment.bootstrap()
    deployment.deploy()
    return Deployed(cloud, deployment.outputs(), stack=deployment.stack)


@pytest.fixture(scope="session")
def direct(cloud, deployed) -> Pipeline:
    """A small stack of its own, in which S3 invokes the photo processor."""
    deployment = Deployment(cloud, name="Direct", app="-m tests.e2e.direct.app")
    deployment.deploy()
    return Pipeline(cloud, deployment.stack)
