"""Going through a whole Rekognition collection, and removing what stands for nobody."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.aws_errors import busy_translated
from adapters.pace import Pace
from adapters.rekognition_removal import RekognitionRemoval
from adapters.rekognition_vectors import PAGE, RekognitionVectors
from domain.errors import ServiceBusyError
from domain.reconciliation import Batch, StoredVector

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

USERS_PAGE = 500  # Rekognition's most


@dataclass(frozen=True)
class RekognitionCollection:
    """`domain.reconciliation.Collection` on Rekognition; every call waits for `pace`."""

    client: "RekognitionClient"
    collection_id: str
    pace: Pace

    def users(self, token: str | None) -> Batch[str]:
        """See `Collection.users`."""
        self.pace.wait("ListUsers")
        with busy_translated():
            page = self.client.list_users(CollectionId=self.collection_id, MaxResults=USERS_PAGE, **_continued(token))
        if "Users" not in page:
            raise ServiceBusyError("An answer without its users")
        return Batch([user["UserId"] for user in page["Users"]], page.get("NextToken"))

    def faces(self, token: str | None) -> Batch[StoredVector]:
        """See `Collection.faces`."""
        page = self._list_faces(MaxResults=PAGE, **_continued(token))
        found = [
            StoredVector(face["FaceId"], face.get("ExternalImageId"), face.get("UserId")) for face in page["Faces"]
        ]
        return Batch(found, page.get("NextToken"))

    def existing(self, face_ids: Sequence[str]) -> frozenset[str]:
        """See `Collection.existing`; up to 4,096 ids are asked for at once."""
        found: set[str] = set()
        for begin in range(0, len(face_ids), PAGE):
            token, more = None, True
            while more:
                asked = list(face_ids[begin : begin + PAGE])
                page = self._list_faces(MaxResults=PAGE, FaceIds=asked, **_continued(token))
                found |= {face["FaceId"] for face in page["Faces"]}
                token = page.get("NextToken")
                more = token is not None
        return frozenset(found)

    def remove_person(self, person_id: str) -> None:
        """See `Collection.remove_person`."""
        RekognitionVectors(self.client, self.collection_id, self.pace).remove_person(person_id)

    def remove_stray(self, face: StoredVector) -> None:
        """See `Collection.remove_stray`. What is given to somebody meanwhile cannot be deleted, and is not."""
        self.pace.wait("DeleteFaces")
        if face.person_id:
            RekognitionRemoval(self.client, self.collection_id).remove(face.person_id, face.id)
            return
        with contextlib.suppress(ServiceBusyError):
            RekognitionVectors(self.client, self.collection_id, self.pace).remove_faces([face.id])

    def _list_faces(self, **which: Any) -> Any:
        self.pace.wait("ListFaces")
        with busy_translated():
            page = self.client.list_faces(CollectionId=self.collection_id, **which)
        if "Faces" not in page:
            raise ServiceBusyError("An answer without its faces")
        return page


def _continued(token: str | None) -> Any:
    return {"NextToken": token} if token else {}
