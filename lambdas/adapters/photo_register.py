"""Photos as the API sees them: new records, and reading what became of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters import actions
from adapters.people_table import ERASING, NOT_ERASING, SELF, person_pk
from adapters.photo_items import RECORD, RESULT, photo_of, photo_pk, record_item, result_of
from adapters.table import ConditionFailedError, Item, Table
from domain.errors import PersonErasingError, ServiceBusyError
from domain.photos import Photo, Result

RECORD_LIFE = timedelta(days=15)  # of a photo without a result: longer than any queue keeps its event


@dataclass(frozen=True)
class PhotoRegisterTable:
    """`domain.uploads.PhotoRegister` and `domain.results.PhotoReads` on DynamoDB."""

    table: Table

    def add(self, photo: Photo) -> Photo:
        """See `PhotoRegister.add`.

        A photo of a person comes with an entry in the person's partition, so that an erasure finds it whatever becomes
        of it, and is only kept while the person is not being erased.
        """
        ttl = int((photo.created_at + RECORD_LIFE).timestamp())
        record = record_item(photo) | {"ttl": ttl}
        try:
            if photo.person_id is None:
                self.table.put(record, condition=actions.NEW)
            else:
                self._add_to_person(photo, photo.person_id, record)
        except ConditionFailedError as error:
            if 0 in error.failed:
                raise PersonErasingError from error
            item = error.item or self.table.get(record["pk"], RECORD)
            if item is None:
                raise ServiceBusyError from error
            return photo_of(item)
        return photo

    def get(self, photo_id: str, *, now: datetime) -> tuple[Photo, Result | None] | None:
        """See `PhotoReads.get`; record and result are read together."""
        alive = [item for item in self.table.partition(photo_pk(photo_id)) if item["ttl"] > now.timestamp()]
        items = {item["sk"]: item for item in alive}
        if RECORD not in items:
            return None
        result = result_of(items[RESULT]) if RESULT in items else None
        return photo_of(items[RECORD]), result

    def _add_to_person(self, photo: Photo, person_id: str, record: Item) -> None:
        pk = person_pk(person_id)
        entry = {"pk": pk, "sk": f"PHOTO#{photo.id}", "key": photo.key, "ttl": record["ttl"]}
        self.table.transact(
            [
                actions.check(self.table, pk, SELF, NOT_ERASING, names={"#status": "status"}, arguments=ERASING),
                actions.put(self.table, record, condition=actions.NEW),
                actions.put(self.table, entry, condition=actions.NEW),
            ]
        )
