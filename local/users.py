"""The three people who can sign in to the local run: an admin, an operator and a user in no group."""

import contextlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from local.cloud import LocalCloud


@dataclass(frozen=True)
class SignIn:
    """What somebody types to sign in, and the group of the user pool that gives their role (None: a plain user)."""

    email: str
    password: str
    group: str | None = None


# By what they are called in the local run.
GROUPS: Mapping[str, str | None] = {"admin": "admin", "operator": "operator", "user": None}


def create(cloud: LocalCloud, *, user_pool_id: str) -> dict[str, SignIn]:
    """Make sure that the three can sign in; their passwords stay the same as long as the state is kept."""
    sign_ins = _sign_ins(cloud.folder / "sign-ins.json")
    for sign_in in sign_ins.values():
        let_in(cloud, sign_in, user_pool_id=user_pool_id)
    return sign_ins


def let_in(cloud: LocalCloud, sign_in: SignIn, *, user_pool_id: str) -> None:
    """Make sure that somebody can sign in, as an administrator of the pool would."""
    cognito = cloud.client("cognito-idp")
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(
            UserPoolId=user_pool_id,
            Username=sign_in.email,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": sign_in.email}, {"Name": "email_verified", "Value": "true"}],
        )
    cognito.admin_set_user_password(
        UserPoolId=user_pool_id, Username=sign_in.email, Password=sign_in.password, Permanent=True
    )
    if sign_in.group is not None:
        cognito.admin_add_user_to_group(UserPoolId=user_pool_id, Username=sign_in.email, GroupName=sign_in.group)


def new_password() -> str:
    """Hard to guess, easy to paste, and of every kind of character that a password policy may ask for."""
    return f"Local-{secrets.token_hex(6)}-1"


def _sign_ins(path: Path) -> dict[str, SignIn]:
    if not path.exists():
        made = {name: asdict(SignIn(f"{name}@example.com", new_password(), group)) for name, group in GROUPS.items()}
        partial = path.with_suffix(".partial")  # an interrupted start leaves no half of a file
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
        partial.replace(path)
    return {name: SignIn(**found) for name, found in json.loads(path.read_text(encoding="utf-8")).items()}
