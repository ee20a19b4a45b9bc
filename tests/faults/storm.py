"""One run of photos through bad weather: uploaded, told of twice and in disorder, worked on by workers that die."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from adapters.photo_items import RESULT, photo_pk
from tests.e2e.pipeline import Pipeline
from tests.faults.burst import Proxy, each_once, weather
from tests.faults.photos import CROWD, Album, Task
from tests.faults.reaper import Reaper
from tests.faults.site import Site

MOST_RECEIVES = 2  # so few that some photos end as dead letters, which are then put back
DOUBLED = 3  # every third event comes again
LATEST = 5  # seconds after which it does so, where a queue keeps it
KILLED_BY = 0.9  # share of the photos with whose upload all kills are done, so that there is enough to die of
AT_REST = 4.0  # seconds without anything to do, in which an event comes again that no queue keeps


class Storm:
    """The photo pipeline of a deployed stack, what is uploaded to it, and what happened meanwhile.

    Args:
        together: How many photos are uploaded at once, and again when half of that is left to do. Where no queue is
            before the function, each starts a worker.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        samples: Mapping[str, bytes],
        chance: random.Random,
        *,
        together: int,
        seed: int,
        logs: Path,
    ) -> None:
        self._pipeline, self.site, self._together = pipeline, Site.of(pipeline.cloud, pipeline.outputs), together
        self._chance, self._seed, self._logs = chance, seed, logs
        people = {name: self.site.person(name) for name in CROWD}
        self.people = list(people.values())
        self._album = Album(samples, people, chance)
        self.tasks: list[Task] = []
        self._open: set[str] = set()  # photos without a result when it was last looked
        self.events = self.doubled = self.redriven = self.kills = self.calls = 0
        self.met: Counter[tuple[str, str]] = Counter()

    def rage(self, count: int, *, kills: int, minutes: float, naive: bool = False) -> None:
        """Register everybody in peace, then bring `count` photos to their end in bad weather.

        It may be some more, until so many workers were ended. Dead letters are put back until none is left. The naive
        ones just stop when their time is over, for some of theirs can never be done.
        """
        pipeline, log = self._pipeline, self._logs / f"microburst-{self._pipeline.stack}.log"
        with (
            Proxy(pipeline.cloud, seed=self._seed, log=log) as proxy,
            pipeline.sooner(most_receives=MOST_RECEIVES, CALLS_PER_SECOND="10000", AWS_ENDPOINT_URL=proxy.url),
        ):
            self._upload([self._album.registration(name) for name in CROWD])
            self._wait(until=time.monotonic() + 60)
            proxy.set([*each_once(), *weather()])
            until = time.monotonic() + 60 * minutes
            with Reaper(pipeline.cloud, pipeline.function, self._chance) as reaper:
                tasks, uploaded = self._album.tasks(), 0
                while uploaded < count or (reaper.deaths < kills and time.monotonic() < until):
                    self._tell_again(self._upload(list(islice(tasks, self._together))))
                    uploaded += self._together
                    reaper.quota = min(kills, round(kills * uploaded / count / KILLED_BY))
                    self._let_work(self._together // 2, until=until)
                if naive:
                    self._let_work(0, until=until)
                else:
                    self._wait(until=until)
                self.kills, (self.calls, self.met) = reaper.deaths, proxy.calls()

    def _upload(self, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """S3 tells of each version once; the same events."""
        with ThreadPoolExecutor(4) as threads:
            events = [event for found in threads.map(lambda task: task.upload(self.site), tasks) for event in found]
        self.tasks += tasks
        self._open |= {task.photo.id for task in tasks}
        return events

    def _tell_again(self, events: Sequence[dict[str, Any]]) -> None:
        twice = self._chance.sample(events, -(-len(events) // DOUBLED))
        for event in twice:
            self._pipeline.tell(event, after=self._chance.randint(0, LATEST))
        self.events, self.doubled = self.events + len(events), self.doubled + len(twice)

    def _let_work(self, left: int, *, until: float) -> None:
        while self._look() > left and time.monotonic() < until:
            self._put_back()
            time.sleep(0.2)

    def _put_back(self) -> None:
        if self._pipeline.waiting("DeadLetterQueueUrl"):
            self.redriven += len(self._pipeline.put_back())

    def _wait(self, *, until: float) -> None:
        resting_since = time.monotonic()
        while time.monotonic() - resting_since < AT_REST:
            time.sleep(0.2)
            self._put_back()
            if self._look() or self._pipeline.waiting():
                resting_since = time.monotonic()
            assert time.monotonic() < until, f"{len(self._open)} photos are not done"

    def _look(self) -> int:
        """How many photos have no result yet."""
        found = self.site.table.get_many([(photo_pk(photo_id), RESULT) for photo_id in self._open])
        self._open -= {pk.removeprefix(photo_pk("")) for pk, _ in found}
        return len(self._open)
