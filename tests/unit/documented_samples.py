"""Answers of the API as docs/openapi.json describes them, made up."""

import json
from pathlib import Path

import httpx

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, found in DOCUMENT["paths"].items()
    for method, operation in found.items()
}


def success(operation):
    return next((int(status), found) for status, found in operation["responses"].items() if status.startswith("2"))


def answered(operation):
    """An answer as the document describes it."""
    status, found = success(operation)
    if "content" not in found:
        return httpx.Response(status)
    body = sample(found["content"]["application/json"]["schema"])
    return httpx.Response(status, json=body, headers={"etag": '"7"'})


def sample(schema):
    """Something that fits a schema: lists with one of each, nothing null that need not be."""
    if choices := enumerated(schema):
        return choices[0]
    schema = resolved(schema)
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    if kind == "array":
        return [sample(one) for one in schema["items"].get("oneOf", [schema["items"]])]
    if kind == "object":
        made = {name: sample(found) for name, found in schema.get("properties", {}).items()}
        made |= {"url": "https://storage.test/photo"} if "url" in made else {}
        made |= {"key": sample(schema["additionalProperties"])} if "additionalProperties" in schema else {}
        return made | ({"nextCursor": None} if "nextCursor" in made else {})
    if kind == "string":
        return {"date-time": "2026-01-02T03:04:05.678Z", "date": "2026-01-02"}.get(schema.get("format"), "text")
    return {"integer": 1, "number": 0.5, "boolean": True, "null": None}[kind]


def resolved(schema):
    """Behind references, and behind the null that a field may be as well."""
    if "$ref" in schema:
        return resolved(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return resolved(schema["anyOf"][0]) if "anyOf" in schema else schema


def enumerated(schema):
    """What a schema allows, where it lists that."""
    schema = resolved(schema)
    return schema.get("enum") or [schema[key] for key in ("const",) if key in schema]
