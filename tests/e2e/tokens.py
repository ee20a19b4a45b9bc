"""Tokens that are good, and all the ways in which one can be bad."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local import users
from local.users import SignIn
from tests.e2e.support import Deployed

# For an access token. AWS allows no less than five minutes, the local AWS does.
SHORT_LIFE_SECONDS = 3

_BY_PASSWORD = ["ALLOW_USER_PASSWORD_AUTH"]


def issued(deployed: Deployed, somebody: SignIn, *, client_id: str | None = None) -> dict[str, str]:
    """The tokens that the user pool issues to somebody who signs in with their password."""
    answer = deployed.cloud.client("cognito-idp").initiate_auth(
        ClientId=client_id or deployed.outputs.user_pool_client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": somebody.email, "PASSWORD": somebody.password},
    )
    return dict(answer["AuthenticationResult"])


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, believed."""
    return dict(_decoded(token.split(".")[1]))


def expired(deployed: Deployed, who: Sequence[SignIn]) -> list[str]:
    """Access tokens as this pool has issued them for this client, each of which was good, until a moment ago."""
    with _short_lived(deployed):
        issued_now = [issued(deployed, somebody)["AccessToken"] for somebody in who]
    for token in issued_now:
        assert httpx.get(f"{deployed.url}/me", headers={"authorization": f"Bearer {token}"}).is_success
    time.sleep(max(0.0, max(claims_of(token)["exp"] for token in issued_now) - time.time() + 0.1))
    return issued_now


@contextmanager
def _short_lived(deployed: Deployed) -> Iterator[None]:
    """The app client issues access tokens that expire in a moment; in the end it is again as it was."""
    cognito = deployed.cloud.client("cognito-idp")
    client = {"UserPoolId": deployed.outputs.user_pool_id, "ClientId": deployed.outputs.user_pool_client_id}
    before = cognito.describe_user_pool_client(**client)["UserPoolClient"]
    life, units = before["AccessTokenValidity"], before["TokenValidityUnits"]
    short = {"AccessTokenValidity": SHORT_LIFE_SECONDS, "TokenValidityUnits": units | {"AccessToken": "seconds"}}
    cognito.update_user_pool_client(**client, **short)
    try:
        yield
    finally:
        cognito.update_user_pool_client(**client, AccessTokenValidity=life, TokenValidityUnits=units)
        after = cognito.describe_user_pool_client(**client)["UserPoolClient"]
        assert after == before | {"LastModifiedDate": after["LastModifiedDate"]}


@contextmanager
def another_client(deployed: Deployed) -> Iterator[str]:
    """The id of another client of the same pool."""
    cognito, pool = deployed.cloud.client("cognito-idp"), deployed.outputs.user_pool_id
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="other", ExplicitAuthFlows=_BY_PASSWORD)
    client_id = made["UserPoolClient"]["ClientId"]
    yield client_id
    cognito.delete_user_pool_client(UserPoolId=pool, ClientId=client_id)


@contextmanager
def another_pool(deployed: Deployed) -> Iterator[Callable[[SignIn], str]]:
    """Another pool with the same groups; the access token that it issues to somebody."""
    cognito = deployed.cloud.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="other", ExplicitAuthFlows=_BY_PASSWORD)
    for group in ("admin", "operator"):
        cognito.create_group(UserPoolId=pool, GroupName=group)

    def token(somebody: SignIn) -> str:
        users.let_in(deployed.cloud, somebody, user_pool_id=pool)
        return issued(deployed, somebody, client_id=made["UserPoolClient"]["ClientId"])["AccessToken"]

    yield token
    cognito.delete_user_pool(UserPoolId=pool)


def tampered(token: str) -> str:
    """The same signature under other claims: an admin's."""
    head, _, signature = token.split(".")
    return ".".join((head, _encoded(claims_of(token) | {"cognito:groups": ["admin"], "jti": "another"}), signature))


def unsigned(token: str) -> str:
    """`alg: none`: "believe me"."""
    head, payload, _ = token.split(".")
    return f"{_encoded(_decoded(head) | {'alg': 'none'})}.{payload}."


def signed_with_the_public_key(deployed: Deployed) -> Callable[[str], str]:
    """`alg: HS256`, with the pool's public key as the secret: whoever verifies as the token says is taken in."""
    keys = httpx.get(f"{deployed.cloud.endpoint}/{deployed.outputs.user_pool_id}/.well-known/jwks.json").json()["keys"]

    def forge(token: str) -> str:
        head, payload, _ = token.split(".")
        header = _decoded(head)
        [key] = [key for key in keys if key["kid"] == header["kid"]]
        numbers = RSAPublicNumbers(*(int.from_bytes(_bytes(key[name])) for name in ("e", "n")))
        secret = numbers.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signed = f"{_encoded(header | {'alg': 'HS256'})}.{payload}"
        return f"{signed}.{_text(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

    return forge


def _encoded(part: dict[str, Any]) -> str:
    return _text(json.dumps(part).encode())


def _decoded(part: str) -> dict[str, Any]:
    return dict(json.loads(_bytes(part)))


def _text(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
