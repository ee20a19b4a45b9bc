"""A person over time: renamed, their consent renewed and withdrawn, and nobody's change lost."""

from datetime import timedelta

import pytest

from adapters.people_table import PeopleTable
from domain import errors, times
from domain.faces import Match
from domain.processing import Outcome
from handlers.api import context

from .conftest import ADA, CONSENT, as_operator

RENEWED = {
    "purpose": "access control",
    "textVersion": "2026-11",
    "givenAt": "2026-11-01T00:00:00.000Z",
    "expiresAt": "2999-01-01T00:00:00.000Z",
}


@pytest.fixture
def ada(call):
    """The answer to Ada's registration: her id and her entity tag."""
    _, made, headers = as_operator(call)("POST", "/people", ADA)
    return made["id"], headers["etag"]


def patch(call, person_id, body, tag, **who):
    return call("PATCH", f"/people/{person_id}", body, headers={"if-match": tag} if tag else {}, **who)


def as_themself(cloud, person_id):
    """Who calls, signed in as the person."""
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": person_id}, condition="attribute_not_exists(pk)")
    return {"sub": "user-1"}


# -- whose change counts ------------------------------------------------------------------------------------------


def test_a_person_is_renamed_and_found_by_the_new_name(call, ada):
    person_id, tag = ada
    status, changed, headers = patch(as_operator(call), person_id, {"name": "Ada King"}, tag)
    assert (status, changed["name"]) == (200, "Ada King")
    assert headers["etag"] != tag
    _, read, read_headers = as_operator(call)("GET", f"/people/{person_id}")
    assert (read, read_headers["etag"]) == (changed, headers["etag"])
    found = [as_operator(call)("GET", "/people", query={"namePrefix": p})[1]["items"] for p in ("ada k", "ada l")]
    assert [[person["id"] for person in people] for people in found] == [[person_id], []]


def test_a_change_without_if_match_is_refused(call, ada):
    status, problem, _ = patch(as_operator(call), ada[0], {"name": "Ada King"}, None)
    assert (status, problem["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("tag", ['"99"', 'W/"1"', "1", '"x"', '""', "", '"999999999999999999"'])
def test_a_change_that_rests_on_another_version_is_refused(call, ada, tag):
    status, problem, _ = call(
        "PATCH",
        f"/people/{ada[0]}",
        {"name": "Ada King"},
        headers={"if-match": tag},
        groups="[operator]",
    )
    assert (status, problem["code"]) == (412, "precondition_failed")
    assert as_operator(call)("GET", f"/people/{ada[0]}")[1]["name"] == "Ada Lovelace"


def test_of_two_changes_to_one_version_the_second_is_refused(call, ada):
    person_id, tag = ada
    assert patch(as_operator(call), person_id, {"name": "Ada King"}, tag)[0] == 200
    assert patch(as_operator(call), person_id, {"name": "Ada Byron"}, tag)[0] == 412
    assert as_operator(call)("GET", f"/people/{person_id}")[1]["name"] == "Ada King"


@pytest.mark.parametrize("tag", ["*", '"7", "1"'])
def test_any_version_or_one_of_several_may_be_named(call, ada, tag):
    assert patch(as_operator(call), ada[0], {"name": "Ada King"}, tag)[0] == 200


@pytest.mark.parametrize(("tag", "answer"), [('"1"', (412, "precondition_failed")), ("*", (503, "service_busy"))])
def test_of_two_changes_at_once_one_is_made(call, ada, monkeypatch, tag, answer):
    change = PeopleTable.change

    def overtaken(people, before, after, entry):
        monkeypatch.setattr(PeopleTable, "change", change)
        assert patch(as_operator(call), ada[0], {"name": "Ada Byron"}, '"1"')[0] == 200
        return change(people, before, after, entry)

    monkeypatch.setattr(PeopleTable, "change", overtaken)
    status, problem, _ = patch(as_operator(call), ada[0], {"name": "Ada King"}, tag)
    assert (status, problem["code"]) == answer
    assert as_operator(call)("GET", f"/people/{ada[0]}")[1]["name"] == "Ada Byron"


def test_a_change_to_what_is_so_already_changes_nothing(call, ada):
    person_id, tag = ada
    status, _, headers = patch(as_operator(call), person_id, {"name": "Ada Lovelace"}, tag)
    assert (status, headers["etag"]) == (200, tag)


def test_a_new_face_is_a_new_version(call, cloud):
    person = cloud.person()
    before = as_operator(call)("GET", f"/people/{person.id}")[2]["etag"]
    cloud.processor().process(cloud.upload(cloud.registration(person)))
    assert as_operator(call)("GET", f"/people/{person.id}")[2]["etag"] != before


def test_a_change_that_cannot_be_recorded_is_not_made(call, cloud, ada, monkeypatch):
    def unavailable(*_):
        raise errors.AuditUnavailableError

    monkeypatch.setattr(type(context.wired().audit), "record", unavailable)
    status, problem, _ = patch(as_operator(call), ada[0], {"name": "Ada King"}, ada[1])
    assert (status, problem["code"]) == (503, "audit_unavailable")
    assert cloud.people.get(ada[0]).name == "Ada Lovelace"


def test_a_change_is_recorded(call, ada):
    patch(as_operator(call), ada[0], {"name": "Ada King"}, ada[1], sub="operator-2")
    _, trail, _ = call("GET", "/audit", groups="[admin]", query={"personId": ada[0]})
    assert ("operator-2", "changed") in {(entry["actor"], entry["action"]) for entry in trail["items"]}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": None},
        {"name": ""},
        {"name": "Ada\n"},
        {"withdrawConsent": False},
        {"consent": RENEWED, "withdrawConsent": True},
        {"consent": RENEWED | {"expiresAt": "2026-01-02T03:04:05Z"}},
        {"consent": RENEWED | {"givenAt": "2998-01-01T00:00:00Z"}},
        {"faces": 7},
    ],
)
def test_a_change_that_makes_no_sense_is_refused(call, ada, body):
    status, problem, _ = patch(as_operator(call), ada[0], body, ada[1])
    assert (status, problem["code"]) == (422, "invalid_request")


def test_why_a_change_makes_no_sense_is_told_in_our_own_words(call, ada):
    _, problem, _ = patch(as_operator(call), ada[0], {}, ada[1])
    assert problem["detail"] == "body: nothing to change"


def test_nobody_changes_somebody_who_is_being_erased(call, cloud):
    person = cloud.person(status="erasing")
    status, problem, _ = patch(as_operator(call), person.id, {"name": "Ada King"}, "*")
    assert (status, problem["code"]) == (409, "person_erasing")


def test_a_plain_user_cannot_tell_others_from_nobody(call, ada):
    answers = [patch(call, i, {"name": "Me"}, "*")[:2] for i in (ada[0], "per_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ")]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


# -- consent ------------------------------------------------------------------------------------------------------


def test_consent_is_renewed_and_what_was_before_stays_in_its_history(call, ada):
    person_id, tag = ada
    status, changed, _ = patch(as_operator(call), person_id, {"consent": RENEWED}, tag, sub="operator-2")
    assert (status, changed["consent"]) == (200, RENEWED | {"withdrawnAt": None})
    given, renewed = changed["consentHistory"]
    assert (given["event"], given["by"], given["consent"]["textVersion"]) == ("given", "operator-1", "2026-01")
    assert (renewed["event"], renewed["by"], renewed["consent"]) == ("renewed", "operator-2", changed["consent"])
    assert given["at"] < renewed["at"]


def test_consent_that_is_entered_twice_is_renewed_once(call, ada):
    person_id, tag = ada
    tag = patch(as_operator(call), person_id, {"consent": RENEWED}, tag)[2]["etag"]
    status, again, headers = patch(as_operator(call), person_id, {"consent": RENEWED}, tag)
    assert (status, headers["etag"], len(again["consentHistory"])) == (200, tag, 2)


@pytest.fixture
def without_erasures(monkeypatch, call):
    """A service where no erasure can begin for now."""

    def busy(*_):
        raise errors.ServiceBusyError

    monkeypatch.setattr(type(context.wired().erasures), "start", busy)


@pytest.mark.usefixtures("without_erasures")
def test_from_a_withdrawal_on_nobody_is_recognized_and_no_face_is_added(call, cloud):
    person, photo = cloud.person(), cloud.photo()
    cloud.processor().process(cloud.upload(cloud.registration(person)))
    status, changed, _ = patch(as_operator(call), person.id, {"withdrawConsent": True}, "*")
    assert (status, changed["consentHistory"][-1]["event"]) == (200, "withdrawn")
    assert changed["consent"]["withdrawnAt"] is not None
    cloud.gallery.photo_matches = (Match(person.id, 99.0),)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    (face,) = cloud.read(photo)[1].faces
    assert face.person_id is None
    body = {"contentType": "image/jpeg"}
    status, problem, _ = as_operator(call)("POST", f"/people/{person.id}/faces", body)
    assert (status, problem["code"]) == (409, "consent_missing")


@pytest.mark.usefixtures("without_erasures")
def test_a_withdrawal_while_a_face_is_indexed_takes_the_face_back(call, cloud):
    person = cloud.person()
    photo = cloud.registration(person)
    index = cloud.gallery.index

    def index_slowly(photo):
        assert patch(as_operator(call), person.id, {"withdrawConsent": True}, "*")[0] == 200
        return index(photo)

    cloud.gallery.index = index_slowly
    cloud.processor(clock=lambda: times.now() + timedelta(milliseconds=1)).process(cloud.upload(photo))
    assert cloud.read(photo)[1].problem.code == "consent_missing"
    assert cloud.gallery.faces == {}


def test_a_withdrawal_begins_the_erasure(call, cloud, ada):
    status, changed, headers = patch(as_operator(call), ada[0], {"withdrawConsent": True}, ada[1])
    assert (status, changed["status"]) == (200, "erasing")
    read, _, read_headers = as_operator(call)("GET", f"/people/{ada[0]}")
    assert (read, read_headers["etag"]) == (200, headers["etag"])
    assert patch(as_operator(call), ada[0], {"consent": RENEWED}, "*")[1]["code"] == "person_erasing"
    begun = call("DELETE", f"/people/{ada[0]}", groups="[admin]")[1]
    assert (begun["status"], begun["reason"]) == ("pending", "consent_ended")


@pytest.mark.usefixtures("without_erasures")
def test_where_no_erasure_can_begin_a_withdrawal_holds_and_is_due(call, cloud, ada):
    first, second = (patch(as_operator(call), ada[0], {"withdrawConsent": True}, "*")[:2] for _ in range(2))
    assert first == second
    assert (first[0], first[1]["status"]) == (200, "active")
    due = cloud.table.index("DUE", first[1]["consent"]["withdrawnAt"], limit=9, after=None)
    assert [pk for pk, _ in due.keys] == [f"P#{ada[0]}"]


def test_whoever_withdraws_again_begins_the_erasure_that_could_not_begin_before(call, ada, monkeypatch):
    start = type(context.wired().erasures).start

    def busy(erasures, *_):
        monkeypatch.setattr(type(erasures), "start", start)
        raise errors.ServiceBusyError

    monkeypatch.setattr(type(context.wired().erasures), "start", busy)
    statuses = [patch(as_operator(call), ada[0], {"withdrawConsent": True}, "*")[1]["status"] for _ in range(2)]
    assert statuses == ["active", "erasing"]


@pytest.mark.usefixtures("without_erasures")
def test_consent_that_is_renewed_before_the_erasure_has_begun_holds_again(call, cloud, ada):
    person_id, _ = ada
    patch(as_operator(call), person_id, {"withdrawConsent": True}, "*")
    status, changed, _ = patch(as_operator(call), person_id, {"consent": CONSENT | {"textVersion": "2"}}, "*")
    assert (status, changed["consent"]["withdrawnAt"]) == (200, None)
    assert [entry["event"] for entry in changed["consentHistory"]] == ["given", "withdrawn", "renewed"]
    assert cloud.table.index("DUE", "", limit=9, after=None).keys == []
    assert as_operator(call)("POST", f"/people/{person_id}/faces", {"contentType": "image/jpeg"})[0] == 201


def test_somebody_may_rename_themself_and_withdraw_but_not_enter_consent(call, cloud, ada):
    person_id, _ = ada
    themself = as_themself(cloud, person_id)
    assert patch(call, person_id, {"name": "Ada King"}, "*", **themself)[0] == 200
    status, problem, _ = patch(call, person_id, {"consent": RENEWED}, "*", **themself)
    assert (status, problem["code"]) == (403, "forbidden")
    status, changed, _ = patch(call, person_id, {"withdrawConsent": True}, "*", **themself)
    assert (status, changed["consentHistory"][-1]["by"]) == (200, "user-1")
