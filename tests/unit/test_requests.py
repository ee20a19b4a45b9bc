"""What a request has to look like, whichever route it is for."""

import pytest

from adapters.people_table import PeopleTable

from .conftest import ADA, CONSENT, as_admin, as_operator


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"]
)
def test_a_body_that_is_no_json_is_refused(call, content_type):
    status, problem, _ = as_operator(call)("POST", "/people", ADA, headers={"content-type": content_type})
    assert (status, problem["code"]) == (415, "unsupported_media_type")


def test_json_may_be_named_with_its_charset(call):
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert as_operator(call)("POST", "/people", ADA, headers=headers)[0] == 201


@pytest.mark.parametrize("time", [0.5, 1_700_000_000, "1700000000", "2026-01-02", "0.5", "2026-01-02T03:04"])
def test_a_time_is_a_text_with_day_time_and_zone(call, time):
    body = ADA | {"consent": CONSENT | {"givenAt": time}}
    assert as_operator(call)("POST", "/people", body)[1]["code"] == "invalid_request"
    assert call("GET", "/recognitions", query={"from": str(time)})[1]["code"] == "invalid_request"


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_time_that_is_outside_of_the_calendar_in_utc_is_none(call, time):
    body = ADA | {"consent": CONSENT | {"givenAt": time}}
    assert as_operator(call)("POST", "/people", body)[1]["code"] == "invalid_request"
    assert call("GET", "/recognitions", query={"to": time})[1]["code"] == "invalid_request"


@pytest.mark.parametrize(
    "raw", ["[" * 100_000, '{"name": ' + "1" * 5000 + "}", '{"a": ' * 50_000], ids=["deep", "long number", "deeper"]
)
def test_json_that_the_parser_gives_up_on_is_malformed(call, raw):
    status, problem, _ = as_operator(call)("POST", "/people", raw=raw)
    assert (status, problem["code"]) == (400, "malformed_request")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/people/{}"),
        ("GET", "/people/{}/faces"),
        ("GET", "/people/{}/export"),
        ("GET", "/people/{}/sightings"),
        ("DELETE", "/people/{}"),
        ("POST", "/people/{}/faces"),
    ],
)
def test_an_id_that_is_none_is_not_looked_up(call, monkeypatch, method, path):
    monkeypatch.setattr(PeopleTable, "get", None)  # the longest would fail there: a key has 2,048 bytes at most
    body = {"contentType": "image/jpeg"} if method == "POST" else None
    status, problem, _ = call(method, path.format("p" * 3000), body, groups="[admin operator]")
    assert (status, problem["code"]) == (404, "not_found")


def test_an_id_of_a_face_that_is_none_is_refused(call, cloud):
    path = f"/people/{cloud.person().id}/faces/{'f' * 3000}"
    assert as_operator(call)("DELETE", path)[1]["code"] == "invalid_request"


def test_what_is_no_id_does_not_get_into_the_audit(call):
    assert as_admin(call)("GET", "/audit", query={"personId": "Ada Lovelace"})[1]["code"] == "invalid_request"


def test_no_cursor_leads_into_a_list_of_one_page(call):
    query = {"externalRef": "badge-7", "cursor": "x"}
    assert as_operator(call)("GET", "/people", query=query)[1]["code"] == "invalid_cursor"


def test_letters_of_a_name_may_be_joined_but_a_name_can_be_seen(call):
    assert as_operator(call)("POST", "/people", ADA | {"name": "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"})[0] == 201
    for name in ("\u200c\u200d", "Ada\u200b", "Ada\u202e"):
        assert as_operator(call)("POST", "/people", ADA | {"name": name})[1]["code"] == "invalid_request"


def test_a_time_is_taken_as_it_is_kept_so_that_sending_it_again_changes_nothing(call):
    consent = CONSENT | {"givenAt": "2026-01-02T04:04:05.123456+01:00"}
    made = as_operator(call)("POST", "/people", ADA | {"consent": consent})[1]
    assert made["consent"]["givenAt"] == "2026-01-02T03:04:05.123Z"
    _, again, headers = as_operator(call)(
        "PATCH", f"/people/{made['id']}", {"consent": consent}, headers={"if-match": "*"}
    )
    assert (len(again["consentHistory"]), headers["etag"]) == (1, '"1"')
