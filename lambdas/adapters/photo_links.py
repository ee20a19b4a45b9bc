"""Presigned GETs: the one way for a person to see a photo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain import times
from domain.photos import Photo

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class PresignedGets:
    """`domain.photo_links.LinkSigner` and `domain.export.DownloadSigner` on S3.

    The client has to sign for the region's host, with Signature Version 4. Signing is done here, without a call. No
    cache may keep the photo.
    """

    client: "S3Client"
    bucket: str

    def link(self, photo: Photo, *, expires_at: datetime) -> str:
        """See `LinkSigner.link`."""
        shown_as = {"ResponseContentType": photo.content_type}
        return self._sign(photo.key, photo.version or "", shown_as, expires_at=expires_at)

    def download(self, key: str, version: str, *, expires_at: datetime) -> str:
        """See `DownloadSigner.download`."""
        return self._sign(key, version, {"ResponseContentDisposition": "attachment"}, expires_at=expires_at)

    def _sign(self, key: str, version: str, shown_as: Mapping[str, str], *, expires_at: datetime) -> str:
        named = {"Bucket": self.bucket, "Key": key, "VersionId": version}
        return self.client.generate_presigned_url(
            "get_object",
            Params={**named, **shown_as, "ResponseCacheControl": "private, no-store"},
            ExpiresIn=round((expires_at - times.now()).total_seconds()),
        )
