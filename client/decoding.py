"""The API's JSON as values: camelCase keys become the fields of frozen dataclasses, by their types."""

import dataclasses
import types
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from client.errors import UnexpectedAnswerError

Json = dict[str, Any]
T = TypeVar("T")


def decode(kind: type[T], body: Json) -> T:
    """The value that an answer holds. Keys that `kind` has no field for are left out: the API may tell more one day.

    Raises:
        UnexpectedAnswerError: Something is missing, or is not of its type.
    """
    try:
        return cast(T, _value(kind, body))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnexpectedAnswerError(f"the answer is no {getattr(kind, '__name__', kind)}: {error!r}") from error


def written(when: datetime) -> str:
    """A time as the API wants it.

    Raises:
        ValueError: It has no time zone.
    """
    if when.utcoffset() is None:
        raise ValueError(f"a time needs a time zone: {when.isoformat()}")
    if when.utcoffset() != timedelta(0):
        when = when.astimezone(UTC)
    return when.isoformat().replace("+00:00", "Z")


def encode(value: object) -> Any:
    """A value, or values in a tuple, as the JSON that `decode` reads; what is None is left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {name: getattr(value, field) for field, name, _ in _fields(type(value))}
        return {name: encode(found) for name, found in fields.items() if found is not None}
    if isinstance(value, tuple):
        return [encode(one) for one in value]
    if isinstance(value, datetime):
        return written(value)
    return value.isoformat() if isinstance(value, date) else value


def _value(hint: Any, found: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        if found is None and types.NoneType in arguments:
            return None
        return _value(_alternative([one for one in arguments if one is not types.NoneType], found), found)
    if origin is tuple:
        return tuple(_value(arguments[0], one) for one in found)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return hint(**dict(_arguments(hint, found)))
    if hint in {datetime, date}:
        return hint.fromisoformat(found)
    return found


def _alternative(kinds: list[Any], found: Any) -> Any:
    """Which of several classes is meant: each has a `kind` of its own, which the JSON repeats."""
    return kinds[0] if len(kinds) == 1 else {one.kind: one for one in kinds}[found["kind"]]


def _arguments(kind: type, found: Json) -> Iterator[tuple[str, Any]]:
    for field, name, hint in _fields(kind):
        if name in found:
            yield field, _value(hint, found[name])
        elif types.NoneType in get_args(hint):
            yield field, None
        else:
            raise KeyError(name)


@cache
def _fields(kind: type) -> tuple[tuple[str, str, Any], ...]:
    """Of each field: its name here, its name in JSON, its type."""
    hints = get_type_hints(kind)
    return tuple((field.name, _camel(field.name), hints[field.name]) for field in dataclasses.fields(kind))


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
