"""Uploaded photos in the bucket."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.aws_errors import busy_translated
from adapters.crops import cut
from adapters.photo_versions import PhotoVersions
from domain.errors import ServiceBusyError
from domain.faces import Box
from domain.photos import Photo
from domain.recognition import Crop

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3.type_defs import TaggingTypeDef

_CHUNK = 256 * 1024
QUARANTINE: "TaggingTypeDef" = {
    "TagSet": [{"Key": "quarantine", "Value": "true"}]
}  # the bucket's lifecycle knows this tag


@dataclass(frozen=True)
class PhotoBucket(PhotoVersions):
    """`domain.processing.PhotoObjects` and `domain.immediate.PhotoStore` on S3.

    Every method may raise `ServiceBusyError`.
    """

    def sha256(self, photo: Photo) -> str:
        """See `PhotoReader.sha256`."""
        digest, size = hashlib.sha256(), 0
        with busy_translated():
            for chunk in self._open(photo).iter_chunks(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
        _require_whole(photo, size)
        return digest.hexdigest()

    def crops(self, photo: Photo, faces: Sequence[Box], *, all_faces: Sequence[Box]) -> list[Crop | None]:
        """See `CropSource.crops`; the photo is read once for all of them."""
        with busy_translated():
            content = self._open(photo).read()
        _require_whole(photo, len(content))
        return cut(content, faces, all_faces=all_faces)

    def beginning(self, photo: Photo, size: int) -> bytes:
        """The first `size` bytes of a photo."""
        with busy_translated():
            return self._open(photo, Range=f"bytes=0-{size - 1}").read()

    def keep(self, photo: Photo, content: bytes) -> str:
        """See `domain.immediate.PhotoStore.keep`."""
        with busy_translated():
            answer = self.client.put_object(
                Bucket=self.bucket, Key=photo.key, Body=content, ContentType=photo.content_type
            )
        return answer["VersionId"]

    def quarantine(self, key: str, version: str) -> None:
        """See `PhotoObjects.quarantine`."""
        with busy_translated():
            self.client.put_object_tagging(Bucket=self.bucket, Key=key, VersionId=version, Tagging=QUARANTINE)

    def _open(self, photo: Photo, **options: Any) -> "StreamingBody":
        answer = self.client.get_object(Bucket=self.bucket, Key=photo.key, VersionId=photo.version or "", **options)
        return answer["Body"]


def _require_whole(photo: Photo, size: int) -> None:
    """The connection may end early, and nobody be told how much there was to come; the claim has noted it."""
    if photo.size not in {None, size}:
        raise ServiceBusyError("The photo could not be read to its end")
