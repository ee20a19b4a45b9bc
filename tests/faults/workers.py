"""Workers that do what Lambda's poller and a function do: take messages of the queue and hand them to the real handler.

python -m tests.faults.workers WORKERS SEED KILLS MESSAGES [naive]    runs them; the environment is the handler's

Now and then one is ended by SIGKILL in the middle of a message, and another takes its place: KILLS of them, spread over
MESSAGES. They are forks of a process that has imported everything, so that a hundred deaths take seconds. Time runs
faster here than in AWS: a claim holds, a message hides, and a photo is put off for seconds instead of minutes.
"""

import contextlib
import dataclasses
import json
import mmap
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from domain import processing
from local.processes import Child, environment
from tests.faults.naive import NaiveRecords

LEASE = {"LEASE_SECONDS": "2"}
FIRST_DELAY = timedelta(seconds=1)
VISIBILITY_SECONDS = 5  # longer than the lease, as it is in AWS
DIRECT = "DIRECT_ENDPOINT_URL"  # for the poller, which is AWS's own, and meets no faults
DIRECTLY = 0.3  # share of the events that reach the handler as they do with the direct trigger
CELL = struct.Struct("=IB")  # of one worker: messages it has begun, whether it is in the middle of one


class Crew:
    """The running workers; a context manager.

    Args:
        settings: The handler's environment.
        direct: Where AWS is without faults.
        kills: How many workers to end by SIGKILL.
        messages: How many messages will come, roughly.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        direct: str,
        log: Path,
        seed: int,
        kills: int,
        messages: int,
        workers: int = 4,
        naive: bool = False,
    ) -> None:
        numbers = [str(number) for number in (workers, seed, kills, messages)]
        command = [sys.executable, "-m", "tests.faults.workers", *numbers, *(["naive"] if naive else [])]
        path = {"PYTHONPATH": os.pathsep.join(["lambdas", "."])}
        self._log = log
        self._child = Child(
            "the workers", command, env=environment({**settings, **LEASE, **path, DIRECT: direct}), log=log
        )

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stop()

    def check(self) -> None:
        """Make sure that they work."""
        self._child.check()

    @property
    def kills(self) -> int:
        """How many were ended so far."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return sum(line == "killed" for line in lines)


class Supervisor:
    """Keeps the workers going, and ends some."""

    def __init__(self, count: int, *, seed: int, kills: int, messages: int, work: Callable[["Cell"], None]) -> None:
        self._chance = random.Random(seed)
        self._cells = mmap.mmap(-1, CELL.size * count)
        self._work = work
        self._pids = [self._start(number) for number in range(count)]
        # None of them so late that the work may be done before its turn.
        self._due = sorted(self._chance.sample(range(messages * 9 // 10), kills))

    def run(self) -> None:
        """Go on until SIGTERM."""
        while True:
            self._replace_dead()
            begun = sum(Cell(self._cells, number).begun for number in range(len(self._pids)))
            if self._due and begun >= self._due[0]:
                time.sleep(self._chance.uniform(0, 0.03))
                busy = [number for number in range(len(self._pids)) if Cell(self._cells, number).busy]
                if busy:
                    self._due.pop(0)
                    os.kill(self._pids[self._chance.choice(busy)], signal.SIGKILL)
                    print("killed", flush=True)
            time.sleep(0.005)

    def stop(self) -> None:
        """End all workers."""
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)

    def _replace_dead(self) -> None:
        while (dead := os.waitpid(-1, os.WNOHANG)[0]) in self._pids:
            number = self._pids.index(dead)
            Cell(self._cells, number).end()
            self._pids[number] = self._start(number)

    def _start(self, number: int) -> int:
        if pid := os.fork():
            return pid
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        random.seed(self._chance.random() + number)
        self._work(Cell(self._cells, number))
        os._exit(0)


class Cell:
    """A place in memory that a worker and the supervisor share."""

    def __init__(self, cells: mmap.mmap, number: int) -> None:
        self._cells, self._at = cells, CELL.size * number

    @property
    def begun(self) -> int:
        """Messages begun by all workers that had this place."""
        return int(CELL.unpack_from(self._cells, self._at)[0])

    @property
    def busy(self) -> bool:
        """Whether the worker is in the middle of a message."""
        return bool(CELL.unpack_from(self._cells, self._at)[1])

    def begin(self) -> None:
        """A message is begun."""
        CELL.pack_into(self._cells, self._at, self.begun + 1, 1)

    def end(self) -> None:
        """It is done with, or its worker is dead."""
        CELL.pack_into(self._cells, self._at, self.begun, 0)


def by_queue(handler: Callable[[Any, Any], Any], message: Mapping[str, str]) -> bool:
    """Hand over a message as Lambda's poller does; whether the handler is done with it."""
    record = {"eventSource": "aws:sqs", "messageId": message["MessageId"], "body": message["Body"]}
    return not handler({"Records": [record]}, None)["batchItemFailures"]


def directly(handler: Callable[[Any, Any], Any], message: Mapping[str, str]) -> bool:
    """Hand over the event itself, as S3 does; what fails comes again."""
    try:
        handler(json.loads(message["Body"]), None)
    except Exception:  # noqa: BLE001 - Lambda makes no difference
        return False
    return True


def worker(handler: Callable[[Any, Any], Any], sqs: Any, queue_url: str) -> Callable[[Cell], None]:
    """What a worker does: one message after the other, for ever."""

    def work(cell: Cell) -> None:
        while True:
            for message in sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=2).get("Messages", []):
                cell.begin()
                invoke = directly if random.random() < DIRECTLY else by_queue
                if invoke(handler, message):
                    with contextlib.suppress(ClientError):  # it took so long that the message is somebody else's
                        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                cell.end()

    return work


def main() -> None:
    """Run the workers until SIGTERM."""
    count, seed, kills, messages = map(int, sys.argv[1:5])
    processing.FIRST_DELAY = FIRST_DELAY
    from handlers import photos  # noqa: PLC0415  (it reads the environment of the workers)

    parts = photos.wired()
    if "naive" in sys.argv:
        records = NaiveRecords(parts.processor.records.table, parts.processor.records.result_life)  # type: ignore[attr-defined]  # the port does not show it
        parts = dataclasses.replace(parts, processor=dataclasses.replace(parts.processor, records=records))
        photos.wired = lambda: parts  # type: ignore[assignment]  # a stand-in
    sqs = boto3.client("sqs", endpoint_url=os.environ[DIRECT])
    work = worker(photos.handler, sqs, os.environ["QUEUE_URL"])
    supervisor = Supervisor(count, seed=seed, kills=kills, messages=messages, work=work)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        supervisor.run()
    finally:
        supervisor.stop()


if __name__ == "__main__":
    main()
