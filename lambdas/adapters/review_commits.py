"""Decisions of humans in the table: one transaction each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters import actions
from adapters.people_table import RECOGNIZABLE, SELF, person_pk
from adapters.photo_items import RESULT, REVIEW, as_read, photo_pk, review_map
from adapters.pointers import pointers
from adapters.table import ConditionFailedError, Item, Table
from domain import times
from domain.people import PersonStatus
from domain.photos import Photo, Result

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


@dataclass(frozen=True)
class ReviewCommitsTable:
    """`domain.reviews.ReviewRecords` on DynamoDB."""

    table: Table

    def review(self, photo: Photo, before: Result, after: Result, *, n: int, now: datetime) -> bool:
        """See `ReviewRecords.review`; only the pointers that change are written, of two people at most."""
        stored = self.table.get(photo_pk(photo.id), RESULT)
        if stored is None:
            return False
        try:
            self.table.transact(
                [
                    self._decision(photo, before, after, n),
                    *self._work_list(photo, after),
                    *self._pointers(pointers(photo, before), pointers(photo, after), ttl=stored["ttl"], now=now),
                ]
            )
        except ConditionFailedError:
            return False
        return True

    def _decision(self, photo: Photo, before: Result, after: Result, n: int) -> "TransactWriteItemTypeDef":
        place, face = next((place, face) for place, face in enumerate(after.faces) if face.n == n)
        condition, arguments = as_read(before)
        return actions.update(
            self.table,
            photo_pk(photo.id),
            RESULT,
            f"SET faces[{place}].#review = :review, revision = :revision",
            condition=condition,
            names={"#review": "review"},
            arguments={":review": face.review and review_map(face.review), ":revision": after.revision, **arguments},
        )

    def _work_list(self, photo: Photo, after: Result) -> Iterator["TransactWriteItemTypeDef"]:
        if not after.waits_for_review:
            yield actions.delete(self.table, photo_pk(photo.id), REVIEW)

    def _pointers(
        self, was: Mapping[str, Item], is_now: Mapping[str, Item], *, ttl: int, now: datetime
    ) -> Iterator["TransactWriteItemTypeDef"]:
        for person_id in sorted(was.keys() | is_now.keys()):
            old, new = was.get(person_id), is_now.get(person_id)
            if old and (new is None or new["sk"] != old["sk"]):
                yield actions.delete(self.table, old["pk"], old["sk"])
            if new and new != old:
                yield actions.put(self.table, {**new, "ttl": ttl})
                yield self._person(person_id, recognized="seenAt" in new, now=now)

    def _person(self, person_id: str, *, recognized: bool, now: datetime) -> "TransactWriteItemTypeDef":
        """Nothing new may lead to the photo from somebody who is being erased: it would never be found again."""
        if recognized:
            condition, arguments = RECOGNIZABLE, {":active": PersonStatus.ACTIVE, ":now": times.to_text(now)}
        else:
            condition, arguments = f"{actions.THERE} AND #status <> :erasing", {":erasing": PersonStatus.ERASING}
        return actions.check(
            self.table, person_pk(person_id), SELF, condition, names={"#status": "status"}, arguments=arguments
        )
