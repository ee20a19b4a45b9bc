"""One run of photos through bad weather: uploaded, told of twice and in disorder, worked on by workers that die."""

import json
import random
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.redrive import Redrive, Stack
from local.cloud import LocalCloud
from tests.faults.burst import Proxy, weather
from tests.faults.photos import CROWD, Album, Task
from tests.faults.site import Site
from tests.faults.workers import VISIBILITY_SECONDS, Crew

DOUBLED = 1 / 3  # of the events
MOST_RECEIVES = 2  # so few that some photos end as dead letters, which are then put back
TOGETHER = 100  # photos whose events come in any order
MOST_WAITING = 1_000  # messages, above which no more photos are uploaded
BATCH = 10  # SQS's most


class Storm:
    """A site, what is uploaded to it, and what happened meanwhile."""

    def __init__(
        self, cloud: LocalCloud, samples: Mapping[str, bytes], chance: random.Random, *, seed: int, logs: Path
    ) -> None:
        self._cloud, self._chance, self._seed, self._logs = cloud, chance, seed, logs
        self.site = Site.make(cloud, visibility_seconds=VISIBILITY_SECONDS, max_receive_count=MOST_RECEIVES)
        people = {name: self.site.person(name) for name in CROWD}
        self.people = list(people.values())
        self._album = Album(samples, people, chance)
        self.tasks: list[Task] = []
        self.events = self.doubled = self.redriven = self.kills = self.calls = 0
        self.faults = 0

    @property
    def faulted(self) -> float:
        """Share of the handlers' calls that met a fault."""
        return self.faults / self.calls

    def rage(self, count: int, *, kills: int, minutes: float, naive: bool = False) -> None:
        """Register everybody in peace, then bring `count` photos to their end in bad weather.

        Dead letters are put back until none is left. The naive ones just stop when their time is over, for some of
        theirs can never be done.
        """
        with self._crew(self._cloud.endpoint, kills=0, messages=1) as crew:
            self._send([event for name in CROWD for event in self._put(self._album.registration(name))])
            self._wait(crew, until=time.monotonic() + 60)
        messages = round(count * (1 + DOUBLED))
        with (
            Proxy(self._cloud, seed=self._seed, log=self._logs / "microburst.log") as proxy,
            self._crew(proxy.url, kills=kills, messages=messages, naive=naive) as crew,
        ):
            proxy.set(weather())
            tasks = list(self._album.tasks(count))
            for begin in range(0, count, TOGETHER):
                while self.site.waiting(self.site.queue_url) > MOST_WAITING:
                    time.sleep(0.2)
                self._upload(tasks[begin : begin + TOGETHER])
            until = time.monotonic() + 60 * minutes
            if naive:
                self._let_work(until)
            else:
                self._wait(crew, until=until)
            self.kills, (self.calls, met) = crew.kills, proxy.calls()
            self.faults = met.total()

    def _crew(self, endpoint: str, *, kills: int, messages: int, naive: bool = False) -> Crew:
        return Crew(
            self.site.settings(endpoint),
            direct=self._cloud.endpoint,
            log=self._logs / "workers.log",
            seed=self._seed,
            kills=kills,
            messages=messages,
            naive=naive,
        )

    def _upload(self, tasks: list[Task]) -> None:
        with ThreadPoolExecutor(4) as threads:
            events = [event for found in threads.map(self._put, tasks) for event in found]
        twice = self._chance.sample(events, round(DOUBLED * len(events)))
        self.events, self.doubled = self.events + len(events), self.doubled + len(twice)
        events += twice
        self._chance.shuffle(events)
        self._send(events)

    def _put(self, task: Task) -> list[dict[str, Any]]:
        self.tasks.append(task)
        return task.upload(self.site)

    def _send(self, events: list[dict[str, Any]]) -> None:
        for begin in range(0, len(events), BATCH):
            batch = events[begin : begin + BATCH]
            entries = [{"Id": str(n), "MessageBody": json.dumps(event)} for n, event in enumerate(batch)]
            self.site.client("sqs").send_message_batch(QueueUrl=self.site.queue_url, Entries=entries)

    def _let_work(self, until: float) -> None:
        while self.site.waiting(self.site.queue_url) and time.monotonic() < until:
            time.sleep(0.2)

    def _wait(self, crew: Crew, *, until: float) -> None:
        while self.site.waiting(self.site.queue_url) or self._redrive():
            crew.check()
            assert time.monotonic() < until, f"{self.site.waiting(self.site.queue_url)} messages are still there"
            time.sleep(0.2)

    def _redrive(self) -> bool:
        """Put all dead letters back by what operators have for that; whether there is anything to do now."""
        site = self.site
        stack = Stack({"photos": site.dead_letters_url}, {"photos": site.queue_url}, announcer="")
        redrive = Redrive(stack, sqs=site.client("sqs"), replay=_no_events)
        outcomes = [outcome for _, outcome in redrive.run(["photos"], go=True)]
        assert set(outcomes) <= {"went back"}
        self.redriven += len(outcomes)
        return bool(self.site.waiting(self.site.queue_url))


def _no_events(_body: str) -> None:
    raise AssertionError("the site has no stream whose changes could be told again")
