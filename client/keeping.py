"""The session of the command line, kept in a file that only its user can read."""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from client.errors import SignInError
from client.sessions import Session, UserPool


@dataclass(frozen=True)
class Kept:
    """A deployment, and who is signed in to it."""

    api_url: str
    session: Session
    pool: UserPool


def path() -> Path:
    """Where the session is: FACES_SESSION, or the user's folder for settings."""
    if named := os.environ.get("FACES_SESSION"):
        return Path(named)
    settings = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(settings) / "faces" / "session.json"


def keep(kept: Kept) -> None:
    """Write the session, in one step."""
    target = path()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    body = {
        "apiUrl": kept.api_url,
        "poolId": kept.pool.pool_id,
        "clientId": kept.pool.client_id,
        "endpointUrl": kept.pool.endpoint_url,
        "refreshToken": kept.session.refresh_token,
    }
    # A new file that only its user can read, whoever else may write to the folder.
    descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(body, file, indent=2)
    Path(partial).replace(target)


def kept() -> Kept:
    """The session.

    Raises:
        SignInError: There is none.
    """
    try:
        body = json.loads(path().read_text(encoding="utf-8"))
        pool = UserPool(body["poolId"], body["clientId"], endpoint_url=body["endpointUrl"])
        return Kept(body["apiUrl"], Session(pool, refresh_token=body["refreshToken"]), pool)
    except FileNotFoundError:
        raise SignInError("sign in first: python -m client sign-in --help") from None
    except (KeyError, TypeError, ValueError) as error:
        raise SignInError(f"{path()} cannot be read; sign in again") from error


def forget() -> None:
    """Remove the session."""
    path().unlink(missing_ok=True)
