"""Every route, role, ownership and kind of token: what is answered, and that what is refused changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from tests import figures
from tests.e2e import access_world
from tests.e2e.access import OWNERSHIPS, PUBLIC, ROLES, ROUTES, TABLE, operation
from tests.e2e.state import Holdings, State, changes
from tests.e2e.support import LedgerView

UNAUTHORIZED = {"message": "Unauthorized"}
REFUSED = 400  # and above
ANSWERING = ("Requests", "Immediate")  # the functions behind the API; others may have their schedules
CODES = {403: "forbidden", 404: "not_found", 409: "already_registered"}


@dataclass
class Book:
    """All cells that were asked for, and those that were not answered as they must be."""

    asked: int = 0
    routes: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def note(self, problem: str | None, *cell: str) -> None:
        """One cell more."""
        self.asked += 1
        if problem:
            self.wrong.append(f"{', '.join(cell)}: {problem}")


@pytest.fixture(scope="module")
def book() -> Iterator[Book]:
    book = Book()
    yield book
    if book.routes == set(ROUTES):
        figures.record("security", cells=book.asked, cells_unauthorized=len(book.wrong))


@pytest.fixture(scope="module")
def world(deployed, samples) -> Iterator[access_world.World]:
    with access_world.world(deployed, samples) as world:
        yield world


@pytest.fixture(scope="module")
def at_rest(deployed, world) -> tuple[State, Holdings]:
    """All that there is, before anybody is let do anything; and where to look whether it is still so."""
    holdings = Holdings(deployed)
    return holdings.settled(), holdings


def ownerships(route: str) -> tuple[str, ...]:
    return OWNERSHIPS if "{" in route else OWNERSHIPS[:1]


def found(answer: httpx.Response, status: int) -> str | None:
    """What is wrong with an answer that should have this status; nothing if None."""
    if answer.status_code != status:
        return f"{answer.status_code} instead of {status}"
    if status in CODES and (code := answer.json()["code"]) != CODES[status]:
        return f"{code} instead of {CODES[status]}"
    return None


def refused_at_the_door(answer: httpx.Response, kind: str) -> str | None:
    """The same of an answer to a bad token."""
    if kind == "ID token":
        if (answer.status_code, answer.json().get("code")) == (403, "access_token_required"):
            return None
    elif (answer.status_code, answer.json()) == (401, UNAUTHORIZED):
        return None
    return f"answered {answer.status_code}"


def what_it_says(answer: httpx.Response) -> object:
    """An answer without what differs each time."""
    headers = {name: value for name, value in answer.headers.items() if "id" not in name and name != "date"}
    return answer.status_code, headers, answer.json() | {"requestId": None}


def test_every_route_is_in_the_table_and_asks_for_a_token(deployed):
    assert set(TABLE) == set(ROUTES)
    assert {route for route in ROUTES if operation(route).get("security") == []} == set(PUBLIC)
    api = deployed.cloud.client("apigatewayv2")
    routes = api.get_routes(ApiId=deployed.outputs.api_id)["Items"]
    assert len(routes) == len(ROUTES)
    assert {route["RouteKey"] for route in routes if route["AuthorizationType"] != "JWT"} == set(PUBLIC)


def test_a_change_would_be_seen(deployed, at_rest):
    before, holdings = at_rest
    s3, bucket = deployed.cloud.client("s3"), deployed.outputs.bucket_name
    version = s3.put_object(Bucket=bucket, Key="elsewhere", Body=b"x")["VersionId"]
    assert changes(before, holdings.state()) == [f"bucket: +elsewhere {version}"]
    s3.delete_object(Bucket=bucket, Key="elsewhere", VersionId=version)
    assert changes(before, holdings.state()) == []


@pytest.mark.parametrize("route", TABLE)
def test_what_is_refused_changes_nothing(deployed, world, at_rest, book, route):
    wrong_before = len(book.wrong)
    with_bad_tokens(deployed, world, book, route)
    answers = {}
    for role, ownership in cells(route):
        if (status := TABLE[route].status(role, ownership)) >= REFUSED:
            answers[role, ownership] = answer = world.ask(route, role, ownership, world.people[role].token)
            book.note(found(answer, status), route, role, ownership, "good token")
    for role in ROLES:
        strangers, absent = (answers.get((role, ownership)) for ownership in OWNERSHIPS[1:])
        # An operator may know who is registered, and so be told by 403 what may be done by others.
        if strangers and absent and strangers.status_code == absent.status_code:
            told_apart = what_it_says(strangers) != what_it_says(absent)
            book.note("what is a stranger's is told from what is not there" if told_apart else None, route, role)
    if changed := changes(at_rest[0], at_rest[1].state()):
        book.wrong.append(f"{route}: what was refused has changed {changed}")
    assert book.wrong[wrong_before:] == []


@pytest.mark.parametrize("route", TABLE)
def test_what_is_allowed_is_done(world, book, route):
    wrong_before = len(book.wrong)
    for role, ownership in cells(route):
        if (status := TABLE[route].status(role, ownership)) < REFUSED:
            answer = world.ask(route, role, ownership, world.people[role].token)
            book.note(found(answer, status), route, role, ownership, "good token")
    book.routes.add(route)
    assert book.wrong[wrong_before:] == []


def cells(route):
    return [(role, ownership) for role in ROLES for ownership in ownerships(route)]


def with_bad_tokens(deployed, world, book, route):
    """Ask with each bad token. None may let a function read or write anything, whatever is answered."""
    for (kind, role), token in world.bad.items():
        for ownership in ownerships(route):
            ledger = LedgerView(deployed.cloud.ledger)
            answer = world.ask(route, role, ownership, token)
            problem = found(answer, 200) if route in PUBLIC else refused_at_the_door(answer, kind)
            if entries := [entry for part in ANSWERING for entry in ledger.entries(role=part)]:
                problem = f"{entries[0].role} was let do {entries[0].action}"
            book.note(problem, route, role, ownership, kind)
