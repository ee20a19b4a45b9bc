"""The local cloud: the Rekognition endpoint and the local AWS, as one thing that starts and stops."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

import boto3

from local.aws import leftovers
from local.errors import AlreadyRunningError
from local.ports import HOST, Ports
from local.processes import ROOT, Child, environment

ACCOUNT = "000000000000"
REGION = "us-east-1"
# The keys of the account's root: what AWS calls an administrator. Functions get sessions of their roles instead.
ROOT_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

APP_PYTHON = ROOT / ".venv" / "bin" / "python"
AWS_PYTHON = ROOT / ".venv-aws" / "bin" / "python"

START_SECONDS = 90.0
LARGEST_LOG_BYTES = 8 * 2**20


class LocalCloud:
    """Both processes, with their state, logs and ports. A context manager: leaving it ends every process.

    Args:
        folder: Where state and logs are; made if missing. A second run from the same folder goes on where the first
            ended, even if that was killed.
        ports: Where to listen, on 127.0.0.1 only.

    Example:
        with LocalCloud(Path(".local"), ports=Ports.at(4566)) as cloud:
            cloud.client("s3").list_buckets()
    """

    def __init__(self, folder: Path, *, ports: Ports) -> None:
        self.folder = folder.resolve()
        self.ports = ports
        self.state, self.logs, self.temporary = self.folder / "state", self.folder / "logs", self.folder / "tmp"
        self.ledger = self.logs / "iam.jsonl"
        self._children: list[Child] = []
        self._lock: IO[str] | None = None

    @property
    def endpoint(self) -> str:
        """Where all of AWS is."""
        return f"http://{HOST}:{self.ports.aws}"

    @property
    def rekognition_endpoint(self) -> str:
        """Where Rekognition is without the rest of AWS, and so without IAM."""
        return f"http://{HOST}:{self.ports.rekognition}"

    @property
    def children(self) -> Mapping[str, int]:
        """The process ids, by name."""
        return {child.name: child.pid for child in self._children}

    def api_url(self, api_id: str) -> str:
        """The address of a deployed HTTP API."""
        return f"{self.endpoint}/_aws/execute-api/{api_id}/$default"

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of this cloud, for the account's root; `options` are boto3's."""
        return cast(Any, boto3).client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ROOT_KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ROOT_KEYS["AWS_SECRET_ACCESS_KEY"],
            **options,
        )

    def aws_environment(self) -> dict[str, str]:
        """The variables by which the AWS SDKs and tools find this cloud, and nothing of the caller's own account."""
        return {
            **ROOT_KEYS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def start(self, *, step: Callable[[str], contextlib.AbstractContextManager[object]] | None = None) -> None:
        """Start both processes and wait until they answer.

        Args:
            step: Told the name of each part while it starts, to show progress.

        Raises:
            AlreadyRunningError: Another run uses the same folder.
            PortTakenError: Somebody listens on one of the ports.
            ChildEndedError: A process ended instead of answering.
        """
        step = step or _silently
        self._take_folder()
        try:
            self.ports.check_free()
            for folder in (self.state, self.logs / "functions", self.temporary):
                folder.mkdir(parents=True, exist_ok=True)
            with step("face recognition endpoint"):
                self._start_rekognition()
            with step("local AWS"):
                self._start_aws()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every process; what they know is kept for the next start. Does nothing when stopped."""
        while self._children:
            # The AWS first: it saves its state and may still call the endpoint.
            self._children.pop().stop()
        shutil.rmtree(self.temporary, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def check(self) -> None:
        """Make sure that both processes live.

        Raises:
            ChildEndedError: One has ended by itself.
        """
        for child in self._children:
            child.check()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # photos, vectors and results are in it
        # Held open, and so locked, until stop() or the end of this process.
        lock = (self.folder / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            lock.close()
            raise AlreadyRunningError(
                f"already running (process {holder}) with the state in {self.folder}: "
                "stop it first, or choose another PORT="
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _start_rekognition(self) -> None:
        command = [str(APP_PYTHON), "-m", "local.rekognition", "--port", str(self.ports.rekognition)]
        child = self._start(
            "the face recognition endpoint",
            [*command, "--data", str(self.state / "rekognition")],
            {**self.aws_environment(), "TMPDIR": str(self.temporary)},
            "rekognition.log",
        )
        child.wait_until_ready(self.rekognition_endpoint, seconds=START_SECONDS)

    def _start_aws(self) -> None:
        # No AWS_ENDPOINT_URL here: every function inherits this environment, and is given the right one by ministack.
        variables = {
            "ACCESS_LOG": str(self.logs / "access.log"),
            "AUTH": "true",
            "BIND_HOST": HOST,
            "FUNCTION_LOGS": str(self.logs / "functions"),
            "GATEWAY_PORT": str(self.ports.aws),
            "IAM_LEDGER": str(self.ledger),
            "IOT_MTLS_ENABLED": "0",  # or it listens on 0.0.0.0:8883 whatever BIND_HOST says
            "PERSIST_STATE": "1",
            "REKOGNITION_PORT": str(self.ports.rekognition),
            "S3_DATA_DIR": str(self.state / "s3"),
            "S3_PERSIST": "1",
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(self.state / "aws"),
            "TMPDIR": str(self.temporary),
        }
        (self.state / "aws").mkdir(exist_ok=True)
        leftovers.remove(state=self.state / "aws", objects=self.state / "s3")
        self.ledger.unlink(missing_ok=True)
        child = self._start("the local AWS", [str(AWS_PYTHON), "-m", "local.aws"], variables, "aws.log")
        child.wait_until_ready(f"{self.endpoint}/_ministack/health", seconds=START_SECONDS)

    def _start(self, name: str, command: list[str], variables: Mapping[str, str], log: str) -> Child:
        path = self.logs / log
        # The log of a run that was killed tells why: the next one goes on below it.
        if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
            path.replace(path.with_name(f"{log}.1"))
        child = Child(name, command, env=environment(variables), log=path)
        self._children.append(child)
        return child


@contextlib.contextmanager
def _silently(name: str) -> Iterator[None]:  # noqa: ARG001  (the signature of a step)
    yield
