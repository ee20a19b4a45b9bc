"""The client has a method for every route of docs/openapi.json, and tells all that the route answers."""

import json
import re
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args, get_origin, get_type_hints

import httpx
import pytest
from openapi_schema_validator import OAS31Validator

import client
from client import lines
from client.decoding import _camel, decode
from client.models import administration, export, people, photos, sightings

from .documented_samples import DOCUMENT, OPERATIONS, answered, enumerated, resolved, sample, success

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONSENT = client.Consent("access control", "2026-01", NOW, datetime(2027, 1, 1, tzinfo=UTC))
SOMEBODY = client.Person("per_1", "Ada", None, "active", 0, NOW, CONSENT, etag='"1"')
PHOTO = b"\xff\xd8\xff photo"

# How each operation is called, with as many of its arguments as go together.
CALLS = {
    "readMe": lambda api: api.me(),
    "createPerson": lambda api: api.register_person("Ada", consent=CONSENT, external_ref="badge-7"),
    "listPeople": lambda api: list(api.people(name_prefix="A", external_ref="badge-7", pending=True)),
    "getPerson": lambda api: api.person("per_1"),
    "patchPerson": lambda api: api.change_person(SOMEBODY, name="Ada King", approve=True, consent=CONSENT),
    "deletePerson": lambda api: api.begin_erasure("per_1"),
    "exportPerson": lambda api: list(api.export("per_1")),
    "getFaces": lambda api: list(api.faces_of("per_1")),
    "deleteFace": lambda api: api.remove_face("per_1", "face-1"),
    "createRegistration": lambda api: api.begin_registration("per_1", content_type="image/jpeg"),
    "getRegistration": lambda api: api.registration("reg_1"),
    "createVerification": lambda api: api.begin_verification("per_1", content_type="image/png"),
    "getVerification": lambda api: api.verification("ver_1"),
    "createRecognition": lambda api: api.begin_recognition(content_type="image/jpeg", faces="largest"),
    "recognizeImmediately": lambda api: api.recognize_now(PHOTO, faces="largest"),
    "getRecognition": lambda api: api.recognition("rec_1"),
    "getRecognitions": lambda api: list(api.recognitions(since=NOW, before=NOW, decision="review", person_id="per_1")),
    "getRecognitionPhoto": lambda api: api.photo_link("rec_1"),
    "reviewRecognizedFace": lambda api: api.review("rec_1", 0, person_id="per_1"),
    "removeRecognition": lambda api: api.delete_recognition("rec_1"),
    "listSightings": lambda api: list(api.visits("per_1", since=NOW, before=NOW, debounce=timedelta(minutes=1))),
    "listAttendance": lambda api: list(
        api.attendance(date(2026, 1, 2), time_zone="Europe/Berlin", debounce=timedelta())
    ),
    "getErasure": lambda api: api.erasure("era_1"),
    "listAudit": lambda api: [*api.audit_of_day(date(2026, 1, 2)), *api.audit_of_person("per_1")],
    "readUsage": lambda api: api.usage("2026-01"),
    "readHealth": lambda api: api.health(),
}

MODELS: dict[str, Any] = {
    name: kind
    for module in (people, export, photos, sightings, administration)
    for name, kind in vars(module).items()
    if is_dataclass(kind) and not name.startswith("_")
}
# What the client calls otherwise than the document.
SCHEMAS = {"Person": "WholePersonOut"}


def test_every_route_has_a_method():
    assert set(CALLS) == set(OPERATIONS), "each operation of docs/openapi.json needs a client method, and a line above"


@pytest.mark.parametrize("operation_id", sorted(CALLS))
def test_a_method_asks_what_is_documented_and_understands_what_is_answered(operation_id):
    method, path, operation = OPERATIONS[operation_id]
    asked = []

    def answer(request):
        asked.append(request)
        return answered(operation)

    with client.FacesClient("https://api.test/v1", token=lambda: "t", network=httpx.MockTransport(answer)) as api:
        told = CALLS[operation_id](api)
    assert asked
    for request in asked:
        assert request.method == method
        assert re.fullmatch("/v1" + re.sub(r"\{\w+\}", "[^/]+", path), request.url.path)
        check_parameters(request, operation)
        check_body(request, operation)
    assert told or "content" not in success(operation)[1]


@pytest.mark.parametrize("operation_id", [name for name in sorted(CALLS) if OPERATIONS[name][0] == "GET"])
def test_every_filter_of_a_read_can_be_given(operation_id):
    asked = set()

    def answer(request):
        asked.update(request.url.params)
        return answered(OPERATIONS[operation_id][2])

    with client.FacesClient("https://api.test/v1", token=lambda: "t", network=httpx.MockTransport(answer)) as api:
        CALLS[operation_id](api)
    documented = {one["name"] for one in OPERATIONS[operation_id][2].get("parameters", ()) if one["in"] == "query"}
    assert asked == documented - {"limit", "cursor"}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_value_holds_all_that_the_document_has(name):
    schema = DOCUMENT["components"]["schemas"][SCHEMAS.get(name, f"{name}Out")]
    held = {_camel(field.name) for field in fields(MODELS[name])} - {"etag"}
    assert held == set(schema["properties"])
    for field, hint in get_type_hints(MODELS[name]).items():
        for choice in [hint, *get_args(hint)]:
            if get_origin(choice) is Literal and field != "kind":
                documented = resolved(schema["properties"][_camel(field)])
                assert set(get_args(choice)) == set(enumerated(documented.get("items", documented))), field


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_value_can_be_written_as_json_and_read_again_and_shown(name):
    value = decode(MODELS[name], sample(DOCUMENT["components"]["schemas"][SCHEMAS.get(name, f"{name}Out")]))
    assert decode(MODELS[name], json.loads(lines.as_json(value))) == value
    assert lines.for_people(value)


def test_no_answer_is_without_a_value():
    pages = {"PeopleOut", "FacesOut", "RecognitionsOut", "AuditOut", "ExportOut", "VisitsOut", "AttendancesOut"}
    answers = {name for name in DOCUMENT["components"]["schemas"] if name.endswith("Out")}
    assert answers - pages == {SCHEMAS.get(name, f"{name}Out") for name in MODELS} | {"PersonOut"}


def check_parameters(request, operation):
    documented = {(one["in"], one["name"].lower()) for one in operation.get("parameters", ())}
    assert {("query", name.lower()) for name in request.url.params} <= documented
    special = {"idempotency-key", "if-match"}
    assert {("header", name) for name in request.headers if name in special} == {
        (where, name) for where, name in documented if name in special
    }


def check_body(request, operation):
    if "requestBody" not in operation:
        assert not request.content
        return
    content = operation["requestBody"]["content"][request.headers["content-type"]]
    if content:
        schema = {"components": DOCUMENT["components"], **content["schema"]}
        OAS31Validator(schema).validate(json.loads(request.content))
