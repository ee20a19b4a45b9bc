"""Sessions of the client: when a token is renewed, and how it is told that it cannot be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest
from botocore.exceptions import ClientError

import client
from client.sessions import Session, UserPool, sign_in

POOL = UserPool("us-east-1_abc", "client-1", endpoint_url="http://127.0.0.1:1")  # where nobody listens


class Cognito:
    """Answers each request for tokens with the next one, or with a refusal."""

    def __init__(self, refusal=None):
        self.refusal, self.asked = refusal, []

    def initiate_auth(self, **arguments):
        self.asked.append(arguments["AuthParameters"]["REFRESH_TOKEN"])
        threading.Event().wait(0.01)  # seconds, in which another thread may come in between
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": "said"}}, "InitiateAuth")
        number = len(self.asked)
        tokens = {"AccessToken": f"access-{number}", "IdToken": "id", "RefreshToken": f"refresh-{number}"}
        return {"AuthenticationResult": tokens | {"ExpiresIn": 900}}


@pytest.fixture
def session(monkeypatch):
    """Makes a session at a user pool."""

    def make(cognito):
        monkeypatch.setattr(UserPool, "client", lambda _: cognito)
        return Session(POOL, refresh_token="refresh-0")

    return make


@pytest.fixture
def clock(monkeypatch):
    """The two clocks of a machine."""
    clock = SimpleNamespace(up=1000.0, now=1_800_000_000.0)
    clocks = SimpleNamespace(monotonic=lambda: clock.up, time=lambda: clock.now)
    monkeypatch.setattr("client.sessions.time", clocks)
    return clock


def test_a_token_is_kept_until_it_is_about_to_expire(session, clock):
    cognito = Cognito()
    somebody = session(cognito)
    assert [somebody.access_token(), somebody.access_token()] == ["access-1"] * 2
    clock.up, clock.now = clock.up + 841, clock.now + 841
    assert somebody.access_token() == "access-2"
    assert cognito.asked == ["refresh-0", "refresh-1"]
    assert somebody.refresh_token == "refresh-2"


def test_threads_share_one_renewal(session, clock):
    cognito = Cognito()
    somebody = session(cognito)
    together = threading.Barrier(8)

    def ask(_):
        together.wait()
        return somebody.access_token()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"access-1"}
    assert cognito.asked == ["refresh-0"]


def test_a_token_is_renewed_after_the_machine_has_slept(session, clock):
    somebody = session(Cognito())
    assert somebody.access_token() == "access-1"
    clock.now += 3600
    assert somebody.access_token() == "access-2"


def test_a_token_is_renewed_though_the_clock_was_set_back(session, clock):
    somebody = session(Cognito())
    assert somebody.access_token() == "access-1"
    clock.up, clock.now = clock.up + 900, clock.now - 86400
    assert somebody.access_token() == "access-2"


@pytest.mark.parametrize(
    ("refusal", "retryable"), [("NotAuthorizedException", False), ("TooManyRequestsException", True)]
)
def test_a_refusal_of_the_pool_tells_whether_it_passes(session, refusal, retryable):
    with pytest.raises(client.SignInError, match="said") as refused:
        session(Cognito(refusal)).access_token()
    assert refused.value.retryable is retryable


def test_a_pool_that_is_busy_is_asked_again_before_the_request(session, monkeypatch):
    cognito = Cognito("TooManyRequestsException")
    # It is no longer busy after the first wait.
    monkeypatch.setattr("client.transport.time.sleep", lambda _: setattr(cognito, "refusal", None))
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json={"status": "ok"}))
    api = client.FacesClient("https://api.test", token=session(cognito).access_token, network=answer)
    assert api.health().status == "ok"
    assert cognito.asked == ["refresh-0", "refresh-0"]


def test_a_pool_that_nobody_answers_for_is_an_error_of_the_client():
    ended = Session(POOL, refresh_token="refresh-0")
    for ask in (ended.access_token, ended.end, lambda: sign_in(POOL, email="me@example.com", password="secret")):
        with pytest.raises(client.SignInError, match="the user pool gave no answer") as failed:
            ask()
        assert failed.value.retryable


@pytest.mark.parametrize("pool_id", ["", "us-east-1", "us-east-1_", "the output UserPoolId"])
def test_what_is_no_id_of_a_pool_says_so(pool_id):
    with pytest.raises(ValueError, match="is no id of a user pool"):
        UserPool(pool_id, "client-1")
