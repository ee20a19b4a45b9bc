"""Erasures by the API: who may begin and follow one, and what it tells."""

from datetime import timedelta

import pytest

from domain.erasures import OVERDUE_AFTER, Reason
from domain.errors import PersonErasingError, ServiceBusyError
from domain.people import PersonStatus

from .conftest import set_clock_forward
from .stored import TABLE

NOBODY = "per_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ"


def as_admin(call):
    return lambda *args, **kwargs: call(*args, **{"groups": "[admin]", "sub": "admin-1"} | kwargs)


def is_user(cloud, person, sub):
    """Have a signed-in user be the person."""
    cloud.dynamodb.put_item(
        TableName=TABLE, Item={"pk": {"S": f"U#{sub}"}, "sk": {"S": "A"}, "personId": {"S": person.id}}
    )
    cloud.dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"P#{person.id}"}, "sk": {"S": "A"}},
        UpdateExpression="SET #sub = :sub",
        ExpressionAttributeNames={"#sub": "sub"},
        ExpressionAttributeValues={":sub": {"S": sub}},
    )


def work(cloud, erasure_id):
    cloud.eraser().erase(erasure_id, until=cloud.now() + timedelta(minutes=4))


def test_an_admin_begins_an_erasure_follows_it_and_gets_a_receipt(cloud, call):
    person = cloud.person()
    status, begun, headers = as_admin(call)("DELETE", f"/people/{person.id}")
    assert (status, headers["location"]) == (202, f"/erasures/{begun['id']}")
    assert (begun["status"], begun["personId"], begun["reason"]) == ("pending", person.id, "requested")
    assert (begun["completedAt"], begun["receipt"]) == (None, None)
    assert cloud.messages(cloud.erasure_queue_url) == 1
    assert as_admin(call)("GET", headers["location"])[:2] == (200, begun)
    work(cloud, begun["id"])
    status, done, _ = as_admin(call)("GET", headers["location"])
    assert (status, done["status"], done["personId"]) == (200, "complete", None)
    assert done["receipt"]["faces"] == 0
    assert [left["what"] for left in done["receipt"]["remains"]] == ["backups", "table_stream", "account_trails"]
    assert as_admin(call)("GET", f"/people/{person.id}")[0] == 404


def test_asked_again_it_is_the_same_erasure_and_is_sent_on_its_way_again(cloud, call):
    person = cloud.person()
    first = as_admin(call)("DELETE", f"/people/{person.id}")
    assert as_admin(call)("DELETE", f"/people/{person.id}")[:2] == first[:2]
    assert cloud.messages(cloud.erasure_queue_url) == 2
    work(cloud, first[1]["id"])
    assert as_admin(call)("DELETE", f"/people/{person.id}")[0] == 404


def test_a_person_who_is_a_user_erases_themself_and_reads_the_receipt_afterwards(cloud, call):
    person = cloud.person()
    is_user(cloud, person, "user-1")
    status, begun, _ = call("DELETE", f"/people/{person.id}")
    assert status == 202
    assert call("GET", f"/erasures/{begun['id']}", sub="user-2")[0] == 404
    work(cloud, begun["id"])
    assert call("GET", f"/erasures/{begun['id']}")[1]["status"] == "complete"
    assert call("GET", f"/erasures/{begun['id']}", sub="user-2")[0] == 404
    assert call("GET", "/me")[1]["person"] is None
    # What is left of them is a mark that only they themselves fit.
    assert "user-1" not in repr(list(cloud.table.walk(f"E#{begun['id']}")))


@pytest.mark.parametrize(
    ("caller", "answer"),
    [({"groups": "[operator]"}, (403, "forbidden")), ({}, (404, "not_found"))],
)
def test_nobody_else_may(cloud, call, caller, answer):
    person = cloud.person()
    status, problem, _ = call("DELETE", f"/people/{person.id}", **caller)
    assert (status, problem["code"]) == answer
    assert cloud.people.get(person.id).status is PersonStatus.ACTIVE
    begun = cloud.erasures.start(person.id, Reason.REQUESTED)
    assert call("GET", f"/erasures/{begun.id}", **caller)[0] == 404


@pytest.mark.parametrize("erasure_id", ["era_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ", "era_x", NOBODY])
def test_what_is_not_there_is_not_found(call, erasure_id):
    assert as_admin(call)("DELETE", f"/people/{NOBODY}")[0] == 404
    assert as_admin(call)("GET", f"/erasures/{erasure_id}")[0] == 404


def test_who_erased_whom_is_recorded_and_without_the_record_nothing_is_begun(cloud, call, monkeypatch):
    person = cloud.person()
    begun = as_admin(call)("DELETE", f"/people/{person.id}")[1]
    as_admin(call)("GET", f"/erasures/{begun['id']}")
    _, page, _ = as_admin(call)("GET", "/audit", query={"personId": person.id})
    assert sorted(entry["action"] for entry in page["items"]) == ["erased", "saw"]
    other = cloud.person(id="per_01JDZ6V8K2M3N4P5Q6R7S8T9V2")
    monkeypatch.setattr("adapters.audit_table.AuditTable._put", lambda *_: (_ for _ in ()).throw(ServiceBusyError()))
    assert as_admin(call)("DELETE", f"/people/{other.id}")[1]["code"] == "audit_unavailable"
    assert cloud.people.get(other.id).status is PersonStatus.ACTIVE


def test_an_erasure_that_takes_more_than_a_day_is_shown_as_failed_and_goes_on_all_the_same(cloud, call, monkeypatch):
    person = cloud.person()
    begun = as_admin(call)("DELETE", f"/people/{person.id}")[1]
    with monkeypatch.context() as later:
        set_clock_forward(later, OVERDUE_AFTER + timedelta(seconds=1))
        assert as_admin(call)("GET", f"/erasures/{begun['id']}")[1]["status"] == "failed"
    work(cloud, begun["id"])
    assert as_admin(call)("GET", f"/erasures/{begun['id']}")[1]["status"] == "complete"


def test_nothing_is_added_to_somebody_who_is_being_erased(cloud, call):
    person = cloud.person()
    as_admin(call)("DELETE", f"/people/{person.id}")
    status, problem, _ = as_admin(call)("POST", f"/people/{person.id}/faces", {"contentType": "image/jpeg"})
    assert (status, problem["code"]) == (409, "person_erasing")
    with pytest.raises(PersonErasingError):  # the erasure may begin after the person was read
        cloud.registration(person)


def test_a_message_that_could_not_be_sent_delays_the_erasure_and_does_not_refuse_it(cloud, call, monkeypatch):
    person = cloud.person()

    def busy(*_, **__):
        raise ServiceBusyError

    with monkeypatch.context() as outage:
        outage.setattr("adapters.erasure_queue.ErasureMessages.send", busy)
        assert as_admin(call)("DELETE", f"/people/{person.id}")[0] == 202
    cloud.later = timedelta(minutes=16)
    assert cloud.erasures.resume().resent == 1


def test_the_schedule_leaves_alone_what_is_worked_on_and_what_is_done(cloud):
    people = [cloud.person(id=f"per_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}") for n in range(3)]
    idle, worked_on, done = (cloud.erasures.start(person.id, Reason.REQUESTED) for person in people)
    work(cloud, done.id)
    cloud.later = timedelta(minutes=16)
    cloud.eraser().data.work_on(worked_on.id, cloud.now())
    assert [erasure.id for erasure in cloud.erasures.records.idle(cloud.now() - timedelta(minutes=15))] == [idle.id]
    resumed = cloud.erasures.resume()
    assert (resumed.resent, resumed.overdue, resumed.started) == (1, 0, 0)
    cloud.later = OVERDUE_AFTER + timedelta(minutes=1)
    assert cloud.erasures.resume().overdue == 2


def test_people_whose_consent_has_ended_are_erased_and_no_others(cloud):
    ended = cloud.person(id="per_01JDZ6V8K2M3N4P5Q6R7S8T9V1", expires_at=cloud.now() - timedelta(seconds=1))
    holds = cloud.person(id="per_01JDZ6V8K2M3N4P5Q6R7S8T9V2", expires_at=cloud.now() + timedelta(hours=1))
    endless = cloud.person(id="per_01JDZ6V8K2M3N4P5Q6R7S8T9V3")
    assert [cloud.erasures.resume().started for _ in range(2)] == [1, 0]
    statuses = [cloud.people.get(person.id).status for person in (ended, holds, endless)]
    assert statuses == [PersonStatus.ERASING, PersonStatus.ACTIVE, PersonStatus.ACTIVE]


def test_who_consented_again_after_the_list_was_made_is_not_erased(cloud, monkeypatch):
    person = cloud.person(expires_at=cloud.now() + timedelta(hours=1))
    records = type(cloud.erasures.records)
    monkeypatch.setattr(records, "without_consent", lambda records, now: iter([person.id, NOBODY]))
    assert cloud.erasures.resume().started == 0
    assert cloud.people.get(person.id).status is PersonStatus.ACTIVE


def test_a_late_retry_of_the_registration_does_not_bring_the_person_back(cloud, call):
    body = {
        "name": "Ada Lovelace",
        "consent": {"purpose": "x", "textVersion": "1", "givenAt": "2026-01-02T03:04:05Z"},
    }
    _, made, _ = as_admin(call)("POST", "/people", body, key="once")
    begun = as_admin(call)("DELETE", f"/people/{made['id']}")[1]
    work(cloud, begun["id"])
    assert as_admin(call)("POST", "/people", body, key="once")[0] == 404
    assert cloud.people.get(made["id"]) is None
