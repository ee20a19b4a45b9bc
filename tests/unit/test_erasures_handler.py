"""The erasures' entry: messages and the schedule."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.open_reviews import OpenReviewsTable
from domain.erasures import ErasureStatus, Reason
from handlers import erasures as handler_module
from handlers.wiring.erasures import Wired

LAMBDAS = Path(handler_module.__file__).parent.parent
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


@pytest.fixture
def deliver(cloud, monkeypatch, lambda_context):
    """Hand an event to the handler, whose worker works on the test's cloud."""
    monkeypatch.setattr(
        handler_module, "wired", lambda: Wired(cloud.eraser(), cloud.erasures, OpenReviewsTable(cloud.table))
    )
    lambda_context.get_remaining_time_in_millis = lambda: 300_000
    return lambda event: handler_module.handler(event, lambda_context)


def sqs_event(*bodies):
    return {"Records": [{"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]}


def received(cloud):
    messages = cloud.sqs.receive_message(QueueUrl=cloud.erasure_queue_url, MaxNumberOfMessages=10)
    return [message["Body"] for message in messages.get("Messages", [])]


def test_the_message_of_a_new_erasure_brings_it_to_its_end(cloud, deliver):
    erasure = cloud.erasures.start(cloud.person().id, Reason.REQUESTED)
    assert deliver(sqs_event(*received(cloud))) == {"batchItemFailures": []}
    assert cloud.erasures.records.get(erasure.id).status is ErasureStatus.COMPLETE


def test_a_message_of_others_is_a_failure_and_so_is_kept_but_holds_up_none(cloud, deliver):
    erasure = cloud.erasures.start(cloud.person().id, Reason.REQUESTED)
    bodies = ["x", "[]", "{}", json.dumps({"erasureId": 1}), *received(cloud)]
    failed = {failure["itemIdentifier"] for failure in deliver(sqs_event(*bodies))["batchItemFailures"]}
    assert failed == {"m0", "m1", "m2", "m3"}
    assert cloud.erasures.records.get(erasure.id).status is ErasureStatus.COMPLETE


def test_what_nobody_expected_makes_the_message_come_again(cloud, deliver):
    erasure = cloud.erasures.start(cloud.person().id, Reason.REQUESTED)
    cloud.gallery.failures = [RuntimeError("a bug")]
    assert deliver(sqs_event(*received(cloud)))["batchItemFailures"]
    assert cloud.erasures.records.get(erasure.id).status is ErasureStatus.PENDING


def test_the_schedule_looks_after_all_of_them(cloud, deliver):
    person = cloud.person(expires_at=cloud.now())
    assert deliver(SCHEDULED) is None
    assert deliver(sqs_event(*received(cloud))) == {"batchItemFailures": []}
    assert cloud.people.get(person.id) is None


def test_the_log_names_nobody(cloud, deliver, written):
    person = cloud.person("Ada Lovelace")
    erasure = cloud.erasures.start(person.id, Reason.REQUESTED)
    deliver(sqs_event(*received(cloud)))
    assert erasure.id in written()
    assert person.id not in written()
    assert "Lovelace" not in written()


def test_a_missing_setting_stops_the_function_while_it_initializes():
    environment = os.environ | {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "TABLE_NAME": "faces"}
    command = [sys.executable, "-c", "import handlers.erasures"]
    started = subprocess.run(
        command, cwd=LAMBDAS, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert "SettingsError: missing or odd: BUCKET_NAME, COLLECTION_ID, ERASURE_QUEUE_URL" in started.stderr
