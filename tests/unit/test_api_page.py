"""The API page's files: made from docs/openapi.json, and of the release that they say."""

import base64
import hashlib
import json
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "api"
ABOUT = json.loads((PAGE / "viewer" / "version.json").read_text(encoding="utf-8"))


def test_the_page_shows_the_committed_document():
    script = (PAGE / "openapi.js").read_text(encoding="utf-8")
    document = (PAGE.parent / "openapi.json").read_text(encoding="utf-8")
    assert script == f"window.openapi = {document}", "run: make openapi"


def test_the_viewer_is_the_release_that_it_says_with_its_licences():
    script = (PAGE / "viewer" / f"{ABOUT['name']}.min.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() == ABOUT["sha256"]
    assert script.startswith(f"/*! OpenAPI Explorer {ABOUT['version']} ".encode())
    assert len(base64.b64decode(ABOUT["integrity"].removeprefix("sha512-"))) == 64
    assert "Apache License" in (PAGE / "viewer" / "LICENSE").read_text(encoding="utf-8")
    assert "lit-html" in (PAGE / "viewer" / "THIRD-PARTY.txt").read_text(encoding="utf-8")


def test_the_page_asks_nobody_for_anything():
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.findall(r"(?:https?:)?//[a-z]", re.sub(r"<!--.*?-->", "", page))


def test_no_file_is_too_large_to_be_looked_at_where_it_is_hosted():
    assert all(path.stat().st_size < 1_000_000 for path in PAGE.rglob("*") if path.is_file())
