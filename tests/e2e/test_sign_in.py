"""How people sign in, and how long what they were given works."""

import base64
import contextlib
import hashlib
import hmac
import shlex
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from client import FacesClient, SignInError, sign_in
from local import users
from local.users import SignIn
from tests.e2e import aws_cli, tokens
from tests.e2e.support import unused_ulid

GUIDE = Path(__file__).parents[2] / "docs" / "guide-deployment.md"


@pytest.fixture
def cognito(deployed):
    return deployed.cloud.client("cognito-idp")


@pytest.fixture
def somebody(deployed, cognito):
    """An operator whom no other test knows."""
    sign_in = SignIn(f"{unused_ulid().lower()}@example.com", users.new_password(), "operator")
    users.let_in(deployed.cloud, sign_in, user_pool_id=deployed.outputs.user_pool_id)
    yield sign_in
    cognito.admin_delete_user(UserPoolId=deployed.outputs.user_pool_id, Username=sign_in.email)


def refusal(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def roles(deployed, token):
    with FacesClient(deployed.url, token=lambda: token) as client:
        return sorted(client.me().roles)


def refreshed(deployed, cognito, issued):
    return cognito.initiate_auth(
        ClientId=deployed.outputs.user_pool_client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": issued["RefreshToken"]},
    )["AuthenticationResult"]


def test_a_token_lives_a_quarter_of_an_hour_and_a_session_a_day(deployed, cognito, somebody):
    claims = tokens.claims_of(tokens.issued(deployed, somebody)["AccessToken"])
    assert claims["exp"] - claims["iat"] == 15 * 60
    client = cognito.describe_user_pool_client(
        UserPoolId=deployed.outputs.user_pool_id, ClientId=deployed.outputs.user_pool_client_id
    )["UserPoolClient"]
    assert (client["RefreshTokenValidity"], client["TokenValidityUnits"]["RefreshToken"]) == (24 * 60, "minutes")
    assert client["EnableTokenRevocation"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_who_is_taken_out_of_a_group_keeps_its_rights_until_the_token_is_renewed(deployed, cognito, somebody):
    issued = tokens.issued(deployed, somebody)
    cognito.admin_remove_user_from_group(
        UserPoolId=deployed.outputs.user_pool_id, Username=somebody.email, GroupName="operator"
    )
    assert roles(deployed, issued["AccessToken"]) == ["operator"]
    assert roles(deployed, refreshed(deployed, cognito, issued)["AccessToken"]) == []


@pytest.mark.parametrize("how", ["admin_disable_user", "admin_user_global_sign_out"])
def test_who_is_disabled_or_signed_out_is_refused_once_the_token_has_expired(deployed, cognito, somebody, how):
    issued = tokens.issued(deployed, somebody)
    getattr(cognito, how)(UserPoolId=deployed.outputs.user_pool_id, Username=somebody.email)
    assert roles(deployed, issued["AccessToken"]) == ["operator"]
    code, _ = refusal(lambda: refreshed(deployed, cognito, issued))
    assert code == "NotAuthorizedException"


def test_a_session_can_be_revoked(deployed, cognito, somebody):
    issued = tokens.issued(deployed, somebody)
    cognito.revoke_token(Token=issued["RefreshToken"], ClientId=deployed.outputs.user_pool_client_id)
    code, _ = refusal(lambda: refreshed(deployed, cognito, issued))
    assert code == "NotAuthorizedException"


def test_a_wrong_password_and_an_unknown_user_are_refused_alike(deployed, cognito, somebody):
    nobody = SignIn(f"{unused_ulid().lower()}@example.com", somebody.password)
    wrong = SignIn(somebody.email, users.new_password())
    assert refusal(tokens.issued, deployed=deployed, somebody=nobody) == refusal(
        tokens.issued, deployed=deployed, somebody=wrong
    )
    said = []
    for who in (nobody, wrong):
        with pytest.raises(SignInError) as refused:
            sign_in(deployed.pool, email=who.email, password=who.password)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_a_forgotten_password_does_not_tell_who_is_known(deployed, cognito, somebody):
    client = deployed.outputs.user_pool_client_id
    told = [
        cognito.forgot_password(ClientId=client, Username=email)["CodeDeliveryDetails"]
        for email in (somebody.email, f"{unused_ulid().lower()}@example.com")
    ]
    assert [(one["AttributeName"], one["DeliveryMedium"]) for one in told] == [("email", "EMAIL")] * 2
    assert somebody.email not in str(told)


def test_only_an_administrator_adds_users(deployed, cognito):
    # The local AWS keeps this setting and does not act upon it.
    pool = cognito.describe_user_pool(UserPoolId=deployed.outputs.user_pool_id)["UserPool"]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


@pytest.mark.parametrize(
    "weak", ["Short-1", "only-small-letters-1", "ONLY-CAPITALS-1", "No-Digits-Here", "NoSymbols1234"]
)
def test_a_weak_password_is_refused(deployed, cognito, somebody, weak):
    code, _ = refusal(
        cognito.admin_set_user_password,
        UserPoolId=deployed.outputs.user_pool_id,
        Username=somebody.email,
        Password=weak,
        Permanent=True,
    )
    assert code == "InvalidPasswordException"


def test_nobody_gives_themself_a_role(deployed, cognito):
    plain = SignIn(f"{unused_ulid().lower()}@example.com", users.new_password())
    users.let_in(deployed.cloud, plain, user_pool_id=deployed.outputs.user_pool_id)
    token = tokens.issued(deployed, plain)["AccessToken"]
    for attribute in ("cognito:groups", "custom:role"):
        with contextlib.suppress(ClientError):  # AWS refuses; the local AWS takes it, and it has no effect
            cognito.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": attribute, "Value": "admin"}])
    assert roles(deployed, tokens.issued(deployed, plain)["AccessToken"]) == []
    cognito.admin_delete_user(UserPoolId=deployed.outputs.user_pool_id, Username=plain.email)


def totp(secret: str) -> str:
    """The code that an authenticator app shows now (RFC 6238: SHA-1, 30 seconds, 6 digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, (int(time.time()) // 30).to_bytes(8), hashlib.sha1)
    at = digest[-1] & 15
    return f"{int.from_bytes(digest[at : at + 4]) % 2**31 % 10**6:06d}"


def test_with_a_second_factor_the_password_alone_gives_no_token(deployed, cognito, somebody):
    client = deployed.outputs.user_pool_client_id
    password = {"USERNAME": somebody.email, "PASSWORD": somebody.password}
    token = tokens.issued(deployed, somebody)["AccessToken"]
    secret = cognito.associate_software_token(AccessToken=token)["SecretCode"]
    assert cognito.verify_software_token(AccessToken=token, UserCode=totp(secret))["Status"] == "SUCCESS"
    cognito.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})

    def asked():
        asked = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=password)
        assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
        assert "AuthenticationResult" not in asked
        return {"ClientId": client, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": asked["Session"]}

    def responses(code):
        return {"USERNAME": somebody.email, "SOFTWARE_TOKEN_MFA_CODE": code}

    wrong = f"{(int(totp(secret)) + 500_000) % 10**6:06d}"
    code, _ = refusal(cognito.respond_to_auth_challenge, **asked(), ChallengeResponses=responses(wrong))
    assert code == "CodeMismatchException"
    got = cognito.respond_to_auth_challenge(**asked(), ChallengeResponses=responses(totp(secret)))
    assert roles(deployed, got["AuthenticationResult"]["AccessToken"]) == ["operator"]


def test_the_first_admin_gets_in_as_the_guide_says(deployed, cognito):
    email, password = "you@example.com", users.new_password()
    for line in GUIDE.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if line.startswith("$ aws cognito-idp "):
            words = [deployed.outputs.user_pool_id if word == "POOL" else word for word in shlex.split(line)]
            aws_cli.run(deployed.cloud, words[2:])
    # What Cognito would have sent by mail.
    user = {"UserPoolId": deployed.outputs.user_pool_id, "Username": email}
    temporary = users.new_password()
    cognito.admin_set_user_password(**user, Password=temporary, Permanent=False)
    client = deployed.outputs.user_pool_client_id
    asked = cognito.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": email, "PASSWORD": temporary}
    )
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    got = cognito.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": password},
    )
    assert roles(deployed, got["AuthenticationResult"]["AccessToken"]) == ["admin"]
    cognito.admin_delete_user(**user)
