"""The API, asked for what it must not do: each time the refusal, its code, and that nothing has changed."""

import base64
import io
import itertools
import json
import re
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from tests.e2e.access import ARGUMENTS, ROUTES, operation
from tests.e2e.access import CONSENT as CONSENT_JSON
from tests.e2e.state import Holdings, changes
from tests.e2e.support import CONSENT, eventually, unused_ulid

REFUSED = 400  # and above
BODIES = [route for route in ROUTES if "application/json" in operation(route).get("requestBody", {}).get("content", {})]
# What a client may try to smuggle into any body.
SMUGGLED = {
    "sub": "somebody",
    "owner": "somebody",
    "by": "somebody",
    "roles": ["admin"],
    "cognito:groups": ["admin"],
    "personStatus": "active",
    "faceIds": ["f"],
    "__proto__": {"admin": True},
}
ODD_TEXTS = [
    "Robert'); DROP TABLE people;--",
    '{"$ne": null}',
    "${jndi:ldap://localhost/a}",
    "{{7*7}}{% raw %}",
    "<script>alert(1)</script>",
    "P#per_x#A",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "%00%0a",
    "Zoë 王小明 \U0001f600",
]
IN_ADDRESSES = ["P#per_x#A", "../../etc/passwd", "%00%0a", "Zo\u00eb \u202e\U0001f600", "a\n\r\0\x1b\u2028b"]
CONTROLS = ["a\nb", "a\rb", "a\0b", "a\x1b[31mb", "a\u2028b", "a\u202eb", "a\u200bb"]


@pytest.fixture(scope="module")
def holdings(deployed):
    holdings = Holdings(deployed)
    for name in ("admin", "operator", "user", "stranger"):
        deployed.session(name)  # signed up before anything is compared
    holdings.settled()
    return holdings


@pytest.fixture
def unchanged(holdings):
    """Asked for by a test of which no request may change anything."""
    before = holdings.state()
    yield
    assert changes(before, holdings.state()) == []


@pytest.fixture
def send(deployed):
    """Send a request as somebody; the answer, whatever it is."""
    with httpx.Client(base_url=deployed.url) as api:

        def send(name, method, path, **arguments):
            headers = {"authorization": f"Bearer {deployed.session(name).access_token()}"}
            return api.request(method, path, **(arguments | {"headers": headers | arguments.get("headers", {})}))

        yield send


def code(answer):
    return answer.status_code, answer.json()["code"]


CURSORS = {"namePrefix": "Cursor", "limit": 1}


@pytest.fixture(scope="module")
def cursor(deployed):
    with deployed.client("operator") as operator:
        for n in range(2):
            operator.register_person(f"Cursor {n}", consent=CONSENT)
        return operator.call("GET", "/people", params=CURSORS)["nextCursor"]


def test_a_cursor_opens_for_its_owner_and_its_list_alone(send, cursor, unchanged):
    query = CURSORS
    sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    forged = [
        base64.urlsafe_b64encode(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]).decode().rstrip("=")
        for at in (0, 15, 16, len(sealed) - 1)
    ]
    for bad in [*forged, cursor[:-4], cursor + "AAAA", "x", base64.urlsafe_b64encode(b'{"pk": "P#1"}').decode()]:
        assert code(send("operator", "GET", "/people", params=query | {"cursor": bad})) == (400, "invalid_cursor"), bad
    assert code(send("admin", "GET", "/people", params=query | {"cursor": cursor})) == (400, "invalid_cursor")
    assert code(send("operator", "GET", "/people", params={"cursor": cursor})) == (400, "invalid_cursor")
    assert code(send("operator", "GET", "/recognitions", params={"cursor": cursor})) == (400, "invalid_cursor")
    assert code(send("user", "GET", "/recognitions", params={"cursor": cursor})) == (400, "invalid_cursor")


def test_odd_texts_are_kept_as_they_are_and_find_nobody_else(send, operator):
    for text in ODD_TEXTS:
        reference = f"{text} {unused_ulid()}"
        consent = CONSENT_JSON | {"purpose": text, "textVersion": text}
        made = send("operator", "POST", "/people", json={"name": text, "externalRef": reference, "consent": consent})
        assert made.status_code == 201, made.text
        kept = operator.call("GET", f"/people/{made.json()['id']}")
        assert (kept["name"], kept["externalRef"]) == (text, reference)
        assert (kept["consent"]["purpose"], kept["consent"]["textVersion"]) == (text, text)
        assert [found.id for found in operator.people(external_ref=reference)] == [kept["id"]]
        assert {found.name for found in operator.people(name_prefix=text)} == {text}


def test_control_characters_are_refused_in_every_text(send, unchanged):
    body = {"name": "Ada", "externalRef": "a", "consent": CONSENT_JSON}
    for text in CONTROLS:
        for spoilt in (
            body | {"name": text},
            body | {"externalRef": text},
            body | {"consent": CONSENT_JSON | {"purpose": text}},
            body | {"consent": CONSENT_JSON | {"textVersion": text}},
        ):
            assert code(send("operator", "POST", "/people", json=spoilt)) == (422, "invalid_request"), spoilt


def named(route):
    return re.findall(r"{(\w+)}", route)


def queried(route):
    return [one["name"] for one in operation(route).get("parameters", ()) if one["in"] == "query"]


def test_odd_texts_in_path_and_query_find_nothing_and_break_nothing(send, unchanged):
    for route, text in itertools.product(ROUTES, IN_ADDRESSES):
        method, path = route.split(" ")
        for name in named(route):
            names = dict.fromkeys(named(route), f"per_{unused_ulid()}") | {name: quote(text, safe="")}
            answer = send("user", method, path.format(**names), **ARGUMENTS.get(route, {}))
            assert answer.status_code in {403, 404, 422}, (route, name, text, answer.text)
        for name in queried(route):
            answer = send("user", method, path.format(**dict.fromkeys(named(route), "per_1")), params={name: text})
            assert answer.status_code < 500, (route, name, text, answer.text)
            assert answer.status_code >= REFUSED or not answer.json().get("items"), (route, name, text, answer.text)


def test_unknown_fields_of_a_body_are_refused(send, unchanged):
    for route, (name, value) in itertools.product(BODIES, SMUGGLED.items()):
        method, path = route.split(" ")
        path, body = re.sub(r"{\w+}", "0", path), ARGUMENTS[route]["json"] | {name: value}
        answer = send("operator", method, path, json=body, headers={"if-match": "*"})
        assert code(answer) == (422, "invalid_request"), (route, name, answer.text)
        assert [error["reason"] for error in answer.json()["errors"]] == ["extra_forbidden"]


def test_a_consent_cannot_be_dated_or_signed_at_will(send, unchanged):
    for change in (
        {"givenAt": "2030-01-01T00:00:00Z"},
        {"expiresAt": "2026-01-02T00:00:00Z"},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"withdrawnAt": None},
        {"by": "somebody else"},
        {"givenAt": "yesterday"},
        {"givenAt": 1_700_000_000},
    ):
        body = {"name": "Ada", "consent": CONSENT_JSON | change}
        assert code(send("operator", "POST", "/people", json=body)) == (422, "invalid_request"), change


def test_nobody_consents_for_another(send, obama, unchanged):
    for change in ({"consent": CONSENT_JSON}, {"withdrawConsent": True}, {"status": "active"}, {"name": "Eve"}):
        answer = send("user", "PATCH", f"/people/{obama}", json=change, headers={"if-match": "*"})
        assert code(answer) == (404, "not_found")


def test_who_has_entered_a_consent_is_told_by_the_token(send, operator):
    for name in ("operator", "admin"):
        person = send(name, "POST", "/people", json={"name": "Ada", "consent": CONSENT_JSON}).json()["id"]
        [entry] = operator.call("GET", f"/people/{person}")["consentHistory"]
        assert entry["by"] == send(name, "GET", "/me").json()["sub"]


def test_a_reference_is_not_claimed_by_a_plain_user(send, unchanged):
    body = {"name": "Eve", "externalRef": "badge-1", "consent": CONSENT_JSON}
    assert code(send("user", "POST", "/people", json=body)) == (422, "invalid_request")


def test_the_idempotency_key_of_another_user_is_another_key(send):
    request = {"json": {"contentType": "image/jpeg"}, "headers": {"idempotency-key": unused_ulid()}}
    theirs, again, mine = (send(name, "POST", "/recognitions", **request) for name in ("stranger", "stranger", "user"))
    assert theirs.json()["id"] == again.json()["id"] != mine.json()["id"]
    path = f"/recognitions/{theirs.json()['id']}"
    assert code(send("user", "GET", path)) == (404, "not_found")


def test_an_idempotency_key_that_is_used_for_something_else_is_refused(send, holdings):
    key = {"idempotency-key": unused_ulid()}
    assert send("user", "POST", "/recognitions", json={"contentType": "image/jpeg"}, headers=key).is_success
    before = holdings.state()
    answer = send("user", "POST", "/recognitions", json={"contentType": "image/png"}, headers=key)
    assert code(answer) == (422, "idempotency_key_reused")
    assert changes(before, holdings.state()) == []


def test_a_plain_user_does_not_learn_whom_a_photo_shows(user, send, samples, obama):
    seen = user.recognize_now((samples / "obama-2012.jpg").read_bytes())
    told = send("user", "GET", f"/recognitions/{seen.id}").text + send("user", "GET", "/recognitions").text
    assert obama not in told
    assert "Obama" not in told
    for query in ({"personId": obama}, {"personId": obama, "decision": "matched"}):
        assert send("user", "GET", "/recognitions", params=query).json()["items"] == []
    for query in ({"namePrefix": "Bar"}, {"externalRef": "badge-7"}):
        assert code(send("user", "GET", "/people", params=query)) == (403, "forbidden")


@pytest.fixture
def own(user):
    """The id of a recognition of the user's own."""
    return user.begin_recognition(content_type="image/jpeg").id


def test_ids_beside_a_known_one_lead_nowhere(send, own, unchanged):
    for letter, prefix in itertools.product("0123456789YZ", ("rec", "reg", "ver")):
        near = f"{prefix}_{own[4:-1]}{letter}"
        if near != own:
            kind = {"rec": "recognitions", "reg": "registrations", "ver": "verifications"}[prefix]
            assert code(send("user", "GET", f"/{kind}/{near}")) == (404, "not_found")


def test_a_thing_is_not_found_under_another_kind(send, own, obama, unchanged):
    for path in (f"/registrations/{own}", f"/verifications/{own}", f"/erasures/{own}", f"/people/{own}"):
        assert code(send("operator", "GET", path)) == (404, "not_found"), path
    assert code(send("operator", "GET", f"/recognitions/{obama}")) == (404, "not_found")


def test_another_method_is_not_smuggled_in(send, operator, obama, unchanged):
    for header in ("x-http-method-override", "x-http-method", "x-method-override"):
        answer = send("operator", "GET", "/people/per_1", headers={header: "DELETE"})
        assert code(answer) == (404, "not_found")
    for method, path in (("PUT", f"/people/{obama}"), ("DELETE", "/people"), ("POST", "/me"), ("GET", "//people")):
        assert send("operator", method, path).status_code in {404, 405}, (method, path)


def test_claims_are_not_read_from_the_request(send, unchanged):
    claims = json.dumps({"sub": "x", "token_use": "access", "cognito:groups": "[admin]"})
    headers = {"x-amzn-oidc-data": claims, "x-authorizer-claims": claims}
    assert code(send("user", "GET", "/usage", headers=headers)) == (403, "forbidden")
    assert code(send("user", "GET", "/usage?cognito:groups=admin&access_token=admin", headers=headers)) == (
        403,
        "forbidden",
    )


def test_lines_cannot_be_forged_in_the_log(deployed, send):
    forged = '{"level": "ERROR", "message": "forged"}'
    line = quote(f"\n{forged}\n", safe="")
    send("user", "GET", f"/recognitions/{line}")
    send("user", "GET", f"/recognitions?cursor={line}")
    send("user", "POST", "/recognitions", content=f"\n{forged}\n", headers={"content-type": "application/json"})
    send("user", "POST", "/recognitions", json={"contentType": f"\n{forged}"}, headers={"user-agent": forged})
    answered = eventually(
        lambda: [path.read_text() for path in (deployed.cloud.logs / "functions").glob("*Requests*")], bool
    )
    assert not [line for log in answered for line in log.splitlines() if line.strip() == forged]


def test_an_image_that_unfolds_to_gigabytes_costs_nothing(send):
    bomb = io.BytesIO()
    Image.new("1", (16_000, 16_000)).save(bomb, "PNG")  # of one colour: 30 KB; decoded for a search 768 MB
    answer = send(
        "user", "POST", "/recognitions/immediate", content=bomb.getvalue(), headers={"content-type": "image/png"}
    )
    assert code(answer) == (413, "image_too_large")
    assert send("user", "GET", "/me").is_success
