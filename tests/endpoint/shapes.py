"""Is an answer what botocore's model of the service says? Stricter than the SDK, which drops what it does not know."""

import json
import math
import re

from botocore.loaders import Loader
from botocore.model import ServiceModel

MODEL = ServiceModel(Loader().load_service_model("rekognition", "service-2"), "rekognition")
# Common to AWS's JSON services, so in no service's model.
COMMON_ERRORS = {"ValidationException", "SerializationException", "UnknownOperationException"}
PYTHON = {"string": str, "integer": int, "long": int, "boolean": bool, "list": list, "structure": dict, "map": dict}


def problems(shape, value, path="$"):
    """Every difference between a JSON value and its shape."""
    if shape.type_name in ("float", "double", "timestamp"):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return [f"{path}: not a finite number: {value!r}"]
    elif not isinstance(value, PYTHON[shape.type_name]) or (isinstance(value, bool) and shape.type_name != "boolean"):
        return [f"{path}: not a {shape.type_name}: {value!r}"]
    found = [f"{path}: {rule}" for rule in _broken(shape, value)]
    if shape.type_name == "structure":
        found += [f"{path}: unknown member {name}" for name in value if name not in shape.members]
        found += [f"{path}: {name} is missing" for name in shape.required_members if name not in value]
        for name in value.keys() & shape.members.keys():
            found += problems(shape.members[name], value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for number, item in enumerate(value):
            found += problems(shape.member, item, f"{path}[{number}]")
    return found


def _broken(shape, value):
    limits, size = shape.metadata, len(value) if hasattr(value, "__len__") else value
    # DeletedFaces shares its shape, and with it the least length of one, with DeleteFaces' request.
    if "min" in limits and size < limits["min"] and shape.name != "FaceIdList":
        yield f"below {limits['min']}"
    if "max" in limits and size > limits["max"]:
        yield f"above {limits['max']}"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        yield f"does not match {limits['pattern']}"
    if "enum" in limits and value not in limits["enum"]:
        yield f"is none of {limits['enum']}"


def check_response(operation_model, response_dict, **_):
    """A botocore hook: look at the raw answer before the SDK parses it."""
    body = json.loads(response_dict["body"])
    assert response_dict["headers"]["content-type"] == "application/x-amz-json-1.1"
    if response_dict["status_code"] == 200:
        assert problems(operation_model.output_shape, body) == []
    else:
        assert response_dict["status_code"] == 400, body
        assert body["__type"] in COMMON_ERRORS | {shape.name for shape in operation_model.error_shapes}, body
        assert body["Message"]
