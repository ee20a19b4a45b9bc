"""docs/openapi.json: written from the routes, their types and their notes. Not part of any function.

make openapi
"""

import json
import re
import sys
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from domain import errors
from handlers import immediate
from handlers.api import app as api
from handlers.api.documented import Notes, notes_of
from handlers.api.problems import STATUS
from handlers.api.serving import Server

APPS = (api.app, immediate.app)
VERSION = "1.0.0"
DESCRIPTION = """\
Recognizes people on photos. Register people with their consent, send photos by presigned upload, read who is on them.

Every route but `GET /health` needs an **access token** of the user pool. Errors are problem details (RFC 9457) with a
stable `code`. API Gateway itself answers 401 (no valid token), 403, 404 (no such route), 413, 429 (throttled) and 5xx
with bodies of its own, `{"message": "..."}`.
"""
_PROBLEM = "#/components/schemas/Problem"
_GATEWAY_REFUSAL = "API Gateway: no token, or one that is not valid (any more)"
_LINK = {
    "description": 'Where more follow: the next page, as `<?...>; rel="next"`, relative to the address of this one.',
    "schema": {"type": "string"},
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "An error, after RFC 9457. `code` is stable; `title` and `detail` are for people.",
    "required": ["type", "title", "status", "detail", "code", "requestId", "retryable"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "requestId": {"type": "string", "description": "Name it when you report a problem."},
        "retryable": {"type": "boolean", "description": "Whether the very same request may succeed later."},
        "errors": {
            "type": "array",
            "description": "Which fields are not valid, and why.",
            "items": {
                "type": "object",
                "required": ["field", "reason", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "reason", "message")},
            },
        },
    },
}


def document() -> dict[str, Any]:
    """The API as an OpenAPI 3.1 document."""
    described, *others = map(_generated, APPS)
    schemas = described["components"]["schemas"]
    for other in others:
        described["paths"] |= other["paths"]
        schemas |= other["components"]["schemas"]
    for unused in (
        "HTTPValidationError",
        "ResponseValidationError",
        "ValidationError",
    ):  # what Powertools would answer; we answer problems
        schemas.pop(unused, None)
    for schema in schemas.values():
        _tidy(schema)
    schemas["Problem"] = _PROBLEM_SCHEMA
    described["components"]["securitySchemes"] = {
        "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    described["security"] = [{"accessToken": []}]
    described["paths"] = dict(sorted(_paths(described["paths"]).items()))
    return described


def _generated(app: Server) -> dict[str, Any]:
    """What Powertools makes of the routes of one function."""
    generated: dict[str, Any] = json.loads(
        app.get_openapi_json_schema(
            title="Serverless face recognition", version=VERSION, description=DESCRIPTION, openapi_version="3.1.0"
        )
    )
    return generated


def _paths(generated: dict[str, Any]) -> dict[str, Any]:
    for path, method, function in _routes():
        operation = generated[path][method]
        summary, *rest = re.split(r"\.\s+", _paragraphs(function.__doc__ or ""), maxsplit=1)
        operation |= {"operationId": _camel(function.__name__), "summary": _plain(summary), "tags": [_tag(path)]}
        if rest:
            operation["description"] = rest[0]
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _tidy(parameter["schema"])
            parameter["schema"].pop("title", None)
        notes = notes_of(function)
        if notes.takes:
            operation["requestBody"] = {"required": True, "content": {kind: {} for kind in notes.takes}}
        success = operation["responses"].pop("200")
        success["description"] = "Done" if notes.status == HTTPStatus.OK else notes.status.phrase
        if notes.status == HTTPStatus.NO_CONTENT:
            del success["content"]
        if notes.gives:
            page, text = success["content"]["application/json"]["schema"].pop("anyOf")
            success["content"] = {"application/json": {"schema": page}} | {
                kind: {"schema": text} for kind in notes.gives
            }
            success["headers"] = {"Link": _LINK}
        operation["responses"] = {str(notes.status.value): success} | _failures(method, operation, notes)
        if notes.public:
            operation["security"] = []
    return generated


def _tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out what tells nothing: titles made of a field's name, and alternatives where a list of types will do."""
    for name, field in schema.get("properties", {}).items():
        schema["properties"][name] = _tidy(field)
        field.pop("title", None)
    if isinstance(schema.get("items"), dict):
        schema["items"] = _tidy(schema["items"])
    match schema.get("anyOf"):
        case [{"type": str(kind)} as given, {"type": "null"}] if "enum" not in given and "const" not in given:
            del schema["anyOf"]
            schema |= given | {"type": [kind, "null"]}
    return schema


def _failures(method: str, operation: dict[str, Any], notes: Notes) -> dict[str, Any]:
    """The answers to every failure that may come, by status, each with the codes that it may carry."""
    raised = list(notes.raises)
    if not notes.public:
        raised += [errors.AccessTokenRequiredError, errors.ServiceBusyError]
    if method == "post" and not notes.public:
        raised.append(errors.RateLimitedError)
    if "requestBody" in operation:
        raised.append(errors.MalformedRequestError)
        if not notes.takes:
            raised.append(errors.UnsupportedMediaTypeError)
    if "requestBody" in operation or any(one["in"] != "path" for one in operation.get("parameters", ())):
        raised.append(errors.InvalidRequestError)
    codes: dict[str, list[str]] = {"500": ["internal_error"]}
    for error in raised:
        codes.setdefault(str(STATUS[error].value), []).append(error.code)
    answers = {
        status: {
            "description": ", ".join(f"`{code}`" for code in sorted(found)),
            "content": {
                "application/problem+json": {
                    "schema": {
                        "allOf": [{"$ref": _PROBLEM}, {"properties": {"code": {"enum": sorted(found)}}}],
                    }
                }
            },
        }
        for status, found in sorted(codes.items())
    }
    if not notes.public:
        answers["401"] = {"description": _GATEWAY_REFUSAL}
    return dict(sorted(answers.items()))


def _routes() -> Iterator[tuple[str, str, Any]]:
    for app in APPS:
        for route in (*app._static_routes, *app._dynamic_routes):  # noqa: SLF001 - Powertools has no public list
            yield route.openapi_path, route.method.lower(), route.func


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


def _plain(sentence: str) -> str:
    """A summary is shown as it stands: no Markdown, and no full stop."""
    return sentence.rstrip(".").replace("`", "")


def _paragraphs(text: str) -> str:
    """A docstring's paragraphs, each on one line."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _tag(path: str) -> str:
    return path.split("/")[1]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), indent=2, ensure_ascii=False) + "\n")
