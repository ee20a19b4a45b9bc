"""What a request has to look like, whichever route it is for."""

import pytest

from .conftest import ADA, CONSENT, as_operator


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
