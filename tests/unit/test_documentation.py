"""What the documentation names is there: routes, files, headings, commands."""

import json
import re
from fnmatch import fnmatch
from http import HTTPStatus
from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest

from client import FacesClient
from domain.photos import Call
from domain.prices import PRICES
from handlers.api.problems import STATUS
from tools.files import ROOT, tracked

from .data_model import strangers

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
PAGES = [file for file in tracked() if file.endswith(".md") and not file.startswith("docs/api/")]


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def without_code(page):
    return re.sub(r"^```.*?^```", "", text_of(page), flags=re.DOTALL | re.MULTILINE)


def test_the_route_table_of_the_readme_is_the_api():
    listed = {}
    for method, path, query in re.findall(r"^\| `([A-Z]+) (/[^?`]*)\??([^`]*)` \|", text_of("README.md"), re.MULTILINE):
        listed[method, re.sub(r"\{\w+\}", "{}", path)] = set(query.split("&")) - {""}
    documented = {}
    for path, found in DOCUMENT["paths"].items():
        for method, operation in found.items():
            names = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
            documented[method.upper(), re.sub(r"\{\w+\}", "{}", path)] = names
    assert listed == documented


def test_the_guide_for_clients_lists_every_code_with_its_status():
    known = {"internal_error": HTTPStatus.INTERNAL_SERVER_ERROR} | {
        kind.code: status for kind, status in STATUS.items()
    }
    listed = re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", text_of("docs/guide-clients.md"), re.MULTILINE)
    assert sorted(listed) == sorted((code, str(status.value)) for code, status in known.items())


def test_the_guide_for_clients_names_every_method_of_the_client():
    named = set(re.findall(r"`([a-z_]+)(?:\.\.\.)?`", text_of("docs/guide-clients.md")))
    methods = {name for name in dir(FacesClient) if not name.startswith("_")}
    kinds = ("begin_", "wait_for_")
    assert {next((kind for kind in kinds if name.startswith(kind)), name) for name in methods} <= named


def test_the_readme_tells_what_rekognition_costs_by_the_list_of_prices():
    told = re.search(
        r"Per 1,000 photos with one face.*?about (\d+) dollar for Rekognition", text_of("README.md"), re.DOTALL
    )
    assert told
    assert int(told[1]) == PRICES.dollars({Call.SEARCH: 1000})


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_something(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(page)):
        if re.match(r"https?:|mailto:", link):
            continue
        file, _, heading = unquote(link).partition("#")
        target = (ROOT / page).parent / file if file else ROOT / page
        assert target.exists(), link
        if heading:
            assert heading in {anchor(one) for one in re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)}, link


def anchor(heading):
    """As GitHub makes them."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page):
    files = tracked()
    known = {*files, *(str(parent) for file in files for parent in PurePosixPath(file).parents)}
    folders = {file.partition("/")[0] for file in files if "/" in file}
    for name in re.findall(r"`([\w.*-]+/[\w./*-]*)`", without_code(page)):
        if name.partition("/")[0] in folders:
            assert [one for one in known if fnmatch(one, name.rstrip("/"))], name


def test_every_page_of_docs_is_linked_from_the_readme_or_the_list_of_decisions():
    linked = set(re.findall(r"\]\(([\w/.-]+\.md)", text_of("README.md")))
    decisions = {
        f"docs/decisions/{name}"
        for name in re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", text_of("docs/decisions/README.md"))
    }
    assert {page for page in PAGES if page.startswith("docs/")} <= linked | decisions


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_is_named_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = re.findall(r"(?:^\$ |`)(?:[A-Z]+=\S+ )*make ([a-z][a-z-]*)", text_of(page), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"pk": "P#per_1", "sk": "VOICE#1"}, "P#per_1 VOICE#1 is not listed"),
        ({"pk": "P#per_1", "sk": "A", "id": "per_1", "mood": "good"}, "person: mood"),
        ({"pk": "P#per_1", "sk": "A", "gsi1pk": "DUE", "gsi1sk": "1"}, "person: in the index as ('DUE', '1')"),
        ({"pk": "P#per_1", "sk": "A", "gsi1pk": "PEOPLE", "gsi1sk": "ada#per_1"}, None),
    ],
)
def test_an_item_of_which_the_data_model_does_not_tell_would_be_found(item, told):
    assert strangers([item]) == ([told] if told else [])
