"""docs/api/index.html, opened as a file, without a network: it shows the whole API."""

import json
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [
    (method, path, operation) for path, found in DOCUMENT["paths"].items() for method, operation in found.items()
]


@pytest.fixture
def opened(page):
    page.goto((DOCS / "api" / "index.html").as_uri())
    page.locator(".main-content").get_by_text(DOCUMENT["info"]["title"]).wait_for()
    return page


def test_every_operation_is_shown_with_its_answers_and_without_a_complaint(opened, complaints):
    entries = opened.locator(".nav-bar-path")
    listed = ["".join(text.split()) for text in entries.all_inner_texts()]
    for method, path, operation in OPERATIONS:
        entries.nth(listed.index(f"{method.upper()}{path}")).click()
        shown = opened.locator(".main-content")
        shown.get_by_text(operation["summary"], exact=True).wait_for()
        text = shown.inner_text()
        assert f"{method.upper()} {path}" in text
        for parameter in operation.get("parameters", ()):
            assert parameter["name"] in text
        answers = opened.locator('api-response [part~="btn-response-status"]').all_inner_texts()
        assert [answer.strip() for answer in answers] == list(operation["responses"])
    assert complaints == []


def test_every_schema_is_listed(opened, complaints):
    listed = set(opened.locator(".nav-bar-path").all_inner_texts())
    assert set(DOCUMENT["components"]["schemas"]) <= listed
    assert complaints == []
