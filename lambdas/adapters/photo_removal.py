"""Forgetting a photo: one transaction that leaves nothing but a tombstone."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.photo_items import RECORD, RESULT, photo_pk
from adapters.photo_register import RECORD_LIFE
from adapters.pointers import pointers
from adapters.table import ConditionFailedError, Table, key, values
from domain.photos import Photo, Result, Status

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


@dataclass(frozen=True)
class PhotoRemovalTable:
    """`domain.removal.PhotoRemoval` on DynamoDB."""

    table: Table

    def forget(self, photo: Photo, result: Result | None, *, now: datetime) -> bool:
        """See `PhotoRemoval.forget`."""
        leading = pointers(photo, result).values() if result else ()
        try:
            self.table.transact(
                [
                    self._bury(photo, now),
                    self._delete(photo_pk(photo.id), RESULT),
                    *(self._delete(pointer["pk"], pointer["sk"]) for pointer in leading),
                ]
            )
        except ConditionFailedError:
            return False
        return True

    def _bury(self, photo: Photo, now: datetime) -> "TransactWriteItemTypeDef":
        """Make the record a tombstone: in no list, and without a version, so that every version is another's.

        A result is written together with the record's end, so the status tells whether one has come meanwhile.
        """
        ttl = int((now + RECORD_LIFE).timestamp())
        return {
            "Update": {
                "TableName": self.table.name,
                "Key": key(photo_pk(photo.id), RECORD),
                "UpdateExpression": "SET #status = :deleted, #ttl = :ttl "
                "REMOVE gsi1pk, gsi1sk, version, #size, uploadedAt, completedAt, leaseUntil",
                "ConditionExpression": "#status = :status",
                "ExpressionAttributeNames": {"#status": "status", "#ttl": "ttl", "#size": "size"},
                "ExpressionAttributeValues": values({":deleted": Status.DELETED, ":status": photo.status, ":ttl": ttl}),
            }
        }

    def _delete(self, pk: str, sk: str) -> "TransactWriteItemTypeDef":
        return {"Delete": {"TableName": self.table.name, "Key": key(pk, sk)}}
