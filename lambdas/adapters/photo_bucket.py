"""Uploaded photos in the bucket."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from adapters.aws_errors import busy_translated, error_code
from adapters.crc64 import encoded_crc64
from adapters.crops import cut
from adapters.photo_versions import PhotoVersions
from domain.errors import ServiceBusyError
from domain.faces import Box
from domain.photos import Photo
from domain.recognition import Crop

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import TaggingTypeDef

QUARANTINE: "TaggingTypeDef" = {
    "TagSet": [{"Key": "quarantine", "Value": "true"}]
}  # the bucket's lifecycle knows this tag
_IN_CHANGE = ("ConditionalRequestConflict", "OperationAborted")  # somebody else writes or deletes it just now
# Somebody else has deleted it since; to whom may not list the bucket S3 says 403 of what is not there.
_GONE = ("403", "404")


@dataclass(frozen=True)
class PhotoBucket(PhotoVersions):
    """`domain.processing.PhotoObjects` and `domain.immediate.PhotoStore` on S3.

    Every method may raise `ServiceBusyError`.
    """

    def sha256(self, photo: Photo) -> str:
        """See `PhotoReader.sha256`."""
        return hashlib.sha256(self._read(photo)).hexdigest()

    def crops(self, photo: Photo, faces: Sequence[Box], *, all_faces: Sequence[Box]) -> list[Crop | None]:
        """See `CropSource.crops`; the photo is read once for all of them."""
        return cut(self._read(photo), faces, all_faces=all_faces)

    def beginning(self, photo: Photo, size: int) -> bytes:
        """The first `size` bytes of a photo. All of it is read: of a part nobody could tell whether it is right."""
        return self._read(photo)[:size]

    def keep(self, photo: Photo, content: bytes) -> str:
        """See `domain.immediate.PhotoStore.keep`; of a photo that is there already no second version is made."""
        try:
            with busy_translated(*_IN_CHANGE):
                answer = self.client.put_object(
                    Bucket=self.bucket, Key=photo.key, Body=content, ContentType=photo.content_type, IfNoneMatch="*"
                )
        except ClientError as error:
            if error_code(error) != "PreconditionFailed":
                raise
            with busy_translated(*_GONE):
                return self.client.head_object(Bucket=self.bucket, Key=photo.key)["VersionId"]
        return answer["VersionId"]

    def quarantine(self, key: str, version: str) -> None:
        """See `PhotoObjects.quarantine`."""
        with busy_translated():
            self.client.put_object_tagging(Bucket=self.bucket, Key=key, VersionId=version, Tagging=QUARANTINE)

    def _read(self, photo: Photo) -> bytes:
        """All of a photo, as it was uploaded; 15 MiB at most."""
        with busy_translated():
            answer = self.client.get_object(
                Bucket=self.bucket, Key=photo.key, VersionId=photo.version or "", ChecksumMode="ENABLED"
            )
            content = answer["Body"].read()
        # The connection may end early, and nobody be told how much there was to come; the claim has noted it.
        if photo.size not in {None, len(content)}:
            raise ServiceBusyError("The photo could not be read to its end")
        # S3 keeps one of each photo, for it is uploaded without any; other stores may not.
        if answer.get("ChecksumCRC64NVME") not in {None, encoded_crc64(content)}:
            raise ServiceBusyError("The photo did not arrive as it is")
        return content
