"""Removing a single face from a Rekognition collection."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from adapters.aws_errors import USER_IN_CHANGE, busy_translated, error_code
from domain.errors import ServiceBusyError

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient


@dataclass(frozen=True)
class RekognitionRemoval:
    """`domain.person_faces.FaceVectors` on a Rekognition collection."""

    client: "RekognitionClient"
    collection_id: str

    def remove(self, person_id: str, face_id: str) -> None:
        """See `FaceVectors.remove`; a face that is somebody's cannot be deleted, so it is taken from them first.

        Each call has a client request token of its own: under the same one, Rekognition would do nothing for a face
        that was given to the person again meanwhile.
        """
        try:
            with busy_translated(USER_IN_CHANGE):
                self.client.disassociate_faces(CollectionId=self.collection_id, UserId=person_id, FaceIds=[face_id])
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":  # the user is gone, and so the face is nobody's
                raise
        with busy_translated():
            answer = self.client.delete_faces(CollectionId=self.collection_id, FaceIds=[face_id])
        failures = answer.get("UnsuccessfulFaceDeletions", [])
        unknown = [failure["FaceId"] for failure in failures if "FACE_NOT_FOUND" in failure.get("Reasons", [])]
        if face_id not in (*answer.get("DeletedFaces", []), *unknown):
            raise ServiceBusyError("The face could not be deleted")
