"""What the end-to-end tests share."""

import contextlib
import copy
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from client import Consent, FacesClient, Retries, Session, UserPool, sign_in
from local import users
from local.cloud import LocalCloud
from local.deployment import Outputs
from local.run import POLLING
from local.users import SignIn

T = TypeVar("T")

CONSENT = Consent("test", "1", datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Entry:
    """One line of the ledger of IAM's decisions."""

    call: int
    operation: str
    role: str
    action: str
    resource: str
    allowed: bool
    via: str


class LedgerView:
    """What IAM decided since this view was made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begin = path.stat().st_size

    def entries(self, *, role: str = "", via: str | None = None) -> list[Entry]:
        """Decisions about roles whose name contains `role`; the account's root is left out."""
        with self._path.open(encoding="utf-8") as ledger:
            ledger.seek(self._begin)
            entries = [Entry(**json.loads(line)) for line in ledger if line.endswith("\n")]
        return [
            entry
            for entry in entries
            if entry.role != "root" and role in entry.role and (via is None or entry.via == via)
        ]


@dataclass(frozen=True)
class Without:
    """A stretch of the ledger, in bytes, in which a role was to be denied an action; `*` for any."""

    role: str
    action: str
    begin: int
    end: int


class Deployed:
    """A deployed stack and who can sign in to it."""

    def __init__(self, cloud: LocalCloud, outputs: Outputs, *, stack: str) -> None:
        self.cloud, self.outputs, self.stack = cloud, outputs, stack
        self.url = cloud.api_url(outputs.api_id)
        self.pool = UserPool(outputs.user_pool_id, outputs.user_pool_client_id, endpoint_url=cloud.endpoint)
        self._sessions: dict[str, Session] = {}
        self._passwords: dict[str, str] = {}
        self.without: list[Without] = []

    def session(self, name: str) -> Session:
        """Somebody signed in; a name that begins with the name of a group is in it."""
        if name not in self._sessions:
            group = name if name in {"admin", "operator"} else None
            somebody = SignIn(f"{name}@example.com", users.new_password(), group)
            users.let_in(self.cloud, somebody, user_pool_id=self.outputs.user_pool_id)
            self._passwords[name] = somebody.password
            self._sessions[name] = sign_in(self.pool, email=somebody.email, password=somebody.password)
        return self._sessions[name]

    def password(self, name: str) -> str:
        """The password of somebody."""
        self.session(name)
        return self._passwords[name]

    def client(self, name: str) -> FacesClient:
        """The API as somebody; each request is sent once, so that no failure goes unseen."""
        once = Retries(attempts=1)
        return FacesClient(self.url, token=self.session(name).access_token, polling=POLLING, retries=once)


def registered(deployed: Deployed, name: str, photo: Path) -> str:
    with deployed.client("operator") as operator:
        person = operator.register_person(name, consent=CONSENT)
        registration = operator.add_face(person.id, photo.read_bytes())
    assert registration.status == "succeeded", registration.error
    return person.id


def eventually(read: Callable[[], T], wanted: Callable[[T], object], *, seconds: float = 15.0) -> T:
    """What `read` returns, once it is as wanted; the last of it when that takes too long."""
    until = time.monotonic() + seconds
    while not wanted(found := read()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def unused_ulid() -> str:
    """A ULID that names nothing."""
    return "01J" + "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(23))


def role_of(deployed: Deployed, part: str) -> str:
    """The name of the role whose logical id begins with `part`."""
    resources = deployed.cloud.client("cloudformation").describe_stack_resources(StackName=deployed.stack)
    [role] = {
        found["PhysicalResourceId"]
        for found in resources["StackResources"]
        if found["ResourceType"] == "AWS::IAM::Role" and found["LogicalResourceId"].startswith(part)
    }
    return str(role)


@contextlib.contextmanager
def taken_away(deployed: Deployed, role: str) -> Iterator[Callable[[str], None]]:
    """Gives a function that takes an action away from a role, which has all of them again at the end."""
    iam, ledger = deployed.cloud.client("iam"), deployed.cloud.ledger
    begin, taken = ledger.stat().st_size, set()
    before = {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }

    def put(policies: dict[str, Any]) -> None:
        for name, document in policies.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    def take_away(action: str) -> None:
        taken.add(action)
        policies = copy.deepcopy(before)
        for document in policies.values():
            for statement in document["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                statement["Action"] = [kept for kept in actions if kept != action] or ["s3:ListAllMyBuckets"]
        put(policies)

    try:
        yield take_away
    finally:
        put(before)
        end = ledger.stat().st_size
        deployed.without += [Without(role, action, begin, end) for action in taken]


@contextlib.contextmanager
def refused_to_clients(deployed: Deployed) -> Iterator[None]:
    """What is denied in here was asked for by a client, by an address that the API has signed, and that was bent."""
    begin = deployed.cloud.ledger.stat().st_size
    yield
    end = deployed.cloud.ledger.stat().st_size
    deployed.without.append(Without(role_of(deployed, "Requests"), "*", begin, end))
