"""What the table holds about somebody who is being erased, and forgetting it piece by piece."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters import actions
from adapters.erasures_table import counts_of, erasure_of, erasure_pk
from adapters.people_table import SELF, erased_mark, person_pk
from adapters.photo_items import RECORD, RESULT, REVIEW, as_read, face_maps, photo_of, photo_pk, result_of
from adapters.photo_register import RECORD_LIFE
from adapters.table import ConditionFailedError, Item, Table
from domain import times
from domain.erasing import Appearance, Closed, PhotoOfPerson, RecognizedPhoto
from domain.erasures import Counts, Erasure, ErasureStatus, Remainder
from domain.errors import ServiceBusyError
from domain.idempotency import KEPT_FOR
from domain.photos import Purpose, Result, Status

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

FACE, STRAY, PHOTO, SIGHTING, MENTION = "FACE#", "STRAY#", "PHOTO#", "SEEN#", "MENTION#"
FOUND = "photoFound"  # of an entry whose photo is being deleted
CLOSE_ATTEMPTS = 3
MARK_LIFE = KEPT_FOR + timedelta(hours=1)


@dataclass(frozen=True)
class PersonDataTable:
    """`domain.erasing.PersonData` on DynamoDB."""

    table: Table

    def work_on(self, erasure_id: str, now: datetime) -> Erasure | None:
        """See `PersonData.work_on`."""
        try:
            item = self.table.update(
                erasure_pk(erasure_id),
                SELF,
                "SET workedAt = :now",
                condition="attribute_exists(pk) AND #status = :pending",
                names={"#status": "status"},
                arguments={":now": times.to_text(now), ":pending": ErasureStatus.PENDING},
            )
        except ConditionFailedError:
            return None
        return erasure_of(item)

    def photos(self, person_id: str) -> Sequence[PhotoOfPerson]:
        """See `PersonData.photos`."""
        return [
            PhotoOfPerson(item["sk"].removeprefix(PHOTO), item["key"], item.get(FOUND, False))
            for item in self.table.walk(person_pk(person_id), PHOTO)
        ]

    def close(self, photo: PhotoOfPerson, *, now: datetime) -> Closed:
        """See `PersonData.close`."""
        for _ in range(CLOSE_ATTEMPTS):
            items = {item["sk"]: item for item in self.table.partition(photo_pk(photo.id))}
            record = items.get(RECORD)
            if record is None:  # expired: nothing that was uploaded to it can be on its way any more
                return Closed()
            if record["status"] == Status.DELETED:
                return Closed(cut_short=record.get("cutShort", False))
            held_until = record.get("leaseUntil", "") if record["status"] == Status.PROCESSING else ""
            if held_until > times.to_text(now):
                return Closed(held_until=times.from_text(held_until))
            closed = Closed(cut_short=_cut_short(record, items.get(RESULT)))
            if self._bury(record, closed, now):
                return closed
        raise ServiceBusyError

    def note_found(self, person_id: str, entry: PhotoOfPerson | Appearance) -> None:
        """See `PersonData.note_found`; nothing happens where another worker was faster."""
        sk = entry.key if isinstance(entry, Appearance) else PHOTO + entry.id
        with contextlib.suppress(ConditionFailedError):
            self.table.update(
                person_pk(person_id),
                sk,
                "SET #found = :yes",
                condition=actions.THERE,
                names={"#found": FOUND},
                arguments={":yes": True},
            )

    def drop_photo(self, erasure: Erasure, photo: PhotoOfPerson, *, removed: bool) -> None:
        """See `PersonData.drop_photo`."""
        self._drop(erasure, PHOTO + photo.id, {"photos": int(removed)})

    def faces(self, person_id: str) -> Sequence[str]:
        """See `PersonData.faces`."""
        return [
            item["sk"].removeprefix(prefix)
            for prefix in (FACE, STRAY)
            for item in self.table.walk(person_pk(person_id), prefix)
        ]

    def note_face(self, person_id: str, face_id: str) -> None:
        """See `PersonData.note_face`."""
        try:
            self.table.put({"pk": person_pk(person_id), "sk": STRAY + face_id}, condition="attribute_not_exists(pk)")
        except ConditionFailedError:
            return

    def drop_face(self, erasure: Erasure, face_id: str) -> None:
        """See `PersonData.drop_face`."""
        for prefix in (FACE, STRAY):
            self._drop(erasure, prefix + face_id, {"faces": 1})

    def appearances(self, person_id: str) -> Iterator[Appearance]:
        """See `PersonData.appearances`."""
        for prefix in (SIGHTING, MENTION):
            for item in self.table.walk(person_pk(person_id), prefix):
                yield Appearance(item["sk"], item["photoId"], prefix == SIGHTING, item.get(FOUND, False))

    def recognized(self, photo_id: str) -> RecognizedPhoto | None:
        """See `PersonData.recognized`."""
        items = {item["sk"]: item for item in self.table.partition(photo_pk(photo_id))}
        if RECORD not in items or RESULT not in items:
            return None
        return RecognizedPhoto(photo_of(items[RECORD]), result_of(items[RESULT]))

    def redact(
        self,
        erasure: Erasure,
        appearance: Appearance,
        seen: RecognizedPhoto | None,
        *,
        redacted: Result | None,
        photo_there: bool,
        photo_gone: bool,
    ) -> bool:
        """See `PersonData.redact`."""
        changed = seen is not None and redacted != seen.result
        counted = {
            "sightings" if appearance.sighting else "mentions": 1,
            "results": int(changed),
            "photos": int(photo_there and photo_gone),
            "shared_photos": int(photo_there and changed and not photo_gone),
        }
        if seen is None or redacted is None:  # expired, but DynamoDB deletes late, and not all at once
            changes = [actions.delete(self.table, photo_pk(appearance.photo_id), RESULT)]
        else:
            changes = self._redaction(seen, redacted, photo_gone=photo_gone) if changed else []
        return self._drop(erasure, appearance.key, counted, *changes)

    def drop_rest(self, person_id: str) -> None:
        """See `PersonData.drop_rest`."""
        for item in self.table.walk(person_pk(person_id)):
            if item["sk"] not in {SELF, "CONSENT"}:
                self.table.delete(item["pk"], item["sk"])

    def counts(self, erasure: Erasure) -> Counts:
        """See `PersonData.counts`."""
        return counts_of(self.table.get(erasure_pk(erasure.id), SELF) or {})

    def finish(self, erasure: Erasure, *, remains: Sequence[Remainder], now: datetime) -> None:
        """See `PersonData.finish`; where another worker was faster nothing is left to be done."""
        pk = person_pk(erasure.person_id or "")
        person = self.table.get(pk, SELF)
        if person is None:
            return
        mark_pk, mark_sk = erased_mark(person["id"])
        mark = {"pk": mark_pk, "sk": mark_sk, "ttl": int((now + MARK_LIFE).timestamp())}
        try:
            self.table.transact(
                [
                    actions.delete(
                        self.table, pk, SELF, condition="erasureId = :erasure", arguments={":erasure": erasure.id}
                    ),
                    actions.delete(self.table, pk, "CONSENT"),
                    *self._without_pointers(person),
                    actions.put(self.table, mark),
                    self._completion(erasure, remains, now),
                ]
            )
        except ConditionFailedError:
            return

    def _without_pointers(self, person: Item) -> list["TransactWriteItemTypeDef"]:
        """Delete what leads to the person; what leads to somebody else by now is left alone."""
        pointers = [f"X#{person['externalRef']}"] if "externalRef" in person else []
        pointers += [f"U#{person['sub']}"] if "sub" in person else []
        return [
            actions.delete(self.table, pk, SELF, condition="personId = :person", arguments={":person": person["id"]})
            for pk in pointers
            if (self.table.get(pk, SELF) or {}).get("personId") == person["id"]
        ]

    def _completion(self, erasure: Erasure, remains: Sequence[Remainder], now: datetime) -> "TransactWriteItemTypeDef":
        left = [{"what": one.what, "until": times.to_text(one.until) if one.until else None} for one in remains]
        return actions.update(
            self.table,
            erasure_pk(erasure.id),
            SELF,
            "SET #status = :complete, completedAt = :now, remains = :remains REMOVE personId, workedAt, gsi1pk, gsi1sk",
            condition="#status = :pending",
            names={"#status": "status"},
            arguments={
                ":complete": ErasureStatus.COMPLETE,
                ":pending": ErasureStatus.PENDING,
                ":now": times.to_text(now),
                ":remains": left,
            },
        )

    def _bury(self, record: Item, closed: Closed, now: datetime) -> bool:
        """Make a tombstone of the record, unless it changed since it was read. What is left of it names nobody."""
        try:
            self.table.transact(
                [
                    actions.update(
                        self.table,
                        record["pk"],
                        RECORD,
                        "SET #status = :deleted, #owner = :nobody, cutShort = :cut, #ttl = :ttl "
                        "REMOVE personId, gsi1pk, gsi1sk, version, #size, uploadedAt, completedAt, leaseUntil",
                        condition="#status = :seen AND (#status <> :processing OR leaseUntil <= :now)",
                        names={"#status": "status", "#owner": "owner", "#size": "size", "#ttl": "ttl"},
                        arguments={
                            ":deleted": Status.DELETED,
                            ":nobody": "",
                            ":cut": closed.cut_short,
                            ":ttl": int((now + RECORD_LIFE).timestamp()),
                            ":seen": record["status"],
                            ":processing": Status.PROCESSING,
                            ":now": times.to_text(now),
                        },
                    ),
                    actions.delete(self.table, record["pk"], RESULT),
                ]
            )
        except ConditionFailedError:
            return False
        return True

    def _redaction(
        self, seen: RecognizedPhoto, redacted: Result, *, photo_gone: bool
    ) -> list["TransactWriteItemTypeDef"]:
        pk = photo_pk(seen.photo.id)
        unchanged, arguments = as_read(seen.result)
        settled = seen.result.waits_for_review and not redacted.waits_for_review
        discard = actions.update(
            self.table, pk, RECORD, "SET discarded = :yes", condition=actions.THERE, arguments={":yes": True}
        )
        return [
            actions.update(
                self.table,
                pk,
                RESULT,
                "SET faces = :faces, revision = :next",
                condition=unchanged,
                arguments={":faces": face_maps(redacted.faces), ":next": redacted.revision, **arguments},
            ),
            *([actions.delete(self.table, pk, REVIEW)] if settled else []),
            *([discard] if photo_gone else []),
        ]

    def _drop(self, erasure: Erasure, sk: str, counted: dict[str, int], *changes: "TransactWriteItemTypeDef") -> bool:
        """Delete an item of the person, count it, and make `changes`; False if one of these could not be made."""
        names = {f"#{name}": name for name in counted}
        try:
            self.table.transact(
                [
                    actions.delete(self.table, person_pk(erasure.person_id or ""), sk, condition=actions.THERE),
                    actions.update(
                        self.table,
                        erasure_pk(erasure.id),
                        SELF,
                        "ADD " + ", ".join(f"{alias} :{name}" for alias, name in names.items()),
                        condition=actions.THERE,
                        names=names,
                        arguments={f":{name}": count for name, count in counted.items()},
                    ),
                    *changes,
                ]
            )
        except ConditionFailedError as error:
            return 0 in error.failed  # it is gone, and was counted when it went
        return True


def _cut_short(record: Item, result: Item | None) -> bool:
    """Whether a worker may have stored a vector of this photo without recording it.

    The last one may have ended the photo without getting as far as one before it, which died or had to put it off.
    """
    if record["purpose"] != Purpose.REGISTRATION or "registered" in (result or {}):
        return False
    return record["status"] in {Status.PROCESSING, Status.FAILED} or record.get("claims", 0) > 1
