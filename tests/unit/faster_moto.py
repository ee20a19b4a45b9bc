"""moto without what it does again and again: the same answers in a fraction of the time."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table


@contextmanager
def faster_moto() -> Iterator[None]:
    """Take three things from moto that it need not do.

    - Queries sort the whole table before they sort what they find.
    - Transactions copy the table for each of their actions, for when they fail. They change no items but those that
      the actions name, so one copy will do that shares all others with the table.
    - Answers look for each of the kinds that a value could be of, by all spellings, and not just the one that it is of.
    """
    transact, structure = DynamoDBBackend.transact_write_items, BaseJSONSerializer._serialize_type_structure

    def serialize(serializer: Any, serialized: dict[str, Any], value: Any, shape: Any, key: str) -> None:
        if shape.name != "AttributeValue" or not isinstance(value, dict):
            structure(serializer, serialized, value, shape, key)
            return
        serialized[key] = {}
        for kind, held in value.items():
            serializer._serialize(serialized[key], held, shape.members[kind], kind)

    def transact_write_items(backend: DynamoDBBackend, actions: list[dict[str, Any]]) -> None:
        clones: dict[int, Any] = {}

        def clone(table: Table, _: dict[int, Any]) -> Any:
            return clones.get(id(table)) or clones.setdefault(id(table), _clone(table, actions))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Table, "__deepcopy__", clone, raising=False)
            transact(backend, actions)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Table, "all_items", lambda table: [one for some in table.items.values() for one in some.values()])
        patch.setattr(BaseJSONSerializer, "_serialize_type_structure", serialize)
        patch.setattr(DynamoDBBackend, "transact_write_items", transact_write_items)
        yield


def _clone(table: Table, actions: list[dict[str, Any]]) -> Any:
    """The table as it is now, whatever these actions make of it."""
    clone: Any = Table.__new__(Table)
    vars(clone).update(vars(table))
    clone.items = copy.copy(table.items)
    for action in (action for one in actions for action in one.values()):
        key = action.get("Key") or action["Item"]
        pk, sk = DynamoType(key["pk"]), DynamoType(key["sk"])
        if pk in clone.items:
            clone.items[pk] = dict(clone.items[pk])
        if sk in clone.items.get(pk, {}):
            clone.items[pk][sk] = copy.deepcopy(table.items[pk][sk])
    return clone
