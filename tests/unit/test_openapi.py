"""docs/openapi.json: valid, complete, and up to date."""

import json
from pathlib import Path

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from domain import errors
from handlers.api.documented import documented, notes_of
from handlers.api.openapi import document

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
OPERATIONS = [
    (method, path, operation) for path, found in document()["paths"].items() for method, operation in found.items()
]


def test_the_committed_document_is_what_the_code_says():
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == document(), "run: make openapi"


def test_it_is_valid_openapi_31():
    assert document()["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document()).validate()


def test_every_operation_has_an_id_of_its_own_and_a_summary():
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(ids)) == len(ids)
    assert all(operation["summary"] for _, _, operation in OPERATIONS)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=lambda value: value if value is str else None)
def test_only_health_is_public_and_all_else_tells_of_401_and_id_tokens(method, path, operation):
    public = operation.get("security") == []
    assert public == (path == "/health")
    assert ("401" in operation["responses"]) != public
    assert ("access_token_required" in json.dumps(operation["responses"])) != public


def test_every_parameter_that_is_not_part_of_the_path_is_described():
    others = [
        (path, parameter["name"], parameter.get("description"))
        for _, path, operation in OPERATIONS
        for parameter in operation.get("parameters", [])
        if parameter["in"] != "path"
    ]
    assert others
    assert [(path, name) for path, name, description in others if not description] == []


def test_every_request_body_has_an_example_that_fits():
    components = document()["components"]
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, _, operation in OPERATIONS
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    assert bodies
    for name in bodies:
        schema = components["schemas"][name]
        assert schema["examples"], name
        for example in schema["examples"]:
            OAS31Validator({"components": components, **schema}).validate(example)


def test_what_may_be_null_is_told_in_one_line_and_no_title_repeats_a_name():
    person = document()["components"]["schemas"]["PersonOut"]["properties"]
    assert person["externalRef"] == {"type": ["string", "null"]}
    assert "title" not in json.dumps([operation.get("parameters") for _, _, operation in OPERATIONS])


def test_a_summary_is_one_plain_sentence():
    assert not [operation["summary"] for _, _, operation in OPERATIONS if set(".`") & set(operation["summary"])]


def test_a_route_that_does_not_say_how_it_fails_is_refused():
    @documented(errors.NotFoundError)
    def noted():
        pass

    assert notes_of(noted).raises == (errors.NotFoundError,)
    with pytest.raises(AttributeError):
        notes_of(lambda: None)
