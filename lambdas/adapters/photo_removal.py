"""Forgetting a photo: one transaction that leaves nothing but a tombstone."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters import actions
from adapters.photo_items import RECORD, RESULT, REVIEW, as_read, photo_pk
from adapters.photo_register import RECORD_LIFE
from adapters.pointers import pointers
from adapters.table import ConditionFailedError, Table
from domain.photos import Photo, Result, Status

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


@dataclass(frozen=True)
class PhotoRemovalTable:
    """`domain.removal.PhotoRemoval` on DynamoDB."""

    table: Table

    def forget(self, photo: Photo, result: Result | None, *, now: datetime) -> bool:
        """See `PhotoRemoval.forget`."""
        pk = photo_pk(photo.id)
        leading = pointers(photo, result).values() if result else ()
        condition, arguments = as_read(result) if result else (None, None)
        try:
            self.table.transact(
                [
                    self._bury(photo, now),
                    actions.delete(self.table, pk, RESULT, condition=condition, arguments=arguments),
                    actions.delete(self.table, pk, REVIEW),
                    *(actions.delete(self.table, pointer["pk"], pointer["sk"]) for pointer in leading),
                ]
            )
        except ConditionFailedError:
            return False
        return True

    def _bury(self, photo: Photo, now: datetime) -> "TransactWriteItemTypeDef":
        """Make the record a tombstone: in no list, and without a version, so that every version is another's.

        A result is written together with the record's end, so the status tells whether one has come meanwhile.
        """
        return actions.update(
            self.table,
            photo_pk(photo.id),
            RECORD,
            "SET #status = :deleted, #ttl = :ttl "
            "REMOVE gsi1pk, gsi1sk, version, #size, uploadedAt, completedAt, leaseUntil",
            condition="#status = :status",
            names={"#status": "status", "#ttl": "ttl", "#size": "size"},
            arguments={
                ":deleted": Status.DELETED,
                ":status": photo.status,
                ":ttl": int((now + RECORD_LIFE).timestamp()),
            },
        )
