"""The three people who can sign in to the local run: an admin, an operator and a user in no group."""

import contextlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.cloud import LocalCloud

# Sign-in name to the group of the user pool that gives the role.
ROLES: Mapping[str, str | None] = {"admin": "admin", "operator": "operator", "user": None}


@dataclass(frozen=True)
class SignIn:
    """What somebody types to sign in."""

    role: str
    email: str
    password: str


def create(cloud: LocalCloud, *, user_pool_id: str) -> dict[str, SignIn]:
    """Make sure that the three can sign in, by role; their passwords stay the same as long as the state is kept."""
    cognito = cloud.client("cognito-idp")
    sign_ins = _sign_ins(cloud.folder / "sign-ins.json")
    for sign_in in sign_ins.values():
        with contextlib.suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(
                UserPoolId=user_pool_id,
                Username=sign_in.email,
                MessageAction="SUPPRESS",
                UserAttributes=[
                    {"Name": "email", "Value": sign_in.email},
                    {"Name": "email_verified", "Value": "true"},
                ],
            )
        cognito.admin_set_user_password(
            UserPoolId=user_pool_id, Username=sign_in.email, Password=sign_in.password, Permanent=True
        )
        if group := ROLES[sign_in.role]:
            cognito.admin_add_user_to_group(UserPoolId=user_pool_id, Username=sign_in.email, GroupName=group)
    return sign_ins


def _sign_ins(path: Path) -> dict[str, SignIn]:
    if not path.exists():
        made = [{"role": role, "email": f"{role}@example.com", "password": _password()} for role in ROLES]
        path.touch(mode=0o600)
        path.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return {found["role"]: SignIn(**found) for found in json.loads(path.read_text(encoding="utf-8"))}


def _password() -> str:
    """Hard to guess, easy to paste, and of every kind of character that a password policy may ask for."""
    return f"Local-{secrets.token_hex(6)}-1"
