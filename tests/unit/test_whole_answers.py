"""Answers that were cut short or garbled on their way."""

import io
import json

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from adapters.aws_errors import busy_translated
from adapters.photo_bucket import PhotoBucket
from adapters.photo_versions import PhotoVersions
from domain.errors import ServiceBusyError
from handlers.wiring.clients import client

from .stored import BUCKET, TABLE


class Raw(io.BytesIO):
    """A connection's body, as urllib3 hands it over."""

    def stream(self, **_):
        while chunk := self.read():
            yield chunk


@pytest.fixture
def answering():
    """A function that makes a client of a service whose every call is answered with a given body."""
    hooks = []

    def make(service, body, status=200, **headers):
        made = client(service)
        told = HTTPHeaders()
        for name, value in {"content-type": "application/x-amz-json-1.0", **headers}.items():
            told.add_header(name, value)
        hooks.append((made, lambda **_: AWSResponse("http://localhost", status, told, Raw(body))))
        made.meta.events.register_first("before-send", hooks[-1][1])
        return made

    yield make
    for made, hook in hooks:
        made.meta.events.unregister("before-send", hook)


GETS = {"TableName": TABLE, "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}
ITEM = json.dumps({"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}).encode()


@pytest.mark.parametrize("body", [b"", b"{", ITEM[:-1], ITEM[:20] + b"\x84" + ITEM[21:]])
def test_an_item_whose_answer_is_not_whole_is_not_taken_for_none(answering, body):
    with pytest.raises(ServiceBusyError), busy_translated():
        answering("dynamodb", body).get_item(**GETS)


@pytest.mark.parametrize(("body", "item"), [(b"{}", None), (ITEM, {"pk": {"S": "a"}, "sk": {"S": "b"}})])
def test_a_whole_answer_is_read_as_it_is(answering, body, item):
    assert answering("dynamodb", body).get_item(**GETS).get("Item") == item


def test_a_refusal_that_is_cut_short_is_not_taken_for_another_one(answering):
    refusal = json.dumps({"__type": "ConditionalCheckFailedException", "Item": {"pk": {"S": "a"}}}).encode()
    with pytest.raises(ServiceBusyError), busy_translated():
        answering("dynamodb", refusal[:60], 400).put_item(TableName=TABLE, Item={})


def test_an_operation_that_answers_nothing_may_do_so(answering):
    answering("sqs", b"").delete_message(QueueUrl="http://localhost/queue", ReceiptHandle="handle")


def test_a_throttle_of_sqs_is_known_by_its_older_name_too(answering):
    older = {"x-amzn-query-error": "AWS.SimpleQueueService.RequestThrottled;Sender"}
    body = json.dumps({"__type": "com.amazonaws.sqs#RequestThrottled"}).encode()
    with pytest.raises(ServiceBusyError), busy_translated():
        answering("sqs", body, 400, **older).send_message(QueueUrl="http://localhost/queue", MessageBody="{}")


def test_a_photo_that_ends_early_is_not_taken_for_the_whole(answering, cloud):
    photo = cloud.photo()
    arrival = cloud.upload(photo, b"a photo")
    claimed = cloud.records.claim(photo.purpose, photo.id, arrival, now=cloud.now(), until=cloud.now()).photo
    assert len(cloud.objects.sha256(claimed)) == 64
    short = PhotoBucket(answering("s3", b"a pho"), BUCKET)
    with pytest.raises(ServiceBusyError):
        short.sha256(claimed)
    with pytest.raises(ServiceBusyError):
        short.crops(claimed, [], all_faces=[])


def test_a_list_of_versions_without_its_end_is_not_taken_for_an_empty_one(answering):
    with pytest.raises(ServiceBusyError):
        PhotoVersions(answering("s3", b""), BUCKET).delete_all("uploads/recognition/rec_1")
