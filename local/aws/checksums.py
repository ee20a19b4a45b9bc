"""S3's own checksums in the local AWS: whoever asks for the checksum of an object has one, however it was uploaded.

S3 computes CRC-64/NVME where an upload brings no checksum, as those of browsers do; ministack keeps none then. Here it
is computed when it is asked for at first, for most objects are never read like that.
"""
# ruff: noqa: SLF001  (replacing ministack's private parts is what this module is for; `internals` checks them)

from typing import TYPE_CHECKING, Any

from ministack.services import s3

if TYPE_CHECKING:
    from collections.abc import Callable

_DEFAULT = "CRC64NVME"


def install() -> None:
    """Have no object be without a checksum."""
    headers: Callable[..., dict[str, str]] = s3._object_response_headers

    def with_checksum(
        obj: dict[str, Any], bucket_name: str = "", key: str = "", include_checksums: bool = False
    ) -> dict[str, str]:
        if include_checksums and not obj.get("checksums"):
            _compute(obj, bucket_name, key)
        return headers(obj, bucket_name, key, include_checksums=include_checksums)

    s3._object_response_headers = with_checksum


def _compute(obj: dict[str, Any], bucket_name: str, key: str) -> None:
    """Give an object its checksum, and the version that it is of, which is what stays."""
    versions = s3._object_versions.get((bucket_name, key), [])
    version = next((one for one in versions if one["version_id"] == obj.get("version_id")), None)
    if version is None:
        content = s3._read_body(bucket_name, key, obj)
    else:
        content = s3._version_body(s3._buckets[bucket_name], bucket_name, key, version)
    if content is not None:
        obj["checksums"] = {_DEFAULT: s3._compute_s3_checksum(_DEFAULT, content)}
    if version is not None:
        version["checksums"] = obj.get("checksums")
