"""Versions of uploaded photos, without a look into them: nothing here needs more than the AWS SDK."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.aws_errors import busy_translated
from domain.errors import ServiceBusyError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class PhotoVersions:
    """`domain.removal.VersionDeletion` and `domain.erasing.ObjectErasure` on S3.

    Every method may raise `ServiceBusyError`.
    """

    client: "S3Client"
    bucket: str

    def delete(self, key: str, version: str) -> None:
        """See `VersionDeletion.delete`."""
        with busy_translated():
            self.client.delete_object(Bucket=self.bucket, Key=key, VersionId=version)

    def delete_all(self, key: str) -> None:
        """See `ObjectErasure.delete_all`; versions and delete markers alike."""
        for version in self._versions(key):
            self.delete(key, version)

    def _versions(self, key: str) -> Iterator[str]:
        more: dict[str, Any] = {}
        while True:
            with busy_translated():
                page = self.client.list_object_versions(Bucket=self.bucket, Prefix=key, **more)
            if "IsTruncated" not in page:
                raise ServiceBusyError("An answer without its end")
            for found in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                if found["Key"] == key:
                    yield found["VersionId"]
            if not page["IsTruncated"]:
                return
            more = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
