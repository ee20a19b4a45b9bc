"""Signing in to the user pool by SRP: the password never leaves this process."""

import threading
import time
from dataclasses import dataclass
from typing import Any, cast

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from pycognito.aws_srp import AWSSRP

from client.errors import SignInError

# Renewed when it has less than this left, so that a request does not meet its end on the way.
SPARE_SECONDS = 60.0


@dataclass(frozen=True)
class UserPool:
    """Where people sign in.

    Attributes:
        pool_id: The user pool's id; it begins with the region.
        client_id: The app client's id.
        endpoint_url: Another address than AWS's, for a local AWS.
    """

    pool_id: str
    client_id: str
    endpoint_url: str | None = None

    def client(self) -> Any:
        """A Cognito client without credentials, for signing in needs none."""
        region = self.pool_id.partition("_")[0]
        config = Config(signature_version=UNSIGNED)
        return cast(Any, boto3).client("cognito-idp", region_name=region, endpoint_url=self.endpoint_url, config=config)


class Session:
    """Somebody signed in. Safe for threads."""

    def __init__(self, pool: UserPool, tokens: dict[str, Any]) -> None:
        self._pool, self._cognito = pool, pool.client()
        self._refresh_token: str = tokens["RefreshToken"]
        self._lock = threading.Lock()
        self._take(tokens)

    @property
    def id_token(self) -> str:
        """Who somebody is, for their own app. The API refuses it."""
        return self._id_token

    def access_token(self) -> str:
        """The token for the API, renewed when it is about to expire.

        Raises:
            SignInError: It cannot be renewed: the session has ended.
        """
        with self._lock:
            if time.monotonic() > self._renew_at:
                self._renew()
            return self._access_token

    def _renew(self) -> None:
        try:
            answer = self._cognito.initiate_auth(
                ClientId=self._pool.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": self._refresh_token},
            )
        except ClientError as error:
            raise _refused(error) from error
        self._take(answer["AuthenticationResult"])

    def _take(self, tokens: dict[str, Any]) -> None:
        self._access_token: str = tokens["AccessToken"]
        self._id_token: str = tokens["IdToken"]
        self._renew_at = time.monotonic() + tokens["ExpiresIn"] - SPARE_SECONDS


def sign_in(pool: UserPool, *, email: str, password: str) -> Session:
    """Sign in with a password.

    Raises:
        SignInError: The user is unknown, the password is wrong, or the pool asks for more than a password.
    """
    srp = AWSSRP(
        username=email, password=password, pool_id=pool.pool_id, client_id=pool.client_id, client=pool.client()
    )
    try:
        answer = srp.authenticate_user()
    except ClientError as error:
        raise _refused(error) from error
    if "AuthenticationResult" not in answer:
        raise SignInError(f"the user pool asks for {answer.get('ChallengeName', 'more')}")
    return Session(pool, answer["AuthenticationResult"])


def _refused(error: ClientError) -> SignInError:
    return SignInError(error.response.get("Error", {}).get("Message", str(error)))
