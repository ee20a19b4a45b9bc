"""Which faces stand for whom, in the table."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters import actions
from adapters.people_table import SELF, person_pk
from adapters.photo_items import detected
from adapters.table import ConditionFailedError, Item, Table
from domain import times
from domain.person_faces import StoredFace

FACE = "FACE#"


@dataclass(frozen=True)
class PersonFacesTable:
    """`domain.person_faces.PersonFaces` on DynamoDB."""

    table: Table

    def of_person(self, person_id: str) -> Sequence[StoredFace]:
        """See `PersonFaces.of_person`; what an erasure has noted by its id alone, to be removed, is left out."""
        found = [stored_face(item) for item in self.table.partition(person_pk(person_id), FACE) if "photoId" in item]
        return sorted(found, key=lambda face: (face.registered_at, face.id))

    def get(self, person_id: str, face_id: str) -> StoredFace | None:
        """See `PersonFaces.get`."""
        item = self.table.get(person_pk(person_id), FACE + face_id)
        return stored_face(item) if item else None

    def forget(self, person_id: str, face: StoredFace) -> None:
        """See `PersonFaces.forget`; the person's count of faces follows in the same transaction, so it is done once."""
        pk = person_pk(person_id)
        try:
            self.table.transact(
                [
                    actions.delete(self.table, pk, FACE + face.id, condition=actions.THERE),
                    actions.delete(self.table, pk, f"HASH#{face.content_hash}"),
                    # The entry stays: an erasure finds the photo's record by it.
                    actions.update(self.table, pk, f"PHOTO#{face.photo_id}", "REMOVE version", condition=actions.THERE),
                    actions.update(
                        self.table,
                        pk,
                        SELF,
                        "ADD faces :less, revision :one",
                        condition=actions.THERE,
                        arguments={":less": -1, ":one": 1},
                    ),
                ]
            )
        except ConditionFailedError:
            return  # somebody else was faster: with the face, or with the whole person


def stored_face(item: Item) -> StoredFace:
    """The face that an item describes."""
    return StoredFace(
        id=item["sk"].removeprefix(FACE),
        face=detected(item),
        photo_id=item["photoId"],
        photo_version=item["photoVersion"],
        content_hash=item["contentHash"],
        registered_at=times.from_text(item["registeredAt"]),
        model_version=item["modelVersion"],
    )
