"""Requests are judged by botocore's own model of the service: types, required members, sizes, patterns, enums.

Messages have the form that the service gives them. Rekognition answers a broken constraint with ValidationException and
a wrong JSON type with SerializationException; neither is in the service model, for both are common to AWS's services.
"""

import binascii
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NoReturn

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from local.rekognition.errors import SerializationError, UnknownOperationError, ValidationError

_SHOWN = 120  # characters of a refused value that the message repeats
_JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": r"\s"}  # close enough for the keys and values of tags
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
    """Every broken constraint, in the words of the service."""
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if name not in value:
                yield _sentence(None, _joined(path, name), "Member must not be null")
        for name, item in value.items():
            yield from _broken(shape.members[name], item, _joined(path, name))
    else:
        constraints = (*_size(shape, value), *_pattern(shape, value))
        yield from (_sentence(value, path, constraint) for constraint in constraints)
        if isinstance(shape, ListShape):
            for number, item in enumerate(value, 1):
                yield from _broken(shape.member, item, f"{path}.{number}.member")
        elif isinstance(shape, MapShape):
            for key, item in value.items():
                yield from _broken(shape.key, key, f"{path}.key")
                yield from _broken(shape.value, item, f"{path}.{key}.member")


def _size(shape: Shape, value: Any) -> Iterator[str]:
    measured, what = (len(value), "length") if hasattr(value, "__len__") else (value, "value")
    if "min" in shape.metadata and measured < shape.metadata["min"]:
        yield f"Member must have {what} greater than or equal to {shape.metadata['min']}"
    if "max" in shape.metadata and measured > shape.metadata["max"]:
        yield f"Member must have {what} less than or equal to {shape.metadata['max']}"


def _pattern(shape: Shape, value: Any) -> Iterator[str]:
    pattern, enum = shape.metadata.get("pattern"), shape.metadata.get("enum")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {pattern}"
    if enum and value not in enum:
        yield f"Member must satisfy enum value set: [{', '.join(enum)}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _joined(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _sentence(value: Any, path: str, constraint: str) -> str:
    if value is None:
        shown = "null"
    else:  # of an image no more than its size
        shown = f"'{len(value)} bytes'" if isinstance(value, bytes) else f"'{str(value)[:_SHOWN]}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
