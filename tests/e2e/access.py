"""Who may do what: the expected answers to every route, as data. `test_access` asks for every cell of it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8"))
ROUTES = [f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods]

ROLES = ("user", "operator", "admin")
OWNERSHIPS = ("own", "a stranger's", "not there")


def operation(route: str) -> dict[str, Any]:
    """What the document says of a route."""
    method, path = route.split(" ")
    return dict(DOCUMENT["paths"][path][method.lower()])


@dataclass(frozen=True)
class Row:
    """The statuses that each role gets with a good token.

    Three for a route that names a thing: for one's own, for a stranger's, and where there is none; one for any other.
    """

    user: str
    operator: str
    admin: str

    def status(self, role: str, ownership: str) -> int:
        """What `role` gets."""
        statuses = getattr(self, role).split()
        return int(statuses[OWNERSHIPS.index(ownership)] if len(statuses) > 1 else statuses[0])


PUBLIC = ("GET /health",)

# The order is the one in which they are asked for: what deletes comes last, people last of all.
TABLE = {
    "GET /health": Row("200", "200", "200"),
    "GET /me": Row("200", "200", "200"),
    "GET /audit": Row("403", "403", "200"),
    "GET /usage": Row("403", "403", "200"),
    "GET /people": Row("403", "200", "200"),
    # A user registers themself, once, and these users are registered already.
    "POST /people": Row("409", "201", "201"),
    "GET /people/{person_id}": Row("200 404 404", "200 200 404", "200 200 404"),
    "GET /people/{person_id}/faces": Row("200 404 404", "200 200 404", "200 200 404"),
    "GET /people/{person_id}/export": Row("200 404 404", "200 403 404", "200 200 404"),
    # What a user may know of themself is in their export.
    "GET /people/{person_id}/sightings": Row("403 403 403", "200 200 404", "200 200 404"),
    "GET /attendance": Row("403", "200", "200"),
    "PATCH /people/{person_id}": Row("200 404 404", "200 200 404", "200 200 404"),
    "POST /people/{person_id}/faces": Row("201 404 404", "201 201 404", "201 201 404"),
    "POST /people/{person_id}/verifications": Row("201 404 404", "201 201 404", "201 201 404"),
    "GET /registrations/{registration_id}": Row("200 404 404", "200 200 404", "200 200 404"),
    "GET /verifications/{verification_id}": Row("200 404 404", "200 200 404", "200 200 404"),
    "GET /erasures/{erasure_id}": Row("200 404 404", "200 404 404", "200 200 404"),
    "POST /recognitions": Row("201", "201", "201"),
    "POST /recognitions/immediate": Row("200", "200", "200"),
    "GET /recognitions": Row("200", "200", "200"),
    "GET /recognitions/{recognition_id}": Row("200 404 404", "200 200 404", "200 200 404"),
    "GET /recognitions/{recognition_id}/photo": Row("200 404 404", "200 200 404", "200 200 404"),
    # Whether there is one is not even looked up for those who may not decide.
    "POST /recognitions/{recognition_id}/faces/{n}/review": Row("403 403 403", "200 200 404", "200 200 404"),
    "DELETE /recognitions/{recognition_id}": Row("204 404 404", "204 204 404", "204 204 404"),
    "DELETE /people/{person_id}/faces/{face_id}": Row("204 404 404", "204 204 404", "204 204 404"),
    # An operator may know who is registered, and so may be told that this is not theirs to do.
    "DELETE /people/{person_id}": Row("202 404 404", "202 403 403", "202 202 404"),
}

# Requests that would do something if they were let through.
CONSENT = {"purpose": "test", "textVersion": "1", "givenAt": "2026-01-01T00:00:00Z"}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "GET /audit": {"params": {"day": "2026-01-01"}},
    "GET /attendance": {"params": {"date": "2026-01-01"}},
    "POST /people": {"json": {"name": "Somebody New", "consent": CONSENT}},
    "PATCH /people/{person_id}": {"json": {"name": "Somebody Else"}, "headers": {"if-match": "*"}},
    "POST /people/{person_id}/faces": {"json": {"contentType": "image/jpeg"}},
    "POST /people/{person_id}/verifications": {"json": {"contentType": "image/jpeg"}},
    "POST /recognitions": {"json": {"contentType": "image/jpeg"}},
    "POST /recognitions/{recognition_id}/faces/{n}/review": {"json": {"decision": "unknown"}},
}
