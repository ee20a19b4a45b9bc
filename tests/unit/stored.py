"""What moto holds in memory, filled, read and set back directly: by requests it takes longer than what is tested."""

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table as MotoTable
from moto.s3.models import s3_backends

from adapters.table import plain, values

TABLE, BUCKET, REGION = "faces", "photos", "us-east-1"


def fill(items: Iterable[Mapping[str, Any]]) -> None:
    """Put items into the table."""
    for item in items:
        _table().put_item(values(item))


def items() -> dict[tuple[str, str], dict[str, Any]]:
    """All items of the table by their keys."""
    found = [plain(item.to_json()["Attributes"]) for item in _table().all_items()]
    return {(item["pk"], item["sk"]): item for item in found}


def versions() -> dict[str, list[str]]:
    """The ids of all versions of each object in the bucket."""
    return {key: [version.version_id for version in kept] for key, kept in _objects().items()}


def snapshot() -> Callable[[], None]:
    """What sets table and bucket back to what they hold now."""
    stored = copy.deepcopy((_table().items, _objects()))

    def restore() -> None:
        _table().items, objects = copy.deepcopy(stored)
        bucket = _bucket()
        dict.clear(bucket.keys)
        for key, kept in objects.items():
            bucket.keys.setlist(key, kept)

    return restore


def _table() -> MotoTable:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE]


def _bucket() -> Any:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET]


def _objects() -> dict[str, list[Any]]:
    return {key: list(_bucket().keys.getlist(key)) for key in dict.keys(_bucket().keys)}
