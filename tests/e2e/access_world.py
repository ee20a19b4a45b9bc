"""A plain user, an operator, an admin and a stranger, each with one of everything, and every kind of bad token."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from client import ApiError, FacesClient
from local import users
from local.run import POLLING
from local.users import GROUPS, SignIn
from tests.e2e import tokens
from tests.e2e.access import ARGUMENTS, ROLES
from tests.e2e.support import CONSENT, Deployed, eventually, unused_ulid

STRANGER, NOBODY = "stranger", "nobody"
PREFIXES = {"person": "per", "recognition": "rec", "registration": "reg", "verification": "ver", "erasure": "era"}


@dataclass(frozen=True)
class Somebody:
    """One user with one of everything; `names` are the ids that a route's path may hold."""

    sign_in: SignIn
    token: str
    id_token: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class World:
    """All of them; `bad` are tokens by kind and role, where no token is None."""

    people: Mapping[str, Somebody]
    bad: Mapping[tuple[str, str], str | None]
    api: httpx.Client
    photo: bytes

    def ask(self, route: str, role: str, ownership: str, token: str | None) -> httpx.Response:
        """Send a request that would do something if it were let through."""
        method, path = route.split(" ")
        arguments = dict(ARGUMENTS.get(route, {}))
        if route.endswith("/immediate"):
            arguments = {"content": self.photo, "headers": {"content-type": "image/jpeg"}}
        if token is not None:
            arguments["headers"] = arguments.get("headers", {}) | {"authorization": f"Bearer {token}"}
        return self.api.request(method, path.format(**self._names(role, ownership)), **arguments)

    def _names(self, role: str, ownership: str) -> Mapping[str, str]:
        if ownership == "own":
            return self.people[role if role in self.people else "user"].names
        if ownership == "a stranger's":
            return self.people[STRANGER].names
        absent = {f"{kind}_id": f"{prefix}_{unused_ulid()}" for kind, prefix in PREFIXES.items()}
        return {**absent, "face_id": "0" * 32, "n": "0"}


@contextmanager
def world(deployed: Deployed, samples: Path) -> Iterator[World]:
    """The world, of which nothing is left in the end."""
    photo = (samples / "sunak.jpg").read_bytes()
    everybody = (*ROLES, STRANGER)
    deployed.session("operator")  # signed in once, and not by each of the threads
    with ThreadPoolExecutor() as at_once:
        people = dict(
            zip(everybody, at_once.map(lambda role: _with_everything(deployed, role, photo), everybody), strict=True)
        )
    people[STRANGER] = _with_a_face(deployed, people[STRANGER], (samples / "biden.jpg").read_bytes())
    with _bad_tokens(deployed, people) as bad, httpx.Client(base_url=deployed.url) as api:
        yield World(people, bad, api, photo)
    with deployed.client("admin") as admin, ThreadPoolExecutor() as at_once:
        list(at_once.map(lambda somebody: _gone(admin, somebody.names["person_id"]), people.values()))


def _client(deployed: Deployed, token: str) -> FacesClient:
    return FacesClient(deployed.url, token=lambda: token, polling=POLLING)


def _with_everything(deployed: Deployed, role: str, photo: bytes) -> Somebody:
    who = SignIn(f"{role}-{unused_ulid().lower()}@example.com", users.new_password())
    users.let_in(deployed.cloud, who, user_pool_id=deployed.outputs.user_pool_id)
    with _client(deployed, tokens.issued(deployed, who)["AccessToken"]) as user:
        erasure = _erased(user, user.register_person("Not Any More", consent=CONSENT).id)
        person = user.register_person(f"The {role}", consent=CONSENT)
        with deployed.client("operator") as operator:
            operator.call("PATCH", f"/people/{person.id}", json={"status": "active"}, headers={"if-match": "*"})
        names = {
            "person_id": person.id,
            "face_id": "0" * 32,  # of a face that is not there any more; removing it again is no error
            "recognition_id": user.recognize_now(photo).id,
            "registration_id": user.begin_registration(person.id, content_type="image/jpeg").id,
            "verification_id": user.begin_verification(person.id, content_type="image/jpeg").id,
            "erasure_id": erasure,
            "n": "0",
        }
    users.let_in(deployed.cloud, replace(who, group=GROUPS.get(role)), user_pool_id=deployed.outputs.user_pool_id)
    issued = tokens.issued(deployed, who)
    return Somebody(who, issued["AccessToken"], issued["IdToken"], names)


def _with_a_face(deployed: Deployed, somebody: Somebody, photo: bytes) -> Somebody:
    with _client(deployed, somebody.token) as user:
        registration = user.add_face(somebody.names["person_id"], photo)
    assert registration.face, registration.error
    return replace(somebody, names={**somebody.names, "face_id": registration.face.id})


def _erased(client: FacesClient, person_id: str) -> str:
    """Have a person erased to the end; the id of the erasure."""
    erasure = client.call("DELETE", f"/people/{person_id}")
    path = f"/erasures/{erasure['id']}"
    assert eventually(lambda: client.call("GET", path)["status"], lambda status: status == "complete") == "complete"
    return str(erasure["id"])


def _gone(admin: FacesClient, person_id: str) -> None:
    try:
        _erased(admin, person_id)
    except ApiError as error:
        if error.code != "not_found":  # a cell has begun it, and it is done
            raise


@contextmanager
def _bad_tokens(deployed: Deployed, people: Mapping[str, Somebody]) -> Iterator[Mapping[tuple[str, str], str | None]]:
    by_public_key = tokens.signed_with_the_public_key(deployed)
    bad: dict[tuple[str, str], str | None] = {("none", NOBODY): None, ("garbage", NOBODY): "a.b.c"}
    expired = tokens.expired(deployed, [people[role].sign_in for role in ROLES])
    with tokens.another_client(deployed) as client, tokens.another_pool(deployed) as pool:
        for role, old in zip(ROLES, expired, strict=True):
            somebody = people[role]
            bad |= {
                ("expired", role): old,
                ("other client", role): tokens.issued(deployed, somebody.sign_in, client_id=client)["AccessToken"],
                ("other pool", role): pool(replace(somebody.sign_in, group=GROUPS[role])),
                ("tampered", role): tokens.tampered(somebody.token),
                ("alg none", role): tokens.unsigned(somebody.token),
                ("HS256 with the public key", role): by_public_key(somebody.token),
                ("ID token", role): somebody.id_token,
            }
        yield bad
