"""Where the bytes of an image come from: the request itself, or an object in S3.

How many bytes there may be in the request says the service model.
"""

import os
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.rekognition.errors import ImageTooLargeError, ParameterError, S3ObjectError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_S3_BYTES = 15 * 1024 * 1024
"""Bytes of an image in S3: Rekognition's guidelines and quotas."""


class ImageSource:
    """Reads images. The S3 client is made at the first use, from the ordinary AWS environment."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._lock = threading.Lock()
        self._client: S3Client | None = None

    def read(self, image: dict[str, Any]) -> bytes:
        """The bytes that an `Image` parameter means.

        Raises:
            ImageTooLargeError: More than MOST_S3_BYTES in S3.
            ParameterError: Not exactly one source, or an object without bucket or key.
            S3ObjectError: The object is not there or may not be read.
        """
        if len(image) != 1:
            raise ParameterError("Request has invalid parameters: an image has either Bytes or an S3Object")
        if "S3Object" in image:
            return self._read_s3(image["S3Object"])
        data: bytes = image["Bytes"]
        return data

    def _read_s3(self, reference: dict[str, str]) -> bytes:
        if "Bucket" not in reference or "Name" not in reference:
            raise ParameterError("Request has invalid parameters: an S3Object has a Bucket and a Name")
        version = {"VersionId": reference["Version"]} if "Version" in reference else {}
        try:
            found = self._s3().get_object(Bucket=reference["Bucket"], Key=reference["Name"], **version)  # type: ignore[arg-type]  # mypy reads ** as any parameter
            with closing(found["Body"]) as body:
                size = found["ContentLength"]
                if size > MOST_S3_BYTES:
                    raise ImageTooLargeError(f"Image size is too large: {size}. Max image size: {MOST_S3_BYTES}")
                return body.read()
        except (BotoCoreError, ClientError, OSError, ValueError):
            raise S3ObjectError from None

    def _s3(self) -> "S3Client":
        with self._lock:
            if self._client is None:
                own_endpoint = any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"))
                config = Config(
                    connect_timeout=3,
                    read_timeout=10,
                    retries={"total_max_attempts": 2, "mode": "standard"},
                    max_pool_connections=32,
                    # Else botocore asks for a checksum that it cannot check, and that costs half a search.
                    response_checksum_validation="when_required",
                    # A local endpoint seldom answers to bucket.localhost.
                    s3={"addressing_style": "path" if own_endpoint else "auto"},
                )
                self._client = boto3.client("s3", region_name=self._region, config=config)
            return self._client
