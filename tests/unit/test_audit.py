"""The audit: no answer tells of somebody without an entry, and entries are found by day and by person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from adapters.audit_table import AuditTable
from domain import times
from domain.audit import AuditAction, AuditEntry
from domain.errors import AuditUnavailableError
from domain.faces import Match
from domain.ids import Kind, new_id
from handlers.api.openapi import document

from .conftest import as_admin, as_operator

ADA = {
    "name": "Ada Lovelace",
    "consent": {"purpose": "access control", "textVersion": "2026-01", "givenAt": "2026-01-02T03:04:05Z"},
}
ADAS_ID = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA"


@pytest.fixture
def entries_of(call):
    """What the audit says of a person, newest first, without what reading it adds."""

    def read(person_id):
        status, page, _ = as_admin(call)("GET", "/audit", query={"personId": person_id})
        assert status == 200
        return [
            (entry["actor"], entry["action"], entry["source"])
            for entry in page["items"]
            if entry["source"] != "GET /audit"
        ]

    return read


@pytest.fixture
def recognized(cloud):
    """A photo of user-1's on which Ada was recognized."""
    person, photo = cloud.person(), cloud.photo()
    cloud.gallery.photo_matches = (Match(person.id, 99),)
    cloud.processor().process(cloud.upload(photo))
    return photo


# -- who is recorded --------------------------------------------------------------------------------------------------


def test_who_registers_and_who_reads_a_person_is_recorded(call, entries_of):
    person_id = as_operator(call)("POST", "/people", ADA | {"externalRef": "badge-7"})[1]["id"]
    assert entries_of(person_id) == [("operator-1", "registered", "POST /people")]
    as_operator(call)("GET", f"/people/{person_id}")
    as_operator(call)("GET", "/people", query={"externalRef": "badge-7"})
    as_operator(call)("GET", "/people", query={"namePrefix": "ada"}, sub="operator-2")
    assert entries_of(person_id) == [
        ("operator-2", "saw", "GET /people"),
        ("operator-1", "saw", "GET /people"),
        ("operator-1", "saw", f"GET /people/{person_id}"),
        ("operator-1", "registered", "POST /people"),
    ]


def test_everybody_on_a_page_has_an_entry_of_their_own(call, cloud, entries_of):
    people = [cloud.person(f"Person {n}", id=f"per_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}") for n in range(3)]
    as_operator(call)("GET", "/people", query={"limit": "2"})
    assert [len(entries_of(person.id)) for person in people] == [1, 1, 0]


def test_who_is_shown_on_a_photo_is_recorded(call, entries_of, recognized):
    as_operator(call)("GET", f"/recognitions/{recognized.id}")
    assert entries_of(ADAS_ID) == [("operator-1", "saw", f"GET /recognitions/{recognized.id}")]


def test_an_answer_without_identities_leaves_no_entry(call, entries_of, recognized):
    assert call("GET", f"/recognitions/{recognized.id}")[0] == 200
    assert call("GET", f"/recognitions/{recognized.id}", sub="stranger")[0] == 404
    assert call("GET", f"/people/{ADAS_ID}", sub="stranger")[0] == 404
    assert entries_of(ADAS_ID) == []


def test_reading_of_oneself_is_recorded_too(call, cloud, entries_of, recognized):
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": ADAS_ID}, condition="attribute_not_exists(pk)")
    call("GET", "/me")
    call("GET", f"/recognitions/{recognized.id}")
    assert entries_of(ADAS_ID) == [
        ("user-1", "saw", f"GET /recognitions/{recognized.id}"),
        ("user-1", "saw", "GET /me"),
    ]


def test_who_reads_what_became_of_a_registration_is_recorded(call, cloud, entries_of):
    photo = cloud.registration(cloud.person())
    as_operator(call)("GET", f"/registrations/{photo.id}")
    assert entries_of(ADAS_ID) == []  # nothing is known yet that the one who asks for it did not say
    cloud.processor().process(cloud.upload(photo))
    as_operator(call)("GET", f"/registrations/{photo.id}")
    assert entries_of(ADAS_ID) == [("operator-1", "saw", f"GET /registrations/{photo.id}")]


def test_no_entry_holds_a_name(call, cloud):
    person_id = as_operator(call)("POST", "/people", ADA | {"externalRef": "badge-7"})[1]["id"]
    as_operator(call)("GET", f"/people/{person_id}")
    as_operator(call)("GET", "/people", query={"namePrefix": "Lovelace"})
    as_operator(call)("GET", "/people", query={"externalRef": "badge-7"})
    kept = [item for item in cloud.dynamodb.scan(TableName="faces")["Items"] if item["pk"]["S"].startswith("AUDIT#")]
    assert kept
    assert "lovelace" not in str(kept).lower()
    assert "badge-7" not in str(kept)


# -- who may read it, and how -----------------------------------------------------------------------------------------


def test_only_admins_read_the_audit(call):
    for groups in ("", "[operator]"):
        status, problem, _ = call("GET", "/audit", groups=groups, query={"day": "2026-11-24"})
        assert (status, problem["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"day": "2026-11-24", "personId": ADAS_ID},
        {"day": "yesterday"},
        {"day": "2026-11-31"},
        {"day": "20261124"},
        {"personId": ""},
    ],
)
def test_either_a_day_or_a_person_has_to_be_named(call, query):
    status, problem, _ = as_admin(call)("GET", "/audit", query=query)
    assert (status, problem["code"]) == (422, "invalid_request")


def test_reading_the_audit_is_recorded(call, cloud):
    cloud.person()
    for query in ({"personId": ADAS_ID}, {"day": times.to_text(times.now())[:10]}):
        as_admin(call)("GET", "/audit", query=query)
    day = times.to_text(times.now())[:10]
    newest, older, *_ = as_admin(call)("GET", "/audit", query={"day": day})[1]["items"]
    assert [(entry["personId"], entry["source"]) for entry in (newest, older)] == [
        (None, "GET /audit"),
        (ADAS_ID, "GET /audit"),
    ]


def entry(second=0, person_id=ADAS_ID, **changes):
    at = datetime(2026, 11, 24, 8, 0, second, tzinfo=UTC)
    made = AuditEntry(new_id(Kind.AUDIT, at), at, "operator-1", AuditAction.SAW, person_id, "GET /people")
    return replace(made, **changes)


@pytest.fixture
def trail(cloud):
    return AuditTable(cloud.table, timedelta(days=90))


@pytest.mark.parametrize("query", [{"day": "2026-11-24"}, {"personId": ADAS_ID}], ids=lambda query: next(iter(query)))
def test_pages_hold_every_entry_once_newest_first(call, trail, query, monkeypatch):
    monkeypatch.setattr(times, "now", lambda: datetime(2026, 11, 25, tzinfo=UTC))
    made = [entry(second) for second in range(30)]
    trail.record(made)
    trail.record([entry(5, at=made[0].at - timedelta(days=1), person_id="per_other")])
    seen, query = [], query | {"limit": "7"}
    while True:
        page = as_admin(call)("GET", "/audit", query=query)[1]
        seen += [found["id"] for found in page["items"] if found["source"] != "GET /audit"]
        if page["nextCursor"] is None:
            break
        query |= {"cursor": page["nextCursor"]}
    assert seen == [kept.id for kept in reversed(made)]


def test_a_cursor_of_a_day_does_not_open_another_day_or_a_person(call, trail):
    trail.record([entry(second) for second in range(3)])
    cursor = as_admin(call)("GET", "/audit", query={"day": "2026-11-24", "limit": "1"})[1]["nextCursor"]
    assert cursor
    for query in ({"day": "2026-11-23"}, {"personId": ADAS_ID}):
        status, problem, _ = as_admin(call)("GET", "/audit", query=query | {"cursor": cursor})
        assert (status, problem["code"]) == (400, "invalid_cursor")


def test_an_entry_past_its_time_is_not_shown_although_it_is_still_stored(trail):
    trail.record([entry()])
    shown = [
        len(page.items)
        for now in (entry().at + timedelta(days=89), entry().at + timedelta(days=91))
        for page in (
            trail.of_day(entry().at.date(), limit=10, after=None, now=now),
            trail.of_person(ADAS_ID, limit=10, after=None, now=now),
        )
    ]
    assert shown == [1, 1, 0, 0]


# -- when it cannot be written ----------------------------------------------------------------------------------------


@pytest.fixture
def without_audit(cloud, monkeypatch):
    """Fails whatever would be written into the audit."""
    put, transact = cloud.dynamodb.put_item, cloud.dynamodb.transact_write_items

    def refuse(write):
        def refusing(**request):
            if "AUDIT#" in str(request):
                raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutItem")
            return write(**request)

        return refusing

    def take_away(client):
        monkeypatch.setattr(client, "put_item", refuse(put))
        monkeypatch.setattr(client, "transact_write_items", refuse(transact))

    return take_away


def test_what_cannot_be_recorded_is_not_told(call, cloud, recognized, without_audit):
    from handlers.api import context  # noqa: PLC0415 - the wiring has to be that of `call`

    cloud.person("Grace Hopper", id="per_01JDZ6V8K2M3N4P5Q6R7S8T9VB", external_ref="badge-8")
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": ADAS_ID}, condition="attribute_not_exists(pk)")
    without_audit(context.wired().people.table.client)
    requests = [
        ("/me", None, "user-1"),
        (f"/people/{ADAS_ID}", None, "operator-1"),
        ("/people", None, "operator-1"),
        ("/people", {"externalRef": "badge-8"}, "operator-1"),
        (f"/recognitions/{recognized.id}", None, "operator-1"),
    ]
    for path, query, sub in requests:
        status, problem, headers = as_operator(call)("GET", path, query=query, sub=sub)
        assert (status, problem["code"], problem["retryable"]) == (503, "audit_unavailable", True), path
        assert headers["retry-after"]
        assert ADAS_ID not in str(problem).replace(path, "")


def test_nobody_is_registered_without_an_entry(call, cloud, without_audit):
    from handlers.api import context  # noqa: PLC0415 - the wiring has to be that of `call`

    without_audit(context.wired().people.table.client)
    status, problem, _ = as_operator(call)("POST", "/people", ADA)
    assert (status, problem["code"]) == (503, "audit_unavailable")
    assert cloud.people.by_name("", limit=10, after=None).items == []


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem"),
        ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutItem"),
        ReadTimeoutError(endpoint_url="x"),
    ],
    ids=["busy", "denied", "lost"],
)
def test_whatever_the_failure_the_entry_counts_as_not_written(cloud, trail, failure, monkeypatch):
    def failing(**_):
        raise failure

    monkeypatch.setattr(cloud.dynamodb, "put_item", failing)
    with pytest.raises(AuditUnavailableError):
        trail.record([entry()])


def test_an_entry_is_never_replaced(trail):
    alone, together = [entry()], [entry(1), entry(2)]
    for entries in (alone, together):
        trail.record(entries)
        trail.record([replace(one, actor="somebody else") for one in entries])
    page = trail.of_day(alone[0].at.date(), limit=10, after=None, now=alone[0].at)
    assert [kept.actor for kept in page.items] == ["operator-1"] * 3


def test_more_entries_than_a_transaction_holds_are_all_kept(trail):
    made = [entry(n % 60, person_id=f"per_{n}") for n in range(150)]
    trail.record(made)
    found, after = set(), None
    while True:
        page = trail.of_day(made[0].at.date(), limit=100, after=after, now=made[0].at)
        found |= {kept.id for kept in page.items}
        if (after := page.position) is None:
            break
    assert found == {kept.id for kept in made}


# -- nothing is forgotten ---------------------------------------------------------------------------------------------

TELLS_OF_NOBODY = {("get", "/health"), ("get", "/usage")}


def test_every_route_records_of_whom_it_tells_unless_it_tells_of_nobody():
    recording = {
        (method, path): "audit_unavailable" in str(operation["responses"].get("503"))
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
    }
    assert {route for route, records in recording.items() if not records} == TELLS_OF_NOBODY
