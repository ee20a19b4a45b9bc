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
    """`domain.removal.PhotoDeletion` and `domain.erasing.ObjectErasure` on S3.

    Every method may raise `ServiceBusyError`.
    """

    client: "S3Client"
    bucket: str

    def delete(self, key: str, version: str) -> None:
        """See `domain.person_faces.VersionDeletion.delete`."""
        with busy_translated():
            self.client.delete_object(Bucket=self.bucket, Key=key, VersionId=version)

    def is_there(self, key: str) -> bool:
        """See `ObjectErasure.is_there`; a delete marker is nothing."""
        return any(not marker for _, marker in self._versions(key))

    def delete_all(self, key: str) -> None:
        """See `PhotoDeletion.delete_all`; versions and delete markers alike."""
        for version, _ in self._versions(key):
            self.delete(key, version)

    def _versions(self, key: str) -> Iterator[tuple[str, bool]]:
        """Versions, and whether they are delete markers."""
        more: dict[str, Any] = {}
        while True:
            with busy_translated():
                page = self.client.list_object_versions(Bucket=self.bucket, Prefix=key, **more)
            if "IsTruncated" not in page:
                raise ServiceBusyError("An answer without its end")
            yield from ((found["VersionId"], False) for found in page.get("Versions", []) if found["Key"] == key)
            yield from ((found["VersionId"], True) for found in page.get("DeleteMarkers", []) if found["Key"] == key)
            if not page["IsTruncated"]:
                return
            more = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
