"""Presigned GETs: the one way for a person to see a photo."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain import times
from domain.photos import Photo

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class PresignedGets:
    """`domain.photo_links.LinkSigner` on S3; the client has to sign with Signature Version 4."""

    client: "S3Client"
    bucket: str

    def link(self, photo: Photo, *, expires_at: datetime) -> str:
        """See `LinkSigner.link`; signing is done here, without a call. No cache may keep the photo."""
        return self.client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": photo.key,
                "VersionId": photo.version or "",
                "ResponseContentType": photo.content_type,
                "ResponseCacheControl": "private, no-store",
            },
            ExpiresIn=round((expires_at - times.now()).total_seconds()),
        )
