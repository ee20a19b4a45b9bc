"""Signing in to the user pool by SRP: the password never leaves this process."""

import math
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as ConnectionFailedError
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import ForceChangePasswordException, SoftwareTokenMFAChallengeException

from client.errors import SignInError

# Renewed when it has less than this left, so that a request does not meet its end on the way.
SPARE_SECONDS = 60.0
_NO_ANSWER = (ConnectionFailedError, HTTPClientError)
# Refusals of the user pool that pass by themselves.
_BUSY = {"TooManyRequestsException", "InternalErrorException"}
# boto3 makes a client safely in one thread at a time; what it has made is safe for all.
_MAKING = threading.Lock()


@dataclass(frozen=True)
class UserPool:
    """Where people sign in.

    Attributes:
        pool_id: The user pool's id; it begins with the region.
        client_id: The app client's id.
        endpoint_url: Another address than AWS's, for a local AWS.

    Raises:
        ValueError: `pool_id` is no id of a user pool.
    """

    pool_id: str
    client_id: str
    endpoint_url: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9-]+_[A-Za-z0-9]+", self.pool_id):
            raise ValueError(f"{self.pool_id!r} is no id of a user pool: it looks like us-east-1_EXAMPLE")

    def client(self) -> Any:
        """A Cognito client without credentials, for signing in needs none.

        Raises:
            ValueError: `endpoint_url` is no address.
        """
        region = self.pool_id.partition("_")[0]
        config = Config(
            signature_version=UNSIGNED, connect_timeout=10, read_timeout=30, retries={"total_max_attempts": 2}
        )
        with _MAKING:
            return cast(Any, boto3).client(
                "cognito-idp", region_name=region, endpoint_url=self.endpoint_url, config=config
            )


class Session:
    """Somebody signed in. Safe for threads.

    Args:
        pool: Where they signed in.
        refresh_token: Of a session that was kept; nothing is asked of the pool until a token is needed.
        tokens: What a sign-in has just answered.
    """

    def __init__(self, pool: UserPool, *, refresh_token: str, tokens: Mapping[str, Any] | None = None) -> None:
        self._pool, self._cognito = pool, pool.client()
        self._refresh_token, self._renew_at, self._renew_at_time = refresh_token, -math.inf, -math.inf
        self._lock = threading.Lock()
        if tokens:
            self._take(tokens)

    @property
    def refresh_token(self) -> str:
        """Goes on with the session in another process. Until it ends, as good as a password: keep it as one."""
        return self._refresh_token

    def access_token(self) -> str:
        """The token for the API, renewed when it is about to expire.

        Raises:
            SignInError: It cannot be renewed: the session has ended, or the user pool cannot be reached.
        """
        with self._lock:
            self._renew_if_needed()
            return self._access_token

    @property
    def id_token(self) -> str:
        """Who somebody is, for their own app. The API refuses it.

        Raises:
            SignInError: As for the access token.
        """
        with self._lock:
            self._renew_if_needed()
            return self._id_token

    def end(self) -> None:
        """Sign out: the session cannot be renewed any more. The access token works until it expires.

        Raises:
            SignInError: The user pool refused, or cannot be reached.
        """
        with _refusals():
            self._cognito.revoke_token(Token=self._refresh_token, ClientId=self._pool.client_id)

    def _renew_if_needed(self) -> None:
        # By two clocks: one stands still while the machine sleeps, the other one may be set.
        if time.monotonic() <= self._renew_at and time.time() <= self._renew_at_time:
            return
        with _refusals():
            answer = self._cognito.initiate_auth(
                ClientId=self._pool.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": self._refresh_token},
            )
        self._take(answer["AuthenticationResult"])

    def _take(self, tokens: Mapping[str, Any]) -> None:
        self._access_token: str = tokens["AccessToken"]
        self._id_token: str = tokens["IdToken"]
        self._refresh_token = tokens.get("RefreshToken", self._refresh_token)  # a pool may change it at each renewal
        good_for = tokens["ExpiresIn"] - SPARE_SECONDS
        self._renew_at, self._renew_at_time = time.monotonic() + good_for, time.time() + good_for


def sign_in(pool: UserPool, *, email: str, password: str, code: Callable[[], str] | None = None) -> Session:
    """Sign in with a password and, where the pool asks for it, a code.

    Args:
        pool: Where to sign in.
        email: Who.
        password: Theirs; a temporary one has to be changed on the managed login pages first.
        code: Called when the pool asks for the six digits of the authenticator app.

    Raises:
        SignInError: The user is unknown, the password or the code is wrong, the pool asks for something else, or it
            cannot be reached.
    """
    cognito = pool.client()
    srp = AWSSRP(username=email, password=password, pool_id=pool.pool_id, client_id=pool.client_id, client=cognito)
    with _refusals():
        try:
            answer = srp.authenticate_user()
        except SoftwareTokenMFAChallengeException as challenge:
            if code is None:
                raise SignInError("the user pool asks for the code of the authenticator app") from challenge
            asked = challenge.get_tokens()
            answer = cognito.respond_to_auth_challenge(
                ClientId=pool.client_id,
                ChallengeName="SOFTWARE_TOKEN_MFA",
                Session=asked["Session"],
                ChallengeResponses={
                    "USERNAME": asked["ChallengeParameters"]["USER_ID_FOR_SRP"],
                    "SOFTWARE_TOKEN_MFA_CODE": code(),
                },
            )
        except ForceChangePasswordException as challenge:
            raise SignInError("the password is temporary: change it on the managed login pages first") from challenge
    if "AuthenticationResult" not in answer:
        asked_for = answer.get("ChallengeName", "more")
        raise SignInError(f"the user pool asks for {asked_for}: sign in on the managed login pages first")
    tokens = answer["AuthenticationResult"]
    return Session(pool, refresh_token=tokens["RefreshToken"], tokens=tokens)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        busy = error.response.get("Error", {}).get("Code") in _BUSY
        raise SignInError(error.response.get("Error", {}).get("Message", str(error)), retryable=busy) from error
    except BotoCoreError as error:
        raise SignInError(f"the user pool gave no answer: {error}", retryable=isinstance(error, _NO_ANSWER)) from error
