"""The gallery on Amazon Rekognition: a collection, its users and their faces."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from adapters.aws_errors import USER_IN_CHANGE, busy_translated, error_code
from adapters.image_header import LEAST_SIDE, TOO_SMALL, Header, describe
from adapters.pace import Pace
from adapters.rekognition_removal import RekognitionRemoval
from domain.errors import (
    DuplicatePersonError,
    FaceMismatchError,
    ImageTooLargeError,
    ImageTooSmallError,
    LowQualityError,
    NoFaceError,
    PersonErasingError,
    ServiceBusyError,
    TooManyFacesError,
    UnsupportedImageError,
)
from domain.faces import Box, DetectedFace, Match
from domain.gallery import Image, IndexedFace, Search, UnsearchedFace
from domain.photos import Photo

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

    from adapters.photo_bucket import PhotoBucket

HEADER_BYTES = 256 * 1024


class IncompleteAnswerError(ServiceBusyError):
    """An answer that lacks what it must hold: a cut-off body parses as an empty success."""


@dataclass(frozen=True)
class RekognitionGallery:
    """`domain.gallery.Gallery` on a Rekognition collection.

    Rekognition reads uploaded photos from S3 itself, with the rights of whoever calls; their bytes do not pass here.

    Attributes:
        photos: Only looked into when Rekognition refuses a photo, to say why.
        pace: Every call waits for it.
    """

    client: "RekognitionClient"
    collection_id: str
    photos: "PhotoBucket"
    pace: Pace

    def search(self, image: Image, *, threshold: float, limit: int, strict: bool) -> Search:
        """See `Gallery.search`."""
        with self._reading(image, "SearchUsersByImage"):
            answer = self.client.search_users_by_image(
                CollectionId=self.collection_id,
                Image=self._source(image),
                UserMatchThreshold=threshold,
                MaxUsers=limit,
                QualityFilter="AUTO" if strict else "NONE",
            )
        matches = answer.get("UserMatches")
        if matches is None or not answer.get("FaceModelVersion"):
            raise IncompleteAnswerError
        if matches and "SearchedFace" not in answer:
            raise IncompleteAnswerError
        with _complete():
            return Search(
                searched=_face(answer["SearchedFace"]["FaceDetail"]) if "SearchedFace" in answer else None,
                matches=tuple(Match(match["User"]["UserId"], match["Similarity"]) for match in matches),
                unsearched=tuple(
                    UnsearchedFace(_face(face["FaceDetails"]), tuple(face["Reasons"]))
                    for face in answer.get("UnsearchedFaces", [])
                ),
                model_version=answer["FaceModelVersion"],
            )

    def add_person(self, person_id: str) -> None:
        """See `Gallery.add_person`."""
        self.pace.wait("CreateUser")
        try:
            with busy_translated():
                self.client.create_user(
                    CollectionId=self.collection_id, UserId=person_id, ClientRequestToken=_token(person_id)
                )
        except ClientError as error:
            if error_code(error) != USER_IN_CHANGE:  # it exists: that is all we want
                raise

    def index(self, photo: Photo) -> IndexedFace:
        """See `Gallery.index`. The external image id is the photo's own: so Rekognition stores a photo once."""
        with self._reading(photo, "IndexFaces"):
            answer = self.client.index_faces(
                CollectionId=self.collection_id,
                Image=self._source(photo),
                ExternalImageId=photo.id,
                MaxFaces=1,
                QualityFilter="AUTO",
                DetectionAttributes=["DEFAULT"],
            )
        if "FaceRecords" not in answer or not answer.get("FaceModelVersion"):
            raise IncompleteAnswerError
        if not answer["FaceRecords"]:
            reasons = sorted({reason for face in answer.get("UnindexedFaces", []) for reason in face["Reasons"]})
            raise LowQualityError(reasons=reasons) if reasons else NoFaceError
        with _complete():
            record = answer["FaceRecords"][0]
            return IndexedFace(record["Face"]["FaceId"], _face(record["FaceDetail"]))

    def associate(self, photo: Photo, face_id: str) -> bool:
        """See `Gallery.associate`.

        Each call has a client request token of its own: under the same one Rekognition gives the same answer again,
        also that it did not find a face which it had stored a moment before.
        """
        self.pace.wait("AssociateFaces")
        with self._association_translated(), busy_translated(USER_IN_CHANGE):
            answer = self.client.associate_faces(
                CollectionId=self.collection_id, UserId=photo.person_id or "", FaceIds=[face_id]
            )
        if failures := answer.get("UnsuccessfulFaceAssociations"):
            reasons = tuple(failures[0].get("Reasons", ()))
            if "ASSOCIATED_TO_A_DIFFERENT_USER" in reasons:
                raise DuplicatePersonError
            if "LOW_MATCH_CONFIDENCE" in reasons:
                raise FaceMismatchError
            raise ServiceBusyError("The face could not be given to the person: " + ", ".join(reasons))
        # Rekognition does not name a face that was the person's already, as after a crash.
        if "UserStatus" not in answer or {face["FaceId"] for face in answer.get("AssociatedFaces", [])} - {face_id}:
            raise IncompleteAnswerError
        return answer["UserStatus"] == "ACTIVE"

    def remove(self, photo: Photo, face_id: str) -> None:
        """See `Gallery.remove`."""
        for operation in ("DisassociateFaces", "DeleteFaces"):
            self.pace.wait(operation)
        RekognitionRemoval(self.client, self.collection_id).remove(photo.person_id or "", face_id)

    def _source(self, image: Image) -> Any:
        if isinstance(image, bytes):
            return {"Bytes": image}
        return {"S3Object": {"Bucket": self.photos.bucket, "Name": image.key, "Version": image.version}}

    @contextmanager
    def _reading(self, image: Image, operation: str) -> Iterator[None]:
        """Wait for our turn, and turn what Rekognition says about the image into what is wrong with it."""
        self.pace.wait(operation)
        try:
            with busy_translated():
                yield
        except ClientError as error:
            match error_code(error):
                case "ImageTooLargeException":
                    raise ImageTooLargeError from error
                case "InvalidImageFormatException":
                    raise UnsupportedImageError(self._header(image).advice) from error
                case "InvalidParameterException" if (header := self._header(image)).least_side < LEAST_SIDE:
                    raise ImageTooSmallError(TOO_SMALL) from error
                case "InvalidParameterException" if not header.size_told:
                    raise UnsupportedImageError(header.advice) from error
                case _:
                    raise  # a bug of ours, a missing right, or an object that is gone

    def _header(self, image: Image) -> Header:
        return describe(image if isinstance(image, bytes) else self.photos.beginning(image, HEADER_BYTES))

    @contextmanager
    def _association_translated(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            match error_code(error):
                case "ServiceQuotaExceededException":
                    raise TooManyFacesError from error
                case "ResourceNotFoundException":  # the user was made just now: an erasure came between
                    raise PersonErasingError from error
                case _:
                    raise


def _face(detail: Mapping[str, Any]) -> DetectedFace:
    box = detail["BoundingBox"]
    return DetectedFace(Box(box["Left"], box["Top"], box["Width"], box["Height"]), detail["Confidence"])


def _token(person_id: str) -> str:
    """The client request token for making a user, at most 64 of ``[a-zA-Z0-9-_]``: the same one on every try."""
    return hashlib.sha256(f"create/{person_id}".encode()).hexdigest()


@contextmanager
def _complete() -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise IncompleteAnswerError from error
