"""Presigned POSTs: the one way into the bucket."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain import times
from domain.photos import MAX_BYTES, Photo
from domain.uploads import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class PresignedPosts:
    """`domain.uploads.UploadSigner` on S3; the client has to sign for the region's host, with Signature Version 4."""

    client: "S3Client"
    bucket: str

    def sign(self, photo: Photo, *, expires_at: datetime) -> Upload:
        """See `UploadSigner.sign`; signing is done here, without a call."""
        signed = self.client.generate_presigned_post(
            self.bucket,
            photo.key,
            Fields={"Content-Type": photo.content_type},
            Conditions=[{"Content-Type": photo.content_type}, ["content-length-range", 1, MAX_BYTES]],
            ExpiresIn=round((expires_at - times.now()).total_seconds()),
        )
        return Upload(signed["url"], signed["fields"], expires_at)
