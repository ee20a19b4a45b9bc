"""The client: the whole API by its methods, and what it says where the service does not do what was hoped for."""

import base64
import hmac
import io
import json
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client import ApiError, FacesClient, NotFinishedError, Polling, Session, SignInError, UserPool, sign_in
from client.__main__ import main
from local.demo import scenes
from tests.e2e.support import CONSENT, eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def collins(operator, samples):
    """Somebody registered, whom no other test knows; the test itself erases them in the end."""
    person = operator.register_person("Eileen Collins", consent=CONSENT, external_ref="client-collins")
    added = operator.add_face(person.id, (samples / "collins.png").read_bytes())
    assert (added.status, added.error) == ("succeeded", None)
    return person.id


def test_the_whole_api_by_its_methods(deployed, operator, admin, samples, collins):
    photo = scenes.mirrored_and_darker("collins.png")(samples)
    began = datetime.now(UTC) - timedelta(minutes=1)
    assert admin.health().status == "ok"
    [registered] = operator.faces_of(collins)
    [face] = operator.recognize(photo).faces
    assert (face.decision, face.person_id, face.name) == ("matched", collins, "Eileen Collins")
    recognition = operator.recognize_now(photo)
    [listed] = [found for found in operator.recognitions(since=began, person_id=collins) if found.id == recognition.id]
    assert listed.faces == recognition.faces
    assert operator.download(operator.photo_link(recognition.id).url) == photo
    assert operator.review(recognition.id, 0, person_id=None).faces[0].review.decision == "unknown"
    assert recognition.id not in {found.id for found in operator.work_list()}
    assert operator.verify(collins, photo).verified
    operator.delete_recognition(recognition.id)

    person = operator.change_person(operator.person(collins), name="Eileen M. Collins")
    assert [entry.event for entry in person.consent_history] == ["given"]
    held = list(admin.export(collins))
    assert {"consent", "face", "photo", "sighting"} <= {one.kind for one in held}
    [kept] = [one for one in held if one.kind == "photo" and one.url]
    assert admin.download(kept.url) == (samples / "collins.png").read_bytes()
    assert "exported" in {entry.action for entry in admin.audit_of_person(collins)}
    assert eventually(
        lambda: any(entry.person_id == collins for entry in admin.audit_of_day(datetime.now(UTC).date())), bool
    )
    assert {used.purpose for used in admin.usage().items} >= {"recognition", "registration", "verification"}
    assert admin.usage("2020-01").dollars == 0

    for _ in range(2):
        operator.remove_face(collins, registered.id)
    assert list(operator.faces_of(collins)) == []
    erasure = admin.erase(collins)
    assert (erasure.status, erasure.receipt.faces) == ("complete", 0)
    assert list(operator.people(external_ref="client-collins")) == []


def test_an_operation_that_is_asked_again_makes_nothing_twice(operator, admin):
    made = [operator.register_person("Again", consent=CONSENT, idempotency_key="client-again") for _ in range(2)]
    assert made[0] == made[1]
    assert admin.erase(made[0].id).status == "complete"


def test_a_refusal_of_the_gateway_has_a_code_too(deployed):
    with FacesClient(deployed.url, token=lambda: None) as nobody, pytest.raises(ApiError) as refused:
        nobody.me()
    assert (refused.value.status, refused.value.code, refused.value.retryable) == (401, "unauthorized", False)


def test_a_refusal_of_the_service_tells_what_to_ask_about(user):
    with pytest.raises(ApiError) as refused:
        user.recognition("rec_nonsense")
    assert refused.value.status == 404
    assert refused.value.request_id


def test_waiting_for_what_was_never_uploaded_ends(deployed):
    polling = Polling(first=0.02, factor=2.0, longest=0.1, timeout=0.3)
    with FacesClient(deployed.url, token=deployed.session("user").access_token, polling=polling) as user:
        begun = user.begin_recognition(content_type="image/jpeg")
        with pytest.raises(NotFinishedError, match=r"still awaiting_upload after 0\.3 s"):
            user.wait_for_recognition(begun.id)


def test_a_session_renews_its_token(deployed, monkeypatch):
    session = deployed.session("renewer")
    before = session.access_token()
    assert session.access_token() == before
    monkeypatch.setattr(session, "_renew_at", 0.0)
    renewed = session.access_token()
    assert renewed != before
    with FacesClient(deployed.url, token=lambda: renewed) as client:
        assert client.me().sub


def test_a_session_that_was_ended_says_so(deployed, monkeypatch):
    session = deployed.session("leaver")
    cognito = deployed.cloud.client("cognito-idp")
    cognito.admin_user_global_sign_out(UserPoolId=deployed.outputs.user_pool_id, Username="leaver@example.com")
    monkeypatch.setattr(session, "_renew_at", 0.0)
    with pytest.raises(SignInError):
        session.access_token()


@pytest.mark.parametrize("name", ["user", "nobody"])
def test_a_wrong_password_and_an_unknown_user_are_refused(deployed, name):
    deployed.session("user")
    with pytest.raises(SignInError):
        sign_in(deployed.pool, email=f"{name}@example.com", password="Local-123456-1")


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run the command line; gives its exit status, its output and its errors."""
    monkeypatch.setenv("FACES_SESSION", str(tmp_path / "settings" / "session.json"))

    def run(*arguments, said=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        return main([*map(str, arguments)]), *capsys.readouterr()

    return run


def test_the_command_line_from_sign_in_to_sign_out(deployed, command, samples):
    pool = ("--pool", deployed.pool.pool_id, "--client-id", deployed.pool.client_id)
    where = (deployed.url, *pool, "--endpoint-url", deployed.cloud.endpoint, "--email", "admin@example.com")
    assert command("sign-in", *where, said="wrong\n")[0] == 1
    assert command("me") == (1, "", "error: sign in first: python -m client sign-in --help\n")
    assert command("sign-in", *where, said=f"{deployed.password('admin')}\n")[0] == 0
    status, token, _ = command("token")
    with FacesClient(deployed.url, token=token.strip) as admin:
        assert (status, admin.me().roles) == (0, ("admin",))
    consent = ("--purpose", "test", "--text-version", "1")
    status, shown, _ = command("--json", "register", "Command Line", samples / "collins.png", *consent)
    person, registration = map(json.loads, shown.splitlines())
    assert (status, registration["status"]) == (0, "succeeded")
    status, shown, _ = command("recognize", samples / "collins.png", samples / "rocket.jpg")
    assert status == 0
    assert "matched      Command Line 100.00 %" in shown
    assert shown.splitlines()[-1].endswith("succeeded  0 faces")
    by_itself = [sys.executable, "-m", "client", "--json", "person", person["id"]]
    assert json.loads(subprocess.check_output(by_itself, cwd=ROOT))["name"] == "Command Line"
    assert command("erase", person["id"], said="yes\n")[0] == 0
    assert command("person", person["id"])[2].startswith("error: 404 not_found: ")
    assert command("sign-out")[0] == 0
    assert command("me")[0] == 1


def test_a_pool_that_asks_for_a_code_gets_it(deployed):
    """In prod everybody has an authenticator app; the stage `local` has none, so this is a pool of its own."""
    cognito = deployed.cloud.client("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="codes")["UserPool"]["Id"]
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
    )
    flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="codes", ExplicitAuthFlows=flows)
    pool = UserPool(pool_id, made["UserPoolClient"]["ClientId"], endpoint_url=deployed.cloud.endpoint)
    cognito.admin_create_user(
        UserPoolId=pool_id, Username="ada", TemporaryPassword="Temporary-1", MessageAction="SUPPRESS"
    )
    with pytest.raises(SignInError, match="the password is temporary"):
        sign_in(pool, email="ada", password="Temporary-1")
    cognito.admin_set_user_password(UserPoolId=pool_id, Username="ada", Password="Lasting-12", Permanent=True)
    token = sign_in(pool, email="ada", password="Lasting-12").access_token()
    secret = cognito.associate_software_token(AccessToken=token)["SecretCode"]
    cognito.verify_software_token(AccessToken=token, UserCode=one_time_code(secret))
    with pytest.raises(SignInError, match="the code of the authenticator app"):
        sign_in(pool, email="ada", password="Lasting-12")
    with pytest.raises(SignInError):
        sign_in(pool, email="ada", password="Lasting-12", code=lambda: "no code")
    session = sign_in(pool, email="ada", password="Lasting-12", code=lambda: one_time_code(secret))
    assert Session(pool, refresh_token=session.refresh_token).access_token()
    session.end()
    with pytest.raises(SignInError):
        Session(pool, refresh_token=session.refresh_token).access_token()


def one_time_code(secret):
    """After RFC 6238: six digits of the current half minute."""
    counted = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counted, "sha1")
    [number] = struct.unpack_from(">I", digest, digest[-1] & 0x0F)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"
