"""Who is calling, from the claims of the token that API Gateway has verified."""

from collections.abc import Mapping
from typing import Any

from domain.access import Caller, Role
from domain.errors import AccessTokenRequiredError


def caller_of(event: Mapping[str, Any]) -> Caller:
    """Read the caller from an HTTP API event (payload version 2.0).

    Raises:
        AccessTokenRequiredError: API Gateway accepts ID tokens of the same client too; this service does not.
    """
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    if claims.get("token_use") != "access":
        raise AccessTokenRequiredError
    groups = _groups(claims.get("cognito:groups", ""))
    return Caller(claims["sub"], frozenset(role for role in Role if role in groups))


def _groups(claim: str | list[str]) -> frozenset[str]:
    """API Gateway writes the list as ``[admin operator]``. A group's name cannot hold a space, so this is exact."""
    if isinstance(claim, str):
        claim = claim.removeprefix("[").removesuffix("]").split()
    return frozenset(claim)
