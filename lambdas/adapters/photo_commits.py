"""Photos as the processor sees them: claim, release, and the one transaction that writes a result."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters import actions
from adapters.people_table import CONSENTING, RECOGNIZABLE, SELF, person_pk
from adapters.photo_items import RECORD, face_map, photo_of, photo_pk, result_item, review_item
from adapters.pointers import pointers
from adapters.table import ConditionFailedError, Item, Table
from domain import times
from domain.people import MAX_FACES, PersonStatus
from domain.photos import FINAL, Photo, Purpose, Result, Status
from domain.processing import Arrival, ChangedMeanwhileError, Claim, ClaimState
from domain.usage import month_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

USAGE_SHARDS = 16  # of a month's counters: so many photos can be committed at once without a clash


@dataclass(frozen=True)
class _Action:
    """One action of the transaction, and whom it is about if its condition does not hold."""

    write: "TransactWriteItemTypeDef"
    person_id: str | None = None


@dataclass(frozen=True)
class PhotoCommitsTable:
    """`domain.processing.PhotoRecords` and `domain.registration.KnownContent` on DynamoDB.

    Attributes:
        result_life: How long results, and what points to them, are kept.
    """

    table: Table
    result_life: timedelta

    def claim(self, purpose: Purpose, photo_id: str, arrival: Arrival, *, now: datetime, until: datetime) -> Claim:
        """See `PhotoRecords.claim`."""
        try:
            item = self.table.update(
                photo_pk(photo_id),
                RECORD,
                "SET #status = :processing, version = :version, #size = :size, uploadedAt = :uploaded, "
                "leaseUntil = :until ADD claims :one",
                condition="attribute_exists(pk) AND purpose = :purpose AND (#status = :awaiting "
                "OR (#status = :processing AND version = :version AND leaseUntil <= :now))",
                names={"#status": "status", "#size": "size"},
                arguments={
                    ":processing": Status.PROCESSING,
                    ":awaiting": Status.AWAITING_UPLOAD,
                    ":purpose": purpose,
                    ":version": arrival.version,
                    ":size": arrival.size,
                    ":uploaded": times.to_text(arrival.uploaded_at),
                    ":now": times.to_text(now),
                    ":until": times.to_text(until),
                    ":one": 1,
                },
            )
        except ConditionFailedError as error:
            return _refused(error.item, purpose, arrival)
        return Claim(ClaimState.CLAIMED, photo_of(item))

    def release(self, photo: Photo) -> None:
        """See `PhotoRecords.release`; a photo that has ended meanwhile stays as it is."""
        try:
            self.table.update(
                photo_pk(photo.id),
                RECORD,
                "SET leaseUntil = :past",
                condition="#status = :processing AND version = :version",
                names={"#status": "status"},
                arguments={":past": "", ":processing": Status.PROCESSING, ":version": photo.version},
            )
        except ConditionFailedError:
            return

    def holds(self, photo: Photo) -> bool:
        """See `PhotoRecords.holds`."""
        item = self.table.get(photo_pk(photo.id), RECORD) or {}
        return (item.get("status"), item.get("version")) == (Status.PROCESSING, photo.version)

    def commit(self, photo: Photo, result: Result) -> bool:
        """See `PhotoRecords.commit`."""
        planned = self._actions(photo, result)
        try:
            self.table.transact([action.write for action in planned])
        except ConditionFailedError as error:
            if error.failed & {0, 1}:
                return False
            concerned = (planned[i].person_id for i in error.failed)
            raise ChangedMeanwhileError(frozenset(person_id for person_id in concerned if person_id)) from error
        return True

    def face_of_content(self, person_id: str, content_hash: str) -> str | None:
        """See `KnownContent.face_of_content`."""
        item = self.table.get(person_pk(person_id), f"HASH#{content_hash}")
        return item["faceId"] if item else None

    def _actions(self, photo: Photo, result: Result) -> Sequence[_Action]:
        return [
            *self._result_actions(photo, result),
            *self._recognition_actions(photo, result),
            *self._registration_actions(photo, result),
        ]

    def _result_actions(self, photo: Photo, result: Result) -> Sequence[_Action]:
        """The result and the record's end come first: if their conditions fail, the photo has ended before."""
        ended, ttl = photo.ended(result), self._ttl(result)
        return (
            self._put(result_item(photo, result) | {"ttl": ttl}),
            _Action(
                actions.update(
                    self.table,
                    photo_pk(photo.id),
                    RECORD,
                    "SET #status = :status, completedAt = :completed, discarded = :discarded, #ttl = :ttl "
                    "REMOVE leaseUntil",
                    condition="#status = :processing AND version = :version",
                    names={"#status": "status", "#ttl": "ttl"},
                    arguments={
                        ":status": ended.status,
                        ":completed": times.to_text(result.completed_at),
                        ":discarded": ended.discarded,
                        ":ttl": ttl,
                        ":processing": Status.PROCESSING,
                        ":version": photo.version,
                    },
                )
            ),
            self._usage_action(photo, result),
        )

    def _usage_action(self, photo: Photo, result: Result) -> _Action:
        shard = hashlib.sha256(photo.id.encode()).digest()[0] % USAGE_SHARDS
        counted = {"photos": 1} | dict(result.calls)
        return _Action(
            actions.update(
                self.table,
                f"USAGE#{month_of(result.completed_at)}",
                f"{photo.purpose}#{shard:02}",
                "ADD " + ", ".join(f"#{name} :{name}" for name in counted),
                names={f"#{name}": name for name in counted},
                arguments={f":{name}": count for name, count in counted.items()},
            )
        )

    def _recognition_actions(self, photo: Photo, result: Result) -> Sequence[_Action]:
        planned: list[_Action] = []
        for person_id, pointer in pointers(photo, result).items():
            planned.append(self._person_check(person_id, result))
            planned.append(self._put(pointer | {"ttl": self._ttl(result)}))
        if result.waits_for_review:
            planned.append(self._put(review_item(photo, result) | {"ttl": self._ttl(result)}))
        return planned

    def _registration_actions(self, photo: Photo, result: Result) -> Sequence[_Action]:
        """The face, if there is one, and the person's entry for the photo in place of the one made with the record."""
        if photo.person_id is None:
            return ()
        pk, registered_at = person_pk(photo.person_id), times.to_text(result.completed_at)
        if (registered := result.registered) is None:
            entry = {"pk": pk, "sk": f"PHOTO#{photo.id}", "key": photo.key, "ttl": self._ttl(result)}
            return (self._put(entry, new=False),)
        return (
            _Action(
                actions.update(
                    self.table,
                    pk,
                    SELF,
                    "ADD faces :one, revision :one",
                    # Somebody pending may have faces already; they are nobody on a photo until approved.
                    condition=f"{CONSENTING} AND #status IN (:active, :pending) AND faces < :most",
                    names={"#status": "status"},
                    arguments={
                        ":one": 1,
                        ":most": MAX_FACES,
                        ":active": PersonStatus.ACTIVE,
                        ":pending": PersonStatus.PENDING,
                        ":now": registered_at,
                    },
                ),
                photo.person_id,
            ),
            self._put({"pk": pk, "sk": f"HASH#{result.content_hash}", "faceId": registered.id}),
            self._put(
                {
                    "pk": pk,
                    "sk": f"FACE#{registered.id}",
                    "photoId": photo.id,
                    "photoVersion": photo.version,
                    "contentHash": result.content_hash,
                    "registeredAt": registered_at,
                    "modelVersion": result.model_version,
                    **face_map(registered.face),
                }
            ),
            self._put({"pk": pk, "sk": f"PHOTO#{photo.id}", "key": photo.key, "version": photo.version}, new=False),
        )

    def _person_check(self, person_id: str, result: Result) -> _Action:
        check = actions.check(
            self.table,
            person_pk(person_id),
            SELF,
            RECOGNIZABLE,
            names={"#status": "status"},
            arguments={":active": PersonStatus.ACTIVE, ":now": times.to_text(result.completed_at)},
        )
        return _Action(check, person_id)

    def _put(self, item: Item, *, new: bool = True) -> _Action:
        return _Action(actions.put(self.table, item, condition=actions.NEW if new else None))

    def _ttl(self, result: Result) -> int:
        return int((result.completed_at + self.result_life).timestamp())


def _refused(item: Item | None, purpose: Purpose, arrival: Arrival) -> Claim:
    if item is None or item["purpose"] != purpose:
        return Claim(ClaimState.NO_RECORD)
    photo = photo_of(item)
    if photo.version != arrival.version:
        return Claim(ClaimState.OTHER_VERSION, photo)
    if photo.status in FINAL:
        return Claim(ClaimState.FINISHED, photo)
    return Claim(ClaimState.HELD, photo, times.from_text(item["leaseUntil"]))
