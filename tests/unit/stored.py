"""What moto holds in memory, filled, read and set back directly: by requests it takes longer than what is tested."""

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import LimitedSizeDict
from moto.dynamodb.models.table import Table as MotoTable
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from adapters.table import plain, values

TABLE, BUCKET, REGION = "faces", "photos", "us-east-1"


def fill(items: Iterable[Mapping[str, Any]]) -> None:
    """Put items into the table, without having moto measure each of them attribute by attribute."""
    table = _table()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LimitedSizeDict, "__setitem__", dict.__setitem__)
        for item in items:
            table.put_item(values(item))


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
        _drop_objects()
        for key, kept in objects.items():
            _bucket().keys.setlist(key, kept)

    return restore


def empty() -> None:
    """Forget all items, objects and messages."""
    _table().items.clear()
    _drop_objects()
    for queue in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.values():
        queue._messages.clear()
        queue._pending_messages.clear()
        queue.deleted_messages.clear()


def _table() -> MotoTable:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE]


def _bucket() -> Any:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET]


def _drop_objects() -> None:
    for key in _objects():
        _bucket().keys.pop(key)


def _objects() -> dict[str, list[Any]]:
    return {key: list(_bucket().keys.getlist(key)) for key in dict.keys(_bucket().keys)}
