"""Who may do and see what."""

import base64
import json

import httpx
import pytest

from client import ApiError
from tests.e2e.support import CONSENT, unused_ulid


def refusal(call, *arguments, **options):
    with pytest.raises(ApiError) as caught:
        call(*arguments, **options)
    return caught.value.status, caught.value.code


def test_everybody_learns_their_roles(deployed):
    roles = {}
    for name in ("admin", "operator", "user"):
        with deployed.client(name) as client:
            roles[name] = client.me().roles
    assert roles["user"] == ()
    assert "operator" in roles["operator"]
    assert "admin" in roles["admin"]


def test_an_admin_may_do_what_an_operator_may(deployed):
    with deployed.client("admin") as admin:
        assert admin.register_person("Ada", consent=CONSENT).name == "Ada"


def test_a_plain_user_lists_nobody_and_adds_to_nobody(user, obama):
    assert refusal(lambda: list(user.people())) == (403, "forbidden")
    assert refusal(user.person, obama)[0] in {403, 404}
    assert refusal(user.begin_registration, obama, content_type="image/jpeg")[0] in {403, 404}


def test_a_plain_user_learns_that_somebody_was_recognized_not_who(user, samples, obama):
    [face] = user.recognize((samples / "obama-2012.jpg").read_bytes()).faces
    assert (face.decision, face.name, face.person_id) == ("matched", None, None)
    assert face.similarity > 95


def test_an_operator_reads_a_users_result_with_names(operator, user, samples, obama):
    recognition = user.recognize((samples / "obama-2012.jpg").read_bytes())
    assert [face.name for face in operator.recognition(recognition.id).faces] == ["Barack Obama"]


def test_what_is_somebody_elses_does_not_exist(deployed, user, samples):
    theirs = user.recognize((samples / "rocket.jpg").read_bytes())
    with deployed.client("stranger") as stranger:
        assert refusal(stranger.recognition, theirs.id) == (404, "not_found")
        assert refusal(stranger.recognition, f"rec_{unused_ulid()}") == (404, "not_found")


def test_an_id_token_is_refused(deployed):
    answer = httpx.get(f"{deployed.url}/me", headers={"authorization": f"Bearer {deployed.session('user').id_token}"})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "access_token_required"


def with_roles(token: str, *roles: str) -> str:
    """The token with other groups than it was signed for."""
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["cognito:groups"] = list(roles)
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{forged}.{signature}"


@pytest.mark.parametrize("path", ["/me", "/people", "/recognitions/rec_1"])
def test_without_a_good_token_nothing_is_answered(deployed, path):
    good = deployed.session("user").access_token()
    bad = [
        "Bearer nonsense",
        f"Bearer {with_roles(good, 'admin')}",
        f"Bearer {good[:-8]}aaaaaaaa",
        "Bearer",
        "Basic QQ==",
    ]
    for value in (None, *bad):
        headers = {} if value is None else {"authorization": value}
        assert httpx.get(f"{deployed.url}{path}", headers=headers).status_code == 401, value


def test_a_token_of_another_pool_is_refused(deployed):
    cognito = deployed.cloud.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="eve", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username="eve", Password="Local-123456-1", Permanent=True)
    tokens = cognito.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "eve", "PASSWORD": "Local-123456-1"},
    )["AuthenticationResult"]
    headers = {"authorization": f"Bearer {tokens['AccessToken']}"}
    assert httpx.get(f"{deployed.url}/me", headers=headers).status_code == 401
