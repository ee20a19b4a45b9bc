"""Somebody registers themself, and is nobody on a photo until an operator approves it."""

from datetime import timedelta

import pytest

from domain.faces import Decision, Match
from domain.processing import Outcome
from handlers.api import context

from .conftest import ADA, as_operator

REF = {"externalRef": "badge-7"}


@pytest.fixture
def call(call, monkeypatch):
    """The API of a stage where people may register themselves."""
    monkeypatch.setenv("SELF_REGISTRATION", "true")
    context.wired.cache_clear()
    return call


@pytest.fixture
def ada(call, cloud):
    """Somebody who has registered herself, with a face."""
    made = call("POST", "/people", ADA)[1]
    person = cloud.people.get(made["id"])
    assert cloud.processor().process(cloud.upload(cloud.registration(person))) is Outcome.COMMITTED
    cloud.gallery.photo_matches = (Match(person.id, 99.0),)
    return cloud.people.get(made["id"])


def recognized(cloud, photo_id="rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB"):
    photo = cloud.photo(photo_id)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    (face,) = cloud.read(photo)[1].faces
    return face.decision, face.person_id


def approve(call, person_id, **who):
    return call("PATCH", f"/people/{person_id}", {"status": "active"}, headers={"if-match": "*"}, **who)


def waiting(call, **query):
    return as_operator(call)("GET", "/people", query={"status": "pending"} | query)[1]


def test_a_plain_user_registers_themself_and_waits_for_approval(call):
    status, made, _ = call("POST", "/people", ADA)
    assert (status, made["status"], made["consentHistory"][0]["by"]) == (201, "pending", "user-1")
    assert call("GET", "/me")[1]["person"]["id"] == made["id"]
    assert call("GET", f"/people/{made['id']}")[0] == 200
    assert call("POST", f"/people/{made['id']}/faces", {"contentType": "image/jpeg"})[0] == 201


def test_where_the_stage_does_not_say_so_nobody_registers_themself(call, monkeypatch):
    monkeypatch.setenv("SELF_REGISTRATION", "false")
    context.wired.cache_clear()
    status, problem, _ = call("POST", "/people", ADA)
    assert (status, problem["code"]) == (403, "forbidden")


def test_somebody_registers_themself_once(call):
    call("POST", "/people", ADA)
    status, problem, _ = call("POST", "/people", {**ADA, "name": "Somebody Else"})
    assert (status, problem["code"]) == (409, "already_registered")
    assert [person["name"] for person in as_operator(call)("GET", "/people")[1]["items"]] == ["Ada Lovelace"]
    assert call("POST", "/people", ADA, sub="user-2")[0] == 201


def test_the_same_request_again_makes_the_same_person(call):
    first, second = (call("POST", "/people", ADA, key="key-1") for _ in range(2))
    assert first[:2] == second[:2]


def test_nobody_claims_an_external_reference_for_themself(call):
    as_operator(call)("POST", "/people", ADA | REF)
    for reference in (REF, {"externalRef": "badge-8"}):
        status, problem, _ = call("POST", "/people", ADA | reference)
        assert (status, problem["code"]) == (422, "invalid_request")


def test_whom_an_operator_registers_is_active_and_not_the_operator(call):
    made = as_operator(call)("POST", "/people", ADA)[1]
    assert made["status"] == "active"
    assert as_operator(call)("GET", "/me")[1]["person"] is None


def test_somebody_pending_is_nobody_on_a_photo_until_approved(call, cloud, ada):
    assert recognized(cloud) == (Decision.UNKNOWN, None)
    status, approved, _ = approve(as_operator(call), ada.id)
    assert (status, approved["status"]) == (200, "active")
    assert recognized(cloud, "rec_01JDZ6V8K2M3N4P5Q6R7S8T9VD") == (Decision.MATCHED, ada.id)


def test_nobody_is_verified_against_somebody_pending(call, ada):
    body = {"contentType": "image/jpeg"}
    status, problem, _ = call("POST", f"/people/{ada.id}/verifications", body)
    assert (status, problem["code"]) == (409, "person_pending")
    approve(as_operator(call), ada.id)
    assert call("POST", f"/people/{ada.id}/verifications", body)[0] == 201


def test_nobody_approves_themself(call, ada):
    status, problem, _ = approve(call, ada.id)
    assert (status, problem["code"]) == (403, "forbidden")


def test_approving_twice_is_approving_once(call, ada):
    tags = [approve(as_operator(call), ada.id)[2]["etag"] for _ in range(2)]
    assert tags[0] == tags[1]


def test_operators_list_those_who_wait_who_came_first_first(call):
    made = [call("POST", "/people", ADA, sub=f"user-{n}")[1]["id"] for n in range(3)]
    first = waiting(call, limit="2")
    assert [person["id"] for person in first["items"]] == made[:2]
    assert [person["id"] for person in waiting(call, limit="2", cursor=first["nextCursor"])["items"]] == made[2:]
    approve(as_operator(call), made[1])
    assert [person["id"] for person in waiting(call)["items"]] == [made[0], made[2]]
    assert call("GET", "/people", query={"status": "pending"})[0] == 403


@pytest.mark.parametrize("query", [{"namePrefix": "a"}, {"externalRef": "x"}, {"status": "active"}])
def test_those_who_wait_are_listed_in_one_way_only(call, query):
    assert as_operator(call)("GET", "/people", query={"status": "pending"} | query)[0] == 422


@pytest.mark.parametrize("code", ["duplicate_person", "no_face"])
def test_a_self_registrant_learns_that_a_photo_is_not_accepted_never_whose_face_it_is(call, cloud, ada, code):
    other = call("POST", "/people", ADA, sub="user-2")[1]
    if code == "no_face":
        cloud.gallery.photo_face = None
    body = {"contentType": "image/jpeg"}
    made = call("POST", f"/people/{other['id']}/faces", body, sub="user-2")[1]
    photo = cloud.photos.get(made["id"], now=cloud.now())[0]
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.REJECTED
    shown = call("GET", f"/registrations/{photo.id}", sub="user-2")[1]
    assert shown["error"]["code"] == ("not_accepted" if code == "duplicate_person" else code)
    assert ada.id not in str(shown)
    assert as_operator(call)("GET", f"/registrations/{photo.id}")[1]["error"]["code"] == code


def test_who_was_erased_may_register_themself_again(call, cloud, ada):
    body = {"withdrawConsent": True}
    assert call("PATCH", f"/people/{ada.id}", body, headers={"if-match": "*"})[1]["status"] == "erasing"
    assert call("POST", "/people", ADA)[1]["code"] == "already_registered"
    begun = call("DELETE", f"/people/{ada.id}")[1]
    cloud.eraser().erase(begun["id"], until=cloud.now() + timedelta(minutes=4))
    assert cloud.items(f"P#{ada.id}") == set()
    assert waiting(call)["items"] == []
    status, made, _ = call("POST", "/people", ADA)
    assert (status, made["status"]) == (201, "pending")
    assert made["id"] != ada.id


@pytest.mark.parametrize("again", [ADA, {**ADA, "externalRef": "badge-7"}])
def test_nobody_is_recorded_as_registered_who_is_not(call, cloud, again):
    as_operator(call)("POST", "/people", {**ADA, "externalRef": "badge-7"})
    call("POST", "/people", ADA)
    entries = cloud.everything().count("AUDIT#")
    asking = as_operator(call) if "externalRef" in again else call
    assert asking("POST", "/people", again)[0] == 409
    assert cloud.everything().count("AUDIT#") == entries
