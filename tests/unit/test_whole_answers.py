"""Answers that were cut short or garbled on their way."""

import io
import json
import random

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from adapters.aws_errors import busy_translated
from adapters.crc64 import crc64, encoded_crc64
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


@pytest.fixture
def claimed(cloud):
    """A photo of seven bytes that a worker has claimed."""
    photo = cloud.photo()
    arrival = cloud.upload(photo, b"a photo")
    return cloud.records.claim(photo.purpose, photo.id, arrival, now=cloud.now(), until=cloud.now()).photo


def test_a_photo_that_ends_early_is_not_taken_for_the_whole(answering, cloud, claimed):
    assert len(cloud.objects.sha256(claimed)) == 64
    short = PhotoBucket(answering("s3", b"a pho"), BUCKET)
    with pytest.raises(ServiceBusyError):
        short.sha256(claimed)
    with pytest.raises(ServiceBusyError):
        short.crops(claimed, [], all_faces=[])


RIGHT = {"x-amz-checksum-crc64nvme": encoded_crc64(b"a photo")}


@pytest.mark.parametrize(
    "read",
    [
        PhotoBucket.sha256,
        lambda bucket, photo: bucket.crops(photo, [], all_faces=[]),
        lambda bucket, photo: bucket.beginning(photo, 1),
    ],
)
def test_a_photo_that_is_garbled_on_its_way_is_not_taken_for_what_was_uploaded(answering, claimed, read):
    with pytest.raises(ServiceBusyError):
        read(PhotoBucket(answering("s3", b"a phot\x90", **RIGHT), BUCKET), claimed)


@pytest.mark.parametrize("told", [RIGHT, {}], ids=["with a checksum", "without"])
def test_a_photo_that_is_as_it_was_uploaded_is_read(answering, claimed, told):
    bucket = PhotoBucket(answering("s3", b"a photo", **told), BUCKET)
    assert bucket.beginning(claimed, 3) == b"a p"


@pytest.mark.parametrize("size", [0, 1, 9, 255, 256, 257, 300, 1000, 65_537])
def test_the_checksum_is_the_one_of_s3(size):
    """Bit by bit, as it is defined; the value of the nine digits is what the algorithm's catalogue gives."""
    content = random.Random(size).randbytes(size)
    wanted = (1 << 64) - 1
    for byte in content:
        wanted ^= byte
        for _ in range(8):
            wanted = wanted >> 1 ^ (0x9A6C9329AC4BC9B5 if wanted & 1 else 0)
    assert crc64(content) == wanted ^ (1 << 64) - 1
    assert crc64(b"123456789") == 0xAE8B14860A799888


def test_a_list_of_versions_without_its_end_is_not_taken_for_an_empty_one(answering):
    with pytest.raises(ServiceBusyError):
        PhotoVersions(answering("s3", b""), BUCKET).delete_all("uploads/recognition/rec_1")
