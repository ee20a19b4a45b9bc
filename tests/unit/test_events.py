"""What is told once a photo or an erasure has ended: from the table's stream, at least once, without names."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from adapters.audit_table import AuditTable
from adapters.event_bridge import EventBridgeBus
from adapters.photo_items import result_item
from adapters.table import values
from adapters.table_stream import endings
from domain.audit import SERVICE, AuditAction
from domain.decisions import DecisionPolicy
from domain.endings import announce
from domain.errors import AuditUnavailableError, ServiceBusyError
from domain.faces import Box, Decision, DetectedFace, Match, RecognizedFace
from domain.photos import Call, Photo, Problem, Purpose, RegisteredFace, Result, Status
from handlers import events as handler
from handlers.wiring.events import Announcer

ADA, BOB, EVE = (f"per_01JDZ6V8K2M3N4P5Q6R7S8T9V{letter}" for letter in "ABE")
AT = datetime(2026, 11, 24, 8, 0, 1, tzinfo=UTC)
BOX = Box(0.1, 0.2, 0.3, 0.4)
IDS = {
    Purpose.RECOGNITION: "rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB",
    Purpose.REGISTRATION: "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VC",
    Purpose.VERIFICATION: "ver_01JDZ6V8K2M3N4P5Q6R7S8T9VD",
}


class Bus:
    """Keeps what it is told; refuses as often as a test says."""

    def __init__(self):
        self.events, self.refusals = [], 0

    def publish(self, event):
        if self.refusals:
            self.refusals -= 1
            raise ServiceBusyError
        self.events.append((event.kind.value, json.loads(json.dumps(event.detail))))


@pytest.fixture
def bus():
    return Bus()


@pytest.fixture
def trail(cloud):
    return AuditTable(cloud.table, timedelta(days=90))


@pytest.fixture
def deliver(bus, trail, monkeypatch, lambda_context):
    """Hands changes of the table to the function, as Lambda does."""
    monkeypatch.setattr(handler, "wired", lambda: Announcer(trail, bus))
    return lambda *records: handler.handler({"Records": list(records)}, lambda_context)


def result(**changes):
    return Result(
        Status.SUCCEEDED, AT, calls={Call.SEARCH: 1}, policy=DecisionPolicy(95, 80), model_version="7.0", **changes
    )


def change(item, name="INSERT", old=None, number="1"):
    """A change of an item as the stream tells it."""
    images = {"NewImage": values(item)} | ({"OldImage": values(old)} if old else {})
    keys = values({"pk": item["pk"], "sk": item["sk"]})
    return {
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": keys, "SequenceNumber": number, **images},
    }


def ended(purpose, ending, person_id=None, number="1"):
    photo = Photo(IDS[purpose], "user-1", purpose, "image/jpeg", AT, person_id=person_id)
    return change(result_item(photo, ending), number=number)


def face(n=0, decision=Decision.MATCHED, person_id=None, similarity=None, candidates=()):
    return RecognizedFace(n, BOX, 99, decision, person_id, similarity, candidates)


MATCHED = result(faces=(face(person_id=ADA, similarity=99.5), face(1, Decision.UNKNOWN)))


def entries(trail):
    page = trail.of_day(AT.date(), limit=100, after=None, now=AT)
    return {
        (entry.action, entry.actor, entry.person_id, entry.finding and entry.finding.decision, entry.source)
        for entry in page.items
    }


# -- events -----------------------------------------------------------------------------------------------------------


def test_a_recognition_is_told_with_its_decisions(deliver, bus):
    deliver(ended(Purpose.RECOGNITION, MATCHED))
    assert bus.events == [
        (
            "RecognitionCompleted",
            {
                "recognitionId": IDS[Purpose.RECOGNITION],
                "requestedBy": "user-1",
                "status": "succeeded",
                "completedAt": "2026-11-24T08:00:01.000Z",
                "error": None,
                "modelVersion": "7.0",
                "matched": [ADA],
                "faces": [
                    {"n": 0, "decision": "matched", "personId": ADA, "similarity": 99.5},
                    {"n": 1, "decision": "unknown", "personId": None, "similarity": None},
                ],
                "thresholds": {"match": 95, "review": 80},
            },
        )
    ]


def test_somebody_who_is_only_a_candidate_is_not_told_as_matched(deliver, bus):
    deliver(ended(Purpose.RECOGNITION, result(faces=(face(decision=Decision.REVIEW, candidates=(Match(ADA, 90),)),))))
    ((_, detail),) = bus.events
    assert (detail["matched"], detail["faces"][0]["personId"]) == ([], None)
    assert ADA not in json.dumps(detail)


def test_a_registration_is_told_with_its_face(deliver, bus):
    added = result(registered=RegisteredFace("face-1", DetectedFace(BOX, 99)))
    deliver(ended(Purpose.REGISTRATION, added, ADA), ended(Purpose.REGISTRATION, result(duplicate_of="face-1"), ADA))
    told = [(kind, detail["personId"], detail["faceId"], detail["duplicate"]) for kind, detail in bus.events]
    assert told == [("RegistrationCompleted", ADA, "face-1", False), ("RegistrationCompleted", ADA, None, True)]


@pytest.mark.parametrize(("decision", "verified"), [(Decision.MATCHED, True), (Decision.UNKNOWN, False)])
def test_a_verification_is_told_with_its_answer(deliver, bus, decision, verified):
    deliver(ended(Purpose.VERIFICATION, result(faces=(face(decision=decision, similarity=88),)), ADA))
    ((kind, detail),) = bus.events
    assert (kind, detail["personId"], detail["verified"], detail["similarity"]) == (
        "VerificationCompleted",
        ADA,
        verified,
        88,
    )


@pytest.mark.parametrize("purpose", Purpose)
def test_what_was_rejected_is_told_too_with_its_code(deliver, bus, purpose):
    rejected = Result(Status.REJECTED, AT, problem=Problem("no_face", "There is no face", "There is no face"))
    deliver(ended(purpose, rejected, ADA))
    ((_, detail),) = bus.events
    assert (detail["status"], detail["error"]) == ("rejected", "no_face")


REQUESTED_AT = "2026-11-24T07:59:00.000Z"
PENDING = {"pk": "E#era_1", "sk": "A", "id": "era_1", "personId": ADA, "status": "pending", "requestedAt": REQUESTED_AT}
COMPLETE = {"pk": "E#era_1", "sk": "A", "id": "era_1", "status": "complete", "completedAt": "2026-11-24T08:00:01.000Z"}


def test_an_erasure_is_told_with_who_it_was_although_its_record_does_not_say_so_any_more(deliver, bus, trail):
    deliver(change(COMPLETE, "MODIFY", old=PENDING))
    expected = {"erasureId": "era_1", "personId": ADA, "completedAt": "2026-11-24T08:00:01.000Z"}
    assert bus.events == [("PersonErased", expected)]
    assert entries(trail) == {(AuditAction.ERASED, SERVICE, ADA, None, "era_1")}


def test_nothing_else_is_told(deliver, bus):
    redacted = result_item(Photo(IDS[Purpose.RECOGNITION], "u", Purpose.RECOGNITION, "image/jpeg", AT), result())
    deliver(
        change(redacted, "MODIFY", old=redacted),
        change(PENDING),
        change(PENDING | {"workedAt": "now"}, "MODIFY", old=PENDING),
        change(COMPLETE, "MODIFY", old=COMPLETE),
        change({"pk": f"P#{ADA}", "sk": "A", "name": "Ada Lovelace"}),
        {"eventName": "REMOVE", "dynamodb": change(redacted)["dynamodb"] | {"NewImage": {}}},
    )
    assert bus.events == []


def test_what_the_processor_writes_is_what_is_told(cloud, deliver, bus, trail):
    photo = cloud.photo()
    person = cloud.person()
    cloud.gallery.photo_matches = (Match(person.id, 99),)
    cloud.processor().process(cloud.upload(photo))
    item = cloud.table.get(f"R#{photo.id}", "RESULT")
    deliver(change(item))
    ((_, detail),) = bus.events
    assert (detail["matched"], detail["requestedBy"]) == ([person.id], photo.owner)
    assert person.name not in json.dumps(detail)
    (found,) = trail.of_person(person.id, limit=9, after=None, now=cloud.now()).items
    assert found.finding.policy == DecisionPolicy(95, 80)


def test_the_result_of_a_photo_with_one_face_stays_within_one_write_unit(cloud):
    photo, person = cloud.photo(owner="2f1e4c5a-0001-4a6b-9f8e-0123456789ab"), cloud.person()
    cloud.gallery.photo_matches = (Match(person.id, 99.123456),)
    cloud.processor().process(cloud.upload(photo))
    item = cloud.dynamodb.get_item(
        TableName="faces", Key={"pk": {"S": f"R#{photo.id}"}, "sk": {"S": "RESULT"}}, ReturnConsumedCapacity="TOTAL"
    )["Item"]
    assert len(json.dumps(item)) < 1024  # its JSON is longer than what DynamoDB counts


# -- the audit --------------------------------------------------------------------------------------------------------


def test_everybody_whom_a_search_named_has_an_entry_with_thresholds_and_model(deliver, trail):
    several = (
        face(person_id=ADA, similarity=99.5),
        face(1, Decision.REVIEW, similarity=91, candidates=(Match(BOB, 91), Match(EVE, 85), Match(ADA, 82))),
        face(2, Decision.REVIEW, similarity=93, candidates=(Match(EVE, 93),)),
    )
    deliver(ended(Purpose.RECOGNITION, result(faces=several)))
    source = IDS[Purpose.RECOGNITION]
    assert entries(trail) == {
        (AuditAction.SEARCHED, "user-1", ADA, Decision.MATCHED, source),
        (AuditAction.SEARCHED, "user-1", BOB, Decision.REVIEW, source),
        (AuditAction.SEARCHED, "user-1", EVE, Decision.REVIEW, source),
    }
    found = {e.person_id: e.finding for e in trail.of_day(AT.date(), limit=9, after=None, now=AT).items}
    assert (found[ADA].similarity, found[EVE].similarity) == (99.5, 93)
    assert (found[ADA].policy, found[ADA].model_version) == (DecisionPolicy(95, 80), "7.0")


def test_a_search_that_found_nobody_leaves_one_entry(deliver, trail):
    deliver(ended(Purpose.RECOGNITION, result(faces=(face(decision=Decision.UNKNOWN),))))
    assert entries(trail) == {(AuditAction.SEARCHED, "user-1", None, None, IDS[Purpose.RECOGNITION])}


def test_registrations_and_verifications_are_recorded_for_their_person(deliver, trail):
    added = result(registered=RegisteredFace("face-1", DetectedFace(BOX, 99)))
    deliver(
        ended(Purpose.REGISTRATION, added, ADA),
        ended(Purpose.VERIFICATION, result(faces=(face(decision=Decision.UNKNOWN),)), BOB),
    )
    assert entries(trail) == {
        (AuditAction.REGISTERED, "user-1", ADA, None, IDS[Purpose.REGISTRATION]),
        (AuditAction.VERIFIED, "user-1", BOB, Decision.UNKNOWN, IDS[Purpose.VERIFICATION]),
    }


def test_what_was_rejected_leaves_no_entry(deliver, trail):
    rejected = Result(Status.REJECTED, AT, problem=Problem("no_face", "There is no face", "There is no face"))
    deliver(*(ended(purpose, rejected, ADA) for purpose in Purpose))
    assert entries(trail) == set()


# -- twice, late, half-way --------------------------------------------------------------------------------------------


def test_a_change_that_comes_twice_is_recorded_once_and_told_twice_alike(deliver, bus, trail):
    for _ in range(2):
        deliver(ended(Purpose.RECOGNITION, MATCHED))
    assert len(trail.of_day(AT.date(), limit=9, after=None, now=AT).items) == 1
    assert len(bus.events) == 2
    assert bus.events[0] == bus.events[1]


def test_what_the_bus_refuses_comes_again_and_holds_nothing_up(deliver, bus, trail):
    batch = [
        ended(Purpose.RECOGNITION, MATCHED, number="7"),
        ended(Purpose.VERIFICATION, result(faces=(face(decision=Decision.UNKNOWN),)), BOB, number="8"),
    ]
    bus.refusals = 1
    with pytest.raises(handler.NotAnnouncedError, match=r"^7$"):
        deliver(*batch)
    assert [kind for kind, _ in bus.events] == ["VerificationCompleted"]
    deliver(*batch)
    assert {kind for kind, _ in bus.events} == {"RecognitionCompleted", "VerificationCompleted"}
    assert len(entries(trail)) == 2


def test_nothing_is_told_that_cannot_be_recorded(deliver, bus, monkeypatch):
    def unavailable(*_):
        raise AuditUnavailableError

    monkeypatch.setattr(AuditTable, "record", unavailable)
    with pytest.raises(handler.NotAnnouncedError):
        deliver(ended(Purpose.RECOGNITION, MATCHED))
    assert bus.events == []


def test_a_change_that_cannot_be_read_fails_and_is_not_passed_over(deliver):
    broken = ended(Purpose.RECOGNITION, MATCHED)
    del broken["dynamodb"]["NewImage"]["owner"]
    with pytest.raises(KeyError):
        deliver(broken)


# -- EventBridge ------------------------------------------------------------------------------------------------------


class EventBridge:
    """Answers as a test says."""

    def __init__(self, answer):
        self.answer, self.entries = answer, []

    def put_events(self, *, Entries):  # noqa: N803 - AWS's name
        self.entries += Entries
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def an_event():
    ((_, ending),) = endings({"Records": [ended(Purpose.RECOGNITION, MATCHED)]})
    told = []

    class Told:
        def publish(self, event):
            told.append(event)

    class Unkept:
        def record(self, entries):
            pass

    announce(ending, trail=Unkept(), bus=Told())
    return told[0]


def test_an_event_is_put_on_the_bus_with_its_time():
    client = EventBridge({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})
    EventBridgeBus(client, "bus-1").publish(an_event())
    ((entry),) = client.entries
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"], entry["Time"]) == (
        "bus-1",
        "faces",
        "RecognitionCompleted",
        AT,
    )
    assert json.loads(entry["Detail"])["matched"] == [ADA]


@pytest.mark.parametrize(
    "answer",
    [
        {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]},
        ClientError({"Error": {"Code": "ThrottlingException"}}, "PutEvents"),
    ],
    ids=["inside a 200", "throttled"],
)
def test_an_event_that_is_refused_counts_as_not_told(answer):
    with pytest.raises(ServiceBusyError):
        EventBridgeBus(EventBridge(answer), "bus-1").publish(an_event())


def test_results_of_another_decision_policy_keep_it(trail, deliver):
    strict = replace(MATCHED, policy=DecisionPolicy(99, 90))
    deliver(ended(Purpose.RECOGNITION, strict))
    (kept,) = trail.of_person(ADA, limit=9, after=None, now=AT).items
    assert kept.finding.policy == DecisionPolicy(99, 90)
