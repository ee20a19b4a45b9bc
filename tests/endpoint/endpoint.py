"""The endpoint as its users start it: a process of its own, reached over HTTP."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.endpoint.shapes import check_response

ROOT = Path(__file__).resolve().parents[2]


class Endpoint:
    """A running endpoint. `port` is kept over `kill` and `start`, and so is the data folder."""

    def __init__(self, data, **environment):
        self.data, self.port = Path(data), free_port()
        self.environment = environment
        self.log = self.data.parent / f"{self.data.name}.log"
        self.url = f"http://127.0.0.1:{self.port}/"
        self.process = None
        self._clients = []

    def start(self):
        self.process = launch(self.port, self.data, self.log, **self.environment)
        deadline = time.monotonic() + 20
        while True:
            try:
                assert self.request("GET") == (200, {"status": "ok"})
                return self  # noqa: TRY300 - the line above is what may fail
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.02)

    def client(self, retries=1):
        session = boto3.Session("test", "test", region_name="us-east-1")
        config = Config(retries={"total_max_attempts": retries}, max_pool_connections=20, read_timeout=30)
        client = session.client("rekognition", endpoint_url=self.url, config=config)
        client.meta.events.register("before-parse.rekognition.*", check_response)
        self._clients.append(client)
        return client

    def request(self, method, path="/", body=None, **headers):
        """One raw request: (status, parsed answer)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.load(answer)
        finally:
            connection.close()

    def post(self, operation, body):
        """One raw call: (status, parsed answer)."""
        return self.request("POST", body=body, **{"X-Amz-Target": f"RekognitionService.{operation}"})

    def end(self, how=signal.SIGTERM):
        """Send a signal and return the exit code."""
        self.process.send_signal(how)
        return self.process.wait(20)

    def close(self):
        for client in self._clients:
            client.close()
        if self.process and self.process.poll() is None:
            self.end()


def launch(port, data, log, **environment):
    """Start the endpoint without waiting for it."""
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
    command = [sys.executable, "-m", "local.rekognition", "--port", str(port), "--data", str(data), "--workers", "2"]
    with log.open("ab") as output:
        return subprocess.Popen(command, cwd=ROOT, env=known | keys | environment, stdout=output, stderr=output)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def refusal(call, **parameters):
    """The code and message with which a call is refused."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("the call was not refused")


def code(call, **parameters):
    """The code with which a call is refused."""
    return refusal(call, **parameters)[0]
