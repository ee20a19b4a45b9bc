"""Requests are judged by botocore's own model of the service: types, required members, sizes, patterns, enums.

Messages have the form that the service gives them. Rekognition answers a broken constraint with ValidationException and
a wrong JSON type with SerializationException; neither is in the service model, for both are common to AWS's services.
"""

import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, NoReturn

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from local.rekognition.errors import SerializationError, UnknownOperationError, ValidationError

_SHOWN = 120  # characters of a refused value that the message repeats
_JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": r"\s"}  # close enough for the keys and values of tags
_NUMBERS = ("integer", "long", "float", "double")
_JSON_TYPES: dict[str, tuple[Any, str]] = {
    "string": (str, "STRING_VALUE"),
    "integer": (int, "NUMBER_VALUE"),
    "long": (int, "NUMBER_VALUE"),
    "float": ((int, float), "NUMBER_VALUE"),
    "double": ((int, float), "NUMBER_VALUE"),
    "boolean": (bool, "TRUE_VALUE"),
    "blob": (str, "STRING_VALUE"),
    "list": (list, "START_ARRAY"),
    "map": (dict, "START_OBJECT"),
    "structure": (dict, "START_OBJECT"),
}


class Api:
    """The operations of Rekognition as botocore describes them."""

    def __init__(self) -> None:
        self.model = ServiceModel(Loader().load_service_model("rekognition", "service-2"), "rekognition")
        self._prefix = f"{self.model.metadata['targetPrefix']}."

    def operation(self, target: str) -> OperationModel:
        """The operation that an X-Amz-Target header names.

        Raises:
            UnknownOperationError: There is none.
        """
        name = target.removeprefix(self._prefix)
        if not target.startswith(self._prefix) or name not in self.model.operation_names:
            raise UnknownOperationError("The requested operation is not known to this service")
        return self.model.operation_model(name)

    def parse(self, operation: OperationModel, body: bytearray) -> dict[str, Any]:
        """Turn a body into the operation's checked parameters: blobs decoded, unknown and null members left out.

        Raises:
            SerializationError: No JSON object, a wrong JSON type, or invalid base64.
            ValidationError: A constraint of the service model is broken.
        """
        try:
            given = json.loads(body or "{}", parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise SerializationError("The request body is not valid JSON") from None
        shape = operation.input_shape
        if shape is None:
            return {}
        parsed: dict[str, Any] = _converted(shape, given)
        if broken := list(_broken(shape, parsed, "")):
            count = f"{len(broken)} validation error{'s' if len(broken) > 1 else ''} detected: "
            raise ValidationError(count + "; ".join(broken))
        return parsed


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _converted(shape: Shape, value: Any) -> Any:
    """The value with its JSON types checked, down to the leaves."""
    python, expected = _JSON_TYPES[shape.type_name]
    if not isinstance(value, python) or (isinstance(value, bool) and shape.type_name != "boolean"):
        raise SerializationError(f"{_token(value)} can not be converted to {shape.name} ({expected} expected)")
    if isinstance(shape, StructureShape):
        return {
            name: _converted(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [_converted(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _converted(shape.value, item) for key, item in value.items()}
    if shape.type_name == "blob":
        try:
            return binascii.a2b_base64(value, strict_mode=True)
        except ValueError:
            raise SerializationError(f"{shape.name} is not valid base64") from None
    return value


def _token(value: object) -> str:
    if value is None:
        return "VALUE_NULL"
    kinds = {bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", str: "STRING_VALUE", list: "START_ARRAY"}
    return kinds.get(type(value), "START_OBJECT")


def _broken(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Every broken constraint, in the words of the service: of a list or map one for all its items."""
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if name not in value:
                yield _sentence("null", _joined(path, name), "Member must not be null")
        for name, item in value.items():
            yield from _broken(shape.members[name], item, _joined(path, name))
        return
    broken = [words for words, keeps in _constraints(shape) if not keeps(value)]
    if isinstance(shape, ListShape):
        broken += _broken_inside("Member", shape.member, value)
    elif isinstance(shape, MapShape):
        broken += _broken_inside("Map keys", shape.key, value.keys())
        broken += _broken_inside("Map value", shape.value, value.values())
    yield from (_sentence(f"'{_shown(value)}'", path, words) for words in broken)


def _broken_inside(which: str, shape: Shape, items: Iterable[Any]) -> Iterator[str]:
    """All constraints of the items, if one of them breaks any."""
    constraints = list(_constraints(shape))
    if not all(keeps(item) for item in items for _, keeps in constraints):
        yield f"{which} must satisfy constraint: [{', '.join(words for words, _ in constraints)}]"


def _constraints(shape: Shape) -> Iterator[tuple[str, Callable[[Any], bool]]]:
    """Each constraint of a shape: the service's words for it, and whether a value keeps it."""
    limits = shape.metadata
    measured, what = (_itself, "value") if shape.type_name in _NUMBERS else (len, "length")
    if (most := limits.get("max")) is not None:
        yield f"Member must have {what} less than or equal to {most}", lambda value: measured(value) <= most
    if (least := limits.get("min")) is not None:
        yield f"Member must have {what} greater than or equal to {least}", lambda value: measured(value) >= least
    if pattern := limits.get("pattern"):
        matches = _compiled(pattern).fullmatch
        yield f"Member must satisfy regular expression pattern: {pattern}", lambda value: matches(value) is not None
    if enum := limits.get("enum"):
        yield f"Member must satisfy enum value set: [{', '.join(enum)}]", enum.__contains__


def _itself(value: Any) -> Any:
    return value


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _joined(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    """The beginning of a value as the service writes it; of an image no more than its size."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, list):
        value = f"[{', '.join(map(str, value[:_SHOWN]))}]"
    elif isinstance(value, dict):
        value = f"{{{', '.join(f'{key}={item}' for key, item in islice(value.items(), _SHOWN))}}}"
    return str(value)[:_SHOWN]


def _sentence(shown: str, path: str, constraint: str) -> str:
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
