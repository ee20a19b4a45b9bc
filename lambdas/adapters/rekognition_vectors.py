"""Removing people and their faces from a Rekognition collection, and making sure of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from adapters.aws_errors import USER_IN_CHANGE, busy_translated, error_code
from adapters.pace import Pace
from domain.errors import ServiceBusyError

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient
    from mypy_boto3_rekognition.type_defs import FaceTypeDef

PAGE = 4096  # Rekognition's most, also of ids in one call


@dataclass(frozen=True)
class RekognitionVectors:
    """`domain.erasing.PersonVectors` on a Rekognition collection; every call waits for `pace`."""

    client: "RekognitionClient"
    collection_id: str
    pace: Pace

    def faces_of(self, person_id: str) -> frozenset[str]:
        """See `PersonVectors.faces_of`."""
        return frozenset(face["FaceId"] for face in self._faces_of_user(person_id) or ())

    def faces_from(self, photo_ids: frozenset[str]) -> frozenset[str]:
        """See `PersonVectors.faces_from`; one call for each 4,096 faces of the collection."""
        return frozenset(face["FaceId"] for face in self._list() if face.get("ExternalImageId") in photo_ids)

    def remove_person(self, person_id: str) -> None:
        """See `PersonVectors.remove_person`.

        Each call has a token of its own: under the same one Rekognition would do nothing when a registration that was
        still in work has made the user again.
        """
        self.pace.wait("DeleteUser")
        try:
            with busy_translated(USER_IN_CHANGE):
                self.client.delete_user(CollectionId=self.collection_id, UserId=person_id)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise

    def remove_faces(self, face_ids: Sequence[str]) -> None:
        """See `PersonVectors.remove_faces`; a face that could not be deleted is told inside of a success."""
        for begin in range(0, len(face_ids), PAGE):
            asked = list(face_ids[begin : begin + PAGE])
            self.pace.wait("DeleteFaces")
            with busy_translated():
                answer = self.client.delete_faces(CollectionId=self.collection_id, FaceIds=asked)
            unknown = {
                failure["FaceId"]
                for failure in answer.get("UnsuccessfulFaceDeletions", [])
                if "FACE_NOT_FOUND" in failure.get("Reasons", [])
            }
            if set(asked) - unknown - set(answer.get("DeletedFaces", [])):
                raise ServiceBusyError("Some faces could not be deleted")

    def any_left(self, person_id: str, face_ids: Sequence[str]) -> bool:
        """See `PersonVectors.any_left`."""
        if self._faces_of_user(person_id) is not None:
            return True
        pages = [list(face_ids[begin : begin + PAGE]) for begin in range(0, len(face_ids), PAGE)]
        return any(True for asked in pages for _ in self._list(FaceIds=asked))

    def _faces_of_user(self, person_id: str) -> list["FaceTypeDef"] | None:
        """The user's faces; None when there is no such user."""
        try:
            return list(self._list(UserId=person_id))
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return None

    def _list(self, **which: Any) -> Iterator["FaceTypeDef"]:
        more: dict[str, Any] = {}
        while True:
            self.pace.wait("ListFaces")
            with busy_translated():
                page = self.client.list_faces(CollectionId=self.collection_id, MaxResults=PAGE, **which, **more)
            if "Faces" not in page:
                raise ServiceBusyError("An answer without its faces")
            yield from page["Faces"]
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}
