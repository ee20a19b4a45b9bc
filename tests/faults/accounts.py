"""What the site holds in the end, against what it should: nothing lost, nothing doubled, every counter right."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.pace import Pace
from adapters.photo_commits import USAGE_SHARDS
from adapters.photo_items import photo_of, photo_pk, result_of
from adapters.reconciliation_table import ProgressTable, RegistryTable
from adapters.rekognition_collection import RekognitionCollection
from domain import times
from domain.people import Person
from domain.photos import FINAL, Purpose, Result
from domain.reconciliation import Ending, Reconciler
from tests.faults.photos import Expected, Task
from tests.faults.site import Site

Items = dict[tuple[str, str], dict[str, Any]]
LATER = timedelta(days=20)  # when a reconciliation may delete: nobody takes a photo up any more


@dataclass
class Accounts:
    """The differences; empty and zero when all is well.

    Attributes:
        unfinished: Photos without a final result.
        missing: What of the others was counted, seen or registered too little.
        doubled: What was too often.
        wrong: Results, counters and objects that are not as they should be, in words.
    """

    unfinished: int = 0
    missing: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Photos, and what should have come of them."""
        return self.unfinished + self.missing

    def compare(self, what: str, found: Counter[str], wanted: Counter[str]) -> None:
        """Count what is missing and what is too much."""
        for name in found.keys() | wanted.keys():
            self.missing += max(0, wanted[name] - found[name])
            self.doubled += max(0, found[name] - wanted[name])
            if found[name] != wanted[name]:
                self.wrong.append(f"{what} {name}: {found[name]} instead of {wanted[name]}")


def audit(site: Site, tasks: Sequence[Task], people: Sequence[Person]) -> Accounts:
    """Compare everything that the table and the bucket hold with what the tasks should have led to."""
    items = {(item["pk"], item["sk"]): item for item in site.items()}
    accounts, results = Accounts(), {}
    for task in tasks:
        record, item = items[photo_pk(task.photo.id), "A"], items.get((photo_pk(task.photo.id), "RESULT"))
        if item is None or record["status"] not in FINAL:
            accounts.unfinished += 1
            accounts.wrong.append(f"{task.photo.id} is {record['status']}, {'with' if item else 'without'} a result")
            continue
        results[task.photo.id] = result_of(item)
        expected = task.versions.get(photo_of(record).version or "")
        if (found := _shown(task, results[task.photo.id])) != expected:
            accounts.wrong.append(f"{task.photo.id}: {found} instead of {expected}")
    _count_usage(accounts, items, [(task, results[task.photo.id]) for task in tasks if task.photo.id in results])
    _count_sightings(accounts, items, tasks, results)
    _count_faces(accounts, items, tasks, results, people)
    _look_at_objects(accounts, site, tasks, results)
    return accounts


def _shown(task: Task, result: Result) -> Expected:
    faces = len(result.faces) + int(result.registered is not None or result.duplicate_of is not None)
    people = frozenset(face.person_id for face in result.faces if face.person_id)
    return Expected(result.status, result.problem.code if result.problem else None, people, faces)


def _count_usage(accounts: Accounts, items: Items, ended: Sequence[tuple[Task, Result]]) -> None:
    wanted: Counter[str] = Counter()
    for task, result in ended:
        shard = f"{task.photo.purpose}#{hashlib.sha256(task.photo.id.encode()).digest()[0] % USAGE_SHARDS:02}"
        wanted[f"photos {shard}"] += 1
        for call, count in result.calls.items():
            wanted[f"{call} {shard}"] += count
    found: Counter[str] = Counter()
    for (pk, sk), item in items.items():
        if pk.startswith("USAGE#"):
            found.update({f"{name} {sk}": count for name, count in item.items() if name not in {"pk", "sk"}})
    accounts.compare("usage", found, wanted)


def _count_sightings(accounts: Accounts, items: Items, tasks: Sequence[Task], results: dict[str, Result]) -> None:
    wanted: Counter[str] = Counter()
    for task in tasks:
        if task.photo.id in results:
            wanted.update(
                f"{face.person_id} {task.photo.id}" for face in results[task.photo.id].faces if face.person_id
            )
    found = Counter(f"{pk[2:]} {item['photoId']}" for (pk, sk), item in items.items() if sk.startswith("SEEN#"))
    accounts.compare("sighting", found, wanted)


def _count_faces(
    accounts: Accounts, items: Items, tasks: Sequence[Task], results: dict[str, Result], people: Sequence[Person]
) -> None:
    registered = [task for task in tasks if task.photo.id in results and results[task.photo.id].registered]
    wanted = Counter(task.photo.person_id or "" for task in registered)
    faces = [item for (_, sk), item in items.items() if sk.startswith("FACE#")]
    recorded = Counter(face["pk"][2:] for face in faces)
    hashes = {version: found for task in registered for version, found in task.hashes.items()}
    garbled = [face["photoId"] for face in faces if face["contentHash"] != hashes.get(face["photoVersion"])]
    accounts.wrong += [f"{photo_id} was not read as it was uploaded" for photo_id in garbled]
    counted = Counter({person.id: items[f"P#{person.id}", "A"].get("faces", 0) for person in people})
    accounts.compare("faces recorded", recorded, wanted)
    accounts.compare("faces counted", counted, wanted)


def _look_at_objects(accounts: Accounts, site: Site, tasks: Sequence[Task], results: dict[str, Result]) -> None:
    """One version of each photo is kept, and none of a registration that was refused or that added nothing."""
    versions = site.versions()
    for task in tasks:
        if task.photo.id not in results:
            continue
        gone = task.photo.purpose is Purpose.REGISTRATION and not results[task.photo.id].registered
        if (count := len(versions.get(task.photo.key, []))) != int(not gone):
            accounts.wrong.append(f"{task.photo.id} has {count} versions")


def reconciled(site: Site) -> tuple[int, dict[str, int]]:
    """Run one reconciliation; how many faces and users then stand for nobody or are missing, and what it counted."""
    rekognition = site.client("rekognition")

    def clock():
        return times.now() + LATER

    reconciler = Reconciler(
        RekognitionCollection(rekognition, site.collection_id, Pace(10_000)),
        RegistryTable(site.table),
        ProgressTable(site.table, clock),
        deletes=True,
        clock=clock,
    )
    ending, counts = reconciler.run(until=clock() + timedelta(minutes=1), most_stray=1)
    assert ending is Ending.DONE
    recorded = {item["sk"][5:]: item["pk"][2:] for item in site.items() if item["sk"].startswith("FACE#")}
    held: dict[str, str | None] = site.vectors()
    users = {user["UserId"] for user in rekognition.list_users(CollectionId=site.collection_id)["Users"]}
    strays = users - {item["id"] for item in site.items() if item["pk"].startswith("P#") and item["sk"] == "A"}
    return len(set(recorded.items()) ^ set(held.items())) + len(strays), dict(counts)
