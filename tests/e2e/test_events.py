"""What became of a photo is told on the event bus, and recorded in the audit."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.e2e.support import CONSENT, eventually, role_of, taken_away, unused_ulid

DOCUMENT = Path(__file__).parents[2] / "docs" / "events.md"


@pytest.fixture
def listen(deployed):
    """Makes rules on the bus, and gives what reads the details of the events that have come by one."""
    events, sqs = deployed.cloud.client("events"), deployed.cloud.client("sqs")
    bus, made = deployed.outputs.event_bus_name, []

    def listen(pattern):
        name = f"test-{unused_ulid()}"
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
            },
        }
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
        made.append((name, url))
        received: list[dict[str, Any]] = []

        def read():
            received.extend(
                json.loads(message["Body"])
                for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            )
            return received

        return read

    yield listen
    for name, url in made:
        events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
        events.delete_rule(Name=name, EventBusName=bus)
        sqs.delete_queue(QueueUrl=url)


def test_a_recognition_is_told_and_recorded_without_a_name(listen, admin, user, samples, obama):
    heard = listen({"source": ["faces"], "detail-type": ["RecognitionCompleted"]})
    recognition = user.recognize((samples / "obama-2012.jpg").read_bytes())
    [event] = eventually(
        lambda: [event for event in heard() if event["detail"]["recognitionId"] == recognition.id], bool
    )
    detail = event["detail"]
    assert (detail["status"], detail["matched"], detail["requestedBy"]) == ("succeeded", [obama], user.me().sub)
    [face] = detail["faces"]
    assert (face["decision"], face["personId"]) == ("matched", obama)
    assert face["similarity"] >= detail["thresholds"]["match"] == 95
    assert "Obama" not in json.dumps(event)

    def recorded():
        page = admin.call("GET", "/audit", params={"personId": obama})
        return [entry for entry in page["items"] if entry["source"] == recognition.id]

    [entry] = eventually(recorded, bool)
    assert (entry["action"], entry["actor"]) == ("searched", user.me().sub)
    assert entry["finding"]["decision"] == "matched"
    assert (entry["finding"]["matchThreshold"], entry["finding"]["reviewThreshold"]) == (95, 80)
    assert entry["finding"]["modelVersion"] == detail["modelVersion"]


def test_a_registration_is_told(listen, operator, samples):
    heard = listen({"detail-type": ["RegistrationCompleted"]})
    person = operator.register_person("Sally Ride", consent=CONSENT)
    rejected = operator.add_face(person.id, (samples / "rocket.jpg").read_bytes())
    [event] = eventually(lambda: [event for event in heard() if event["detail"]["registrationId"] == rejected.id], bool)
    detail = event["detail"]
    assert (detail["personId"], detail["status"], detail["error"]) == (person.id, "rejected", "no_face")


def documented_rule():
    """The event pattern of the door opener in the document."""
    [pattern] = re.findall(r"```json door-opener\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(pattern)


@pytest.mark.usefixtures("ardern")
def test_the_rule_of_the_document_opens_the_door_for_who_may_in_and_for_nobody_else(
    listen, operator, user, samples, obama
):
    pattern = documented_rule()
    pattern["detail"]["requestedBy"] = [user.me().sub]
    pattern["detail"]["matched"] = [obama]
    opened = listen(pattern)
    everything = listen({"source": ["faces"]})
    photos = [
        (user, "obama-2012.jpg"),  # may in, at the door's own camera
        (operator, "obama-2012.jpg"),  # may in, but is not at the door
        (user, "ardern-2022.jpg"),  # may not
        (user, "sunak.jpg"),  # is nobody
    ]
    ids = [client.recognize((samples / photo).read_bytes()).id for client, photo in photos]
    told = eventually(
        lambda: {event["detail"].get("recognitionId") for event in everything()}, lambda found: found >= set(ids)
    )
    assert told >= set(ids)
    assert [event["detail"]["recognitionId"] for event in opened()] == ids[:1]


def test_an_erasure_is_told_and_recorded_with_who_it_was(listen, admin, operator):
    heard = listen({"detail-type": ["PersonErased"]})
    person = operator.register_person("Valentina Tereshkova", consent=CONSENT)
    erasure = admin.call("DELETE", f"/people/{person.id}")
    [event] = eventually(lambda: [event for event in heard() if event["detail"]["erasureId"] == erasure["id"]], bool)
    assert event["detail"]["personId"] == person.id

    def recorded():
        page = admin.call("GET", "/audit", params={"personId": person.id})
        return {(entry["actor"], entry["source"]) for entry in page["items"] if entry["action"] == "erased"}

    both = {(admin.me().sub, f"DELETE /people/{person.id}"), ("service", erasure["id"])}
    assert eventually(recorded, lambda found: found == both) == both


@pytest.fixture
def announcer(deployed, ledger):
    """Takes a right away from the announcer, or gives all of them back; and tells which it was denied."""

    def denied():
        return {entry.action for entry in ledger.entries(role="Announcer") if not entry.allowed}

    with taken_away(deployed, role_of(deployed, "Announcer")) as take_away:
        yield SimpleNamespace(take_away=take_away, give_back=lambda: take_away("nothing"), denied=denied)


@pytest.mark.parametrize("right", ["dynamodb:GetRecords", "dynamodb:PutItem", "events:PutEvents"])
def test_what_could_not_be_told_is_told_later(listen, announcer, user, samples, right):
    heard = listen({"detail-type": ["RecognitionCompleted"]})

    def told():
        return {event["detail"]["recognitionId"] for event in heard()}

    announcer.take_away(right)
    recognition = user.recognize((samples / "rocket.jpg").read_bytes())
    assert eventually(announcer.denied, bool) == {right}
    assert recognition.id not in told()
    announcer.give_back()
    assert recognition.id in eventually(told, lambda found: recognition.id in found, seconds=30)
