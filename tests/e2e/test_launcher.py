"""The launcher: what a person at a terminal sees and does. One state folder, used by run after run."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.cloud import APP_PYTHON, LocalCloud
from local.demo import scenes
from local.deployment import Deployment
from local.ports import HOST, Ports
from local.processes import ROOT
from tests import logs
from tests.e2e.support import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for left processes in /proc")

UP = "Ctrl-C ends everything"
PASSWORD = re.compile(r"@example\.com +(\S+)$", re.MULTILINE)


class Launched:
    """`python -m local ...`, started as a shell script would start it in the background: with SIGINT ignored."""

    def __init__(self, command, folder, port):
        self.folder = folder
        self._log = folder.with_suffix(logs.TERMINAL)
        with self._log.open("wb") as out:
            self.process = subprocess.Popen(
                ["sh", "-c", 'trap "" INT; exec "$@"', "sh", APP_PYTHON, "-m", "local", command, "--folder", folder],
                cwd=ROOT,
                env={**os.environ, "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self):
        return self._log.read_text()

    def wait_until_up(self):
        eventually(lambda: UP in self.output or self.process.poll() is not None, bool, seconds=120)
        assert UP in self.output, self.output

    def end(self, how=None):
        """Its exit status, after the signal `how`."""
        if how is not None:
            self.process.send_signal(how)
        return self.process.wait(60)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def processes_of(folder):
    """The command lines of the living processes that work in `folder`, by process id."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            about = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(folder).encode() in about and state != "Z" and int(process.name) != os.getpid():
            found[int(process.name)] = command
    return found


def none_left(folder):
    return eventually(lambda: processes_of(folder), lambda found: not found, seconds=20) == {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("launcher") / "state"


def free_port():
    """A port that is free, as the next one is: a run needs both."""
    while True:
        ports = Ports.free()
        with socket.socket() as neighbour:
            if neighbour.connect_ex((HOST, ports.aws + 1)) != 0:
                return ports.aws


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture
def launch(folder, port):
    launched = []

    def start(command="up"):
        launched.append(Launched(command, folder, port))
        return launched[-1]

    yield start
    for each in launched:
        each.kill()
    assert none_left(folder)


@pytest.fixture(scope="module")
def first(folder, port, said):
    """What the first run showed; it was ended by Ctrl-C, and nothing of it is left."""
    launched = Launched("up", folder, port)
    try:
        launched.wait_until_up()
        said.add(*(text for someone in scenes.PEOPLE for text in (someone.name, someone.ref)))
        said.add(*PASSWORD.findall(launched.output))
        curl = re.findall(r"^(?:[A-Z]+=|printf|sleep|curl).*$", launched.output, re.MULTILINE)
        client = re.findall(r"^(?:export|echo|\.venv).*$", launched.output, re.MULTILINE)
        by_curl, by_client = shell(curl), shell(client)
        assert any("_worker.py" in command for command in processes_of(folder).values())
        began = time.monotonic()
        status = launched.end(signal.SIGINT)
        return {
            "output": launched.output,
            "by curl": by_curl,
            "by client": by_client,
            "status": status,
            "left": processes_of(folder),
            "seconds": time.monotonic() - began,
        }
    finally:
        launched.kill()


def shell(lines):
    done = subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout


def test_the_first_run_shows_every_step_and_every_photo_right(first):
    assert "cdk bootstrap" in first["output"]
    assert "10 of 10 photos right" in first["output"]
    assert first["output"].count("\n") < 60


def test_the_curl_lines_that_it_prints_recognize_somebody(first):
    uploaded, at_once = map(json.loads, first["by curl"].splitlines())
    for result in (uploaded, at_once):
        assert [face["name"] for face in result["faces"]] == ["Barack Obama"]


def test_the_lines_of_the_client_that_it_prints_recognize_somebody(first):
    assert re.search(r"^ +0  matched +Barack Obama 100\.00 %$", first["by client"], re.MULTILINE)


def test_it_writes_logs_which_are_searched_for_those_whom_it_has_shown(first, folder, said):
    assert {"Barack Obama", "demo-obama"} < said.names
    assert len(PASSWORD.findall(first["output"])) == 3
    written = {path.name for path in logs.files(folder) if path.stat().st_size}
    assert written > {*logs.WRITTEN, "access.log"}
    assert any('"message":"photo processed"' in path.read_text() for path in logs.files(folder / "logs" / "functions"))


def test_ctrl_c_ends_every_process(first):
    assert (first["status"], first["left"]) == (0, {})
    assert first["seconds"] < 15


def test_a_second_run_starts_in_seconds_and_keeps_people_and_results(first, folder, launch):
    began = time.monotonic()
    launched = launch("demo")
    assert launched.end() == 0, launched.output
    assert time.monotonic() - began < 40
    assert "unchanged" in launched.output
    assert "known already" in launched.output
    rows = json.loads((folder / "demo.json").read_text())
    assert {tuple(row) for row in rows} == {("photo", "expected", "got", "similarity", "decision", "ms")}
    assert all(row["expected"] == row["got"] == sorted(row["got"]) for row in rows)
    assert {path.name for path in (folder / "annotated").iterdir()} == {row["photo"] for row in rows}


def test_killed_it_leaves_no_process(first, folder, launch):
    launched = launch()
    launched.wait_until_up()
    assert len(processes_of(folder)) > 2
    launched.end(signal.SIGKILL)
    assert none_left(folder)


def test_a_killed_local_aws_ends_the_run_with_a_message_and_the_next_one_goes_on(first, folder, launch, port):
    launched = launch()
    launched.wait_until_up()
    [aws] = [pid for pid, command in processes_of(folder).items() if "-m local.aws" in command]
    os.kill(aws, signal.SIGKILL)
    assert launched.end() == 1
    assert "error: the local AWS was ended by signal 9" in launched.output
    assert none_left(folder)
    with LocalCloud(folder, ports=Ports.at(port)) as cloud:
        deployment = Deployment(cloud)
        assert deployment.bootstrapped()
        deployment.deploy()
        table = cloud.client("dynamodb").scan(TableName=deployment.outputs().table_name)["Items"]
        assert "Eileen Collins" in {item["name"]["S"] for item in table if "name" in item}


def test_a_kill_in_the_middle_of_the_first_deploy_is_got_over(tmp_path):
    """As it looks on disk: a stack that is on its way for ever, and files of a bucket that nobody knows."""
    folder, ports = tmp_path / "state", Ports.free()
    with LocalCloud(folder, ports=ports) as cloud:
        Deployment(cloud).bootstrap()
    stacks = folder / "state" / "aws" / "cloudformation.json"
    stacks.write_text(stacks.read_text().replace("CREATE_COMPLETE", "CREATE_IN_PROGRESS"))
    orphan = folder / "state" / "s3" / "000000000000" / "nobody-knows-it"
    orphan.mkdir(parents=True)
    (orphan / "object").write_bytes(b"x")
    for name in ("s3", "ssm"):
        (folder / "state" / "aws" / f"{name}.json").unlink()
    with LocalCloud(folder, ports=ports) as cloud:
        deployment = Deployment(cloud)
        assert not deployment.bootstrapped()
        deployment.bootstrap()
        assert deployment.bootstrapped()
        buckets = {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]}
        assert "nobody-knows-it" not in buckets
        assert len(buckets) == 1


def test_a_taken_port_is_named_and_nothing_is_started(tmp_path):
    ports = Ports.free()
    with socket.socket() as taken:
        taken.bind((HOST, ports.aws))
        taken.listen()
        launched = Launched("up", tmp_path / "state", ports.aws)
        assert launched.end() == 1
    assert f"error: port {ports.aws} is taken" in launched.output
    assert stat.S_IMODE(launched.folder.stat().st_mode) == 0o700  # as of every run: photos will be in it
    assert "PORT=" in launched.output
    assert processes_of(tmp_path / "state") == {}


def test_two_runs_do_not_share_a_state_folder(tmp_path):
    folder = tmp_path / "state"
    one = Launched("up", folder, free_port())
    try:
        eventually(lambda: "local AWS" in one.output, bool)
        another = Launched("up", folder, free_port())
        assert another.end() == 1
        assert "error: already running" in another.output
    finally:
        one.end(signal.SIGTERM)


@pytest.mark.parametrize("port", ["web", "80", "70000"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    launched = Launched("up", tmp_path / "state", port)
    assert launched.end() == 2
    assert "PORT must be a number" in launched.output


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_it_starts_ends_it(tmp_path, how):
    folder = tmp_path / "state"
    launched = Launched("up", folder, free_port())
    assert eventually(lambda: "local AWS" in launched.output, bool), launched.output
    assert launched.end(how) == 128 + how, launched.output
    assert none_left(folder)


def test_without_node_the_setup_says_what_to_install(tmp_path):
    (tmp_path / "python3").symlink_to(sys.executable)
    done = subprocess.run(
        [tmp_path / "python3", "-m", "local.setup"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: Node.js 20 or later is needed")
