"""The photo processor's entry, by the queue and straight from S3."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import ServiceBusyError
from domain.faces import Match
from domain.photos import Status
from handlers import photos as handler_module
from handlers.wiring.photos import Photos

from .stored import BUCKET

LAMBDAS = Path(handler_module.__file__).parent.parent


@pytest.fixture
def deliver(cloud, monkeypatch, lambda_context):
    """Hand an event to the handler, whose processor works on the test's cloud."""
    monkeypatch.setattr(handler_module, "wired", lambda: Photos(cloud.processor(), BUCKET))
    return lambda event: handler_module.handler(event, lambda_context)


def s3_record(arrival, bucket=BUCKET):
    return {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Post",
        "eventTime": "2026-11-24T08:00:00.000Z",
        "s3": {
            "bucket": {"name": bucket},
            "object": {"key": arrival.key, "size": arrival.size, "versionId": arrival.version},
        },
    }


def sqs_event(*bodies):
    return {
        "Records": [
            {"eventSource": "aws:sqs", "messageId": f"m{n}", "body": json.dumps(body)} for n, body in enumerate(bodies)
        ]
    }


def test_an_event_by_the_queue_and_one_straight_from_s3_do_the_same(cloud, deliver):
    photos = [cloud.photo(f"rec_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}") for n in range(2)]
    records = [s3_record(cloud.upload(photo)) for photo in photos]
    assert deliver(sqs_event({"Records": [records[0]]})) == {"batchItemFailures": []}
    assert deliver({"Records": [records[1]]}) is None
    assert [cloud.read(photo)[0].status for photo in photos] == [Status.SUCCEEDED] * 2


def test_one_message_that_fails_does_not_hold_up_the_others(cloud, deliver):
    photos = [cloud.photo(f"rec_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}") for n in range(3)]
    cloud.gallery.failures = [None, RuntimeError("a bug"), None]
    answer = deliver(sqs_event(*({"Records": [s3_record(cloud.upload(photo))]} for photo in photos)))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    statuses = [cloud.read(photo)[0].status for photo in photos]
    assert statuses == [Status.SUCCEEDED, Status.PROCESSING, Status.SUCCEEDED]


def test_a_failure_straight_from_s3_makes_lambda_invoke_again(cloud, deliver):
    cloud.gallery.failures = [RuntimeError("a bug")]
    with pytest.raises(RuntimeError):
        deliver({"Records": [s3_record(cloud.upload(cloud.photo()))]})


def test_s3s_test_event_is_ignored(deliver):
    assert deliver(sqs_event({"Service": "Amazon S3", "Event": "s3:TestEvent"})) == {"batchItemFailures": []}


@pytest.mark.parametrize("body", [{}, {"detail": "x"}, {"Records": [{}]}])
def test_a_message_that_is_no_s3_event_is_a_failure_and_so_is_kept(deliver, body):
    assert deliver(sqs_event(body)) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_an_event_of_another_bucket_touches_nothing(cloud, deliver):
    photo = cloud.photo()
    arrival = cloud.upload(photo)
    assert deliver(sqs_event({"Records": [s3_record(arrival, bucket="somebody-elses")]})) == {"batchItemFailures": []}
    assert cloud.read(photo)[0].status is Status.AWAITING_UPLOAD
    assert cloud.tags(arrival) == {}
    assert cloud.gallery.calls == []


def test_an_event_without_a_version_is_a_failure(cloud, deliver):
    record = s3_record(cloud.upload(cloud.photo()))
    del record["s3"]["object"]["versionId"]
    assert deliver(sqs_event({"Records": [record]}))["batchItemFailures"]


def test_a_photo_that_was_put_off_comes_up_again_with_its_history(cloud, deliver, monkeypatch):
    photo = cloud.photo()
    sent = []
    monkeypatch.setattr(cloud.sqs, "send_message", lambda **message: sent.append(message))
    cloud.gallery.failures = [ServiceBusyError(), ServiceBusyError()]
    assert deliver(sqs_event({"Records": [s3_record(cloud.upload(photo))]})) == {"batchItemFailures": []}
    again = json.loads(sent[0]["MessageBody"])
    assert deliver(sqs_event(again)) == {"batchItemFailures": []}
    retries = [json.loads(message["MessageBody"])["retry"] for message in sent]
    assert [retry["attempt"] for retry in retries] == [1, 2]
    assert retries[0]["firstSeen"] == retries[1]["firstSeen"]
    assert all(0 <= message["DelaySeconds"] <= 900 for message in sent)
    assert deliver(sqs_event(json.loads(sent[1]["MessageBody"]))) == {"batchItemFailures": []}
    assert cloud.read(photo)[0].status is Status.SUCCEEDED


def test_the_log_holds_ids_and_outcomes_but_no_name_and_no_foreign_key(cloud, deliver, written):
    person, photo = cloud.person("Ada Lovelace"), cloud.photo()
    cloud.gallery.photo_matches = (Match(person.id, 99),)
    deliver(sqs_event({"Records": [s3_record(cloud.upload(photo))]}))
    deliver(sqs_event({"Records": [s3_record(cloud.upload("uploads/recognition/Ada Lovelace.jpg"))]}))
    logged = written()
    assert photo.id in logged
    assert "quarantined" in logged
    assert "Lovelace" not in logged
    assert person.id not in logged


@pytest.mark.parametrize("module", ["handlers.photos", "handlers.api.app", "handlers.immediate"])
def test_a_missing_setting_stops_the_function_while_it_initializes(module):
    environment = os.environ | {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "TABLE_NAME": "faces"}
    command = [sys.executable, "-c", f"import {module}"]
    started = subprocess.run(
        command, cwd=LAMBDAS, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert started.returncode != 0
    assert "SettingsError: missing or odd: BUCKET_NAME" in started.stderr
