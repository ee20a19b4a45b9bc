"""The access log, written by the local AWS in the format that the stage of the deployed API asks for."""

import base64
import json

import httpx
import pytest

from tests.e2e.support import CONSENT, eventually

FIELDS = {
    "requestId",
    "time",
    "route",
    "status",
    "sub",
    "latencyMs",
    "integrationLatencyMs",
    "responseBytes",
    "error",
    "integrationError",
    "authorizerError",
}


@pytest.fixture
def line_of(deployed):
    """The one line about a request, by the header in which its answer names it."""
    log = deployed.cloud.logs / "access.log"

    def line_of(answer):
        wanted = answer.headers["apigw-requestid"]
        found = eventually(lambda: [line for line in log.read_text().splitlines() if wanted in line], bool)
        [line] = map(json.loads, found)
        assert set(line) == FIELDS
        assert line.pop("requestId") == wanted
        assert 0 <= int(line.pop("latencyMs")) < 60_000
        assert int(line.pop("time")) > 1_700_000_000_000
        return line

    return line_of


def test_an_answered_request_is_one_line_with_its_route_and_who_asked(deployed, operator, line_of):
    person = operator.register_person("Hedy Lamarr", consent=CONSENT, external_ref="access-log-lamarr").id
    token = deployed.session("operator").access_token()
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    answer = httpx.get(f"{deployed.url}/people/{person}?name=Hedy+Lamarr", headers={"authorization": f"Bearer {token}"})
    assert answer.json()["name"] == "Hedy Lamarr"
    line = line_of(answer)
    assert 0 < int(line.pop("integrationLatencyMs")) < 60_000
    assert line == {
        "route": "GET /people/{id}",
        "status": "200",
        "sub": claims["sub"],
        "responseBytes": str(len(answer.content)),
        "error": "-",
        "integrationError": "-",
        "authorizerError": "-",
    }


def test_what_a_function_refuses_is_no_error_of_the_gateway(deployed, user, line_of):
    token = deployed.session("user").access_token()
    answer = httpx.get(f"{deployed.url}/recognitions/rec_nothing", headers={"authorization": f"Bearer {token}"})
    line = line_of(answer)
    assert (line["status"], line["error"]) == ("404", "-")
    # The same id leads to the function's lines.
    functions = [log.read_text() for log in (deployed.cloud.logs / "functions").glob(f"{deployed.stack}-Requests*")]
    assert any(f'"request_id":"{answer.json()["requestId"]}"' in text for text in functions)
    assert answer.json()["requestId"] == answer.headers["apigw-requestid"]


@pytest.mark.parametrize("token", ["nonsense", None])
def test_a_refused_token_is_one_line_without_a_caller_or_the_token(deployed, line_of, token):
    token = token or deployed.session("user").access_token()[:-9] + "tampered_"
    answer = httpx.get(f"{deployed.url}/people/per_nobody", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    line = line_of(answer)
    assert (line["route"], line["status"], line["sub"]) == ("GET /people/{id}", "401", "-")
    assert (line["error"], line["integrationLatencyMs"]) == ("UNAUTHORIZED", "-")


def test_an_unknown_route_is_one_line_without_its_path(deployed, line_of):
    answer = httpx.get(f"{deployed.url}/Hedy/Lamarr?name=Hedy")
    assert answer.status_code == 404
    line = line_of(answer)
    assert (line["route"], line["status"], line["sub"]) == ("-", "404", "-")
    assert "Hedy" not in json.dumps(line)


def test_each_request_is_logged_once(deployed, user):
    log = deployed.cloud.logs / "access.log"
    before = log.read_text().count("\n")
    for _ in range(5):
        user.me()
    assert eventually(lambda: log.read_text().count("\n") - before, lambda more: more >= 5) == 5
