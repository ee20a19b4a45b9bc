"""Photos as the API sees them: new records, and reading what became of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.photo_items import RECORD, RESULT, photo_of, photo_pk, record_item, result_of
from adapters.table import ConditionFailedError, Table
from domain.errors import ServiceBusyError
from domain.photos import Photo, Result

RECORD_LIFE = timedelta(days=15)  # of a photo without a result: longer than any queue keeps its event


@dataclass(frozen=True)
class PhotoRegisterTable:
    """`domain.uploads.PhotoRegister` and `domain.results.PhotoReads` on DynamoDB."""

    table: Table

    def add(self, photo: Photo) -> Photo:
        """See `PhotoRegister.add`."""
        ttl = int((photo.created_at + RECORD_LIFE).timestamp())
        try:
            self.table.put(record_item(photo) | {"ttl": ttl}, condition="attribute_not_exists(pk)")
        except ConditionFailedError as error:
            if error.item is None:
                raise ServiceBusyError from error
            return photo_of(error.item)
        return photo

    def get(self, photo_id: str, *, now: datetime) -> tuple[Photo, Result | None] | None:
        """See `PhotoReads.get`; record and result are read together."""
        alive = [item for item in self.table.partition(photo_pk(photo_id)) if item["ttl"] > now.timestamp()]
        items = {item["sk"]: item for item in alive}
        if RECORD not in items:
            return None
        result = result_of(items[RESULT]) if RESULT in items else None
        return photo_of(items[RECORD]), result
