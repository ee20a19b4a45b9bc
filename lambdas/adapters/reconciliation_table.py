"""What the table says about faces and people, and how far a reconciliation has come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.people_table import ALL_PEOPLE, SELF, person_pk
from adapters.photo_items import RECORD, photo_pk
from adapters.table import Item, Table
from domain.ids import id_time
from domain.photos import FINAL, Status
from domain.reconciliation import Batch, Progress, Step, StoredVector

PEOPLE_PAGE = 100
# Longer than a message of S3 is kept by the queue and then by the dead letters: nobody will take the photo up any more.
GIVEN_UP = timedelta(days=14, hours=1)
FORGOTTEN_AFTER = timedelta(days=2)
_RUN = ("RECONCILIATION", SELF)


@dataclass(frozen=True)
class RegistryTable:
    """`domain.reconciliation.Registry` on DynamoDB."""

    table: Table

    def registered(self, person_ids: Sequence[str]) -> frozenset[str]:
        """See `Registry.registered`."""
        found = self.table.get_many((person_pk(person_id), SELF) for person_id in person_ids)
        return frozenset(item["id"] for item in found.values())

    def strays(self, faces: Sequence[StoredVector], *, now: datetime) -> Sequence[StoredVector]:
        """See `Registry.strays`.

        A face of nobody whose photo's record has expired is left alone: it cannot be told any more whose it was.
        """
        found = self.table.get_many((photo_pk(face.photo_id or ""), RECORD) for face in faces)
        records = {pk: item for (pk, _), item in found.items()}
        owned = []
        for face in faces:
            record = records.get(photo_pk(face.photo_id or ""))
            owner = face.person_id or (record or {}).get("personId")
            tombstone = record is not None and record["status"] == Status.DELETED
            if (owner or tombstone) and _is_over(face, record, now):
                owned.append((face, owner))
        recorded = self.table.get_many(
            (person_pk(owner), prefix + face.id) for face, owner in owned if owner for prefix in ("FACE#", "STRAY#")
        )
        ids = {sk.partition("#")[2] for _, sk in recorded}
        return [face for face, _ in owned if face.id not in ids]

    def recorded_faces(self, token: str | None) -> Batch[str]:
        """See `Registry.recorded_faces`."""
        after: Item | None = None
        if token:
            after = {"pk": person_pk(token.rpartition("#")[2]), "sk": SELF, "gsi1pk": ALL_PEOPLE, "gsi1sk": token}
        page = self.table.index(ALL_PEOPLE, "", limit=PEOPLE_PAGE, after=after)
        faces = [item["sk"].removeprefix("FACE#") for pk, _ in page.keys for item in self.table.walk(pk, "FACE#")]
        return Batch(faces, page.position)


def _is_over(face: StoredVector, record: Item | None, now: datetime) -> bool:
    """Whether nobody can be working on the photo any more, nor take it up."""
    if record is None or record["status"] in {*FINAL, Status.DELETED}:
        return True
    return now - id_time(face.photo_id or "") > GIVEN_UP


@dataclass(frozen=True)
class ProgressTable:
    """`domain.reconciliation.ProgressStore` on DynamoDB; a run that rested for two days is forgotten."""

    table: Table
    clock: Callable[[], datetime]

    def load(self) -> Progress | None:
        """See `ProgressStore.load`."""
        item = self.table.get(*_RUN)
        if item is None or item["ttl"] <= self.clock().timestamp():
            return None
        return Progress(Step(item["step"]), item.get("token"), item["counts"], item.get("doomed", {}))

    def save(self, progress: Progress | None) -> None:
        """See `ProgressStore.save`."""
        pk, sk = _RUN
        if progress is None:
            self.table.delete(pk, sk)
            return
        ttl = int((self.clock() + FORGOTTEN_AFTER).timestamp())
        state = {"step": progress.step, "token": progress.token, "ttl": ttl}
        kept = {"counts": dict(progress.counts), "doomed": dict(progress.doomed) or None}
        self.table.put({"pk": pk, "sk": sk, **state, **kept})
