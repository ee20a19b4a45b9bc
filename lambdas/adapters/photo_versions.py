"""Versions of uploaded photos, without a look into them: nothing here needs more than the AWS SDK."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.aws_errors import busy_translated

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class PhotoVersions:
    """`domain.removal.VersionDeletion` on S3. Every method may raise `ServiceBusyError`."""

    client: "S3Client"
    bucket: str

    def delete(self, key: str, version: str) -> None:
        """See `VersionDeletion.delete`."""
        with busy_translated():
            self.client.delete_object(Bucket=self.bucket, Key=key, VersionId=version)
