"""Dead letters go back with all their attempts: SQS is moto's, the rest answers by botocore's own models."""

import io
import json
import sys
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber

from adapters.s3_events import arrivals
from adapters.upload_queue import UploadQueue
from infra import redrive
from infra.redrive import DeadLetter, Redrive, RedriveError, Stack, find, fresh
from infra.redrive_events import EventReplay, NotReplayedError
from infra.redrive_subjects import CHANGES, UNKNOWN, subject_of

from .stored import BUCKET

PHOTO, ERASURE = "rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB", "era_01JDZ6V8K2M3N4P5Q6R7S8T9VC"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def s3_event(key=f"uploads/recognition/{PHOTO}", **more):
    return json.dumps({"Records": [{"s3": {"bucket": {"name": "photos"}, "object": {"key": key}}}]} | more)


def number(n):
    """A sequence number, as long as DynamoDB's."""
    return f"{n:021}"


NOTE = json.dumps(
    {
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000000000000000001",
            "startSequenceNumber": number(7),
            "endSequenceNumber": number(9),
            "streamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/faces/stream/2026-01-01T00:00:00.000",
        }
    }
)


@pytest.fixture(autouse=True)
def short_polls(monkeypatch):
    monkeypatch.setattr(redrive, "_WAIT", 0)


@pytest.fixture
def queues(cloud):
    """The queues of a deployment, with dead letters after two attempts."""
    sqs = cloud.sqs
    dead = {kind: sqs.create_queue(QueueName=f"dead-{kind}")["QueueUrl"] for kind in redrive.KINDS}
    for url, kind in ((cloud.queue_url, "photos"), (cloud.erasure_queue_url, "erasures")):
        arn = sqs.get_queue_attributes(QueueUrl=dead[kind], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy, "VisibilityTimeout": "0"})
    return Stack(dead, {"photos": cloud.queue_url, "erasures": cloud.erasure_queue_url}, "Announcer-1")


@pytest.fixture
def told():
    """The dead letters of events that were told again."""
    return []


@pytest.fixture
def run(cloud, queues, told):
    """Runs the command on those queues: subjects and outcomes."""

    def run(*kinds, go, replay=told.append):
        lines = Redrive(queues, sqs=cloud.sqs, replay=replay).run(kinds or list(redrive.KINDS), go=go)
        return [(letter.kind, letter.subject, outcome) for letter, outcome in lines]

    return run


def bodies(cloud, url):
    received = cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0,
                                         MessageSystemAttributeNames=["All"])  # fmt: skip
    return [(m["Body"], int(m["Attributes"]["ApproximateReceiveCount"])) for m in received.get("Messages", [])]


def test_a_photo_that_nobody_could_process_goes_back_with_all_its_attempts_and_is_processed(cloud, queues, run):
    cloud.sqs.send_message(QueueUrl=cloud.queue_url, MessageBody=s3_event(retry={"attempt": 7, "firstSeen": "x"}))
    while not bodies(cloud, queues.dead_letters["photos"]):
        bodies(cloud, cloud.queue_url)  # received and not deleted: a crash
    assert run(go=True) == [("photos", PHOTO, "went back")]
    assert bodies(cloud, queues.dead_letters["photos"]) == []
    assert bodies(cloud, cloud.queue_url) == [(s3_event(), 1)]


def test_a_photo_that_was_put_off_before_goes_back_too(cloud, queues, run):
    photo = cloud.photo(PHOTO)
    UploadQueue(cloud.sqs, queues.dead_letters["photos"], BUCKET).postpone(cloud.upload(photo), delay=timedelta())
    assert run("photos", go=True) == [("photos", PHOTO, "went back")]
    [(body, _)] = bodies(cloud, cloud.queue_url)
    assert [(arrival.key, arrival.attempt) for arrival in arrivals(json.loads(body), bucket=BUCKET)] == [(photo.key, 0)]


def test_without_a_word_nothing_moves_and_everything_is_there_to_be_looked_at_again(cloud, queues, run, told):
    cloud.sqs.send_message(QueueUrl=queues.dead_letters["photos"], MessageBody=s3_event())
    cloud.sqs.send_message(QueueUrl=queues.dead_letters["erasures"], MessageBody=json.dumps({"erasureId": ERASURE}))
    cloud.sqs.send_message(QueueUrl=queues.dead_letters["events"], MessageBody=NOTE)
    found = [("photos", PHOTO), ("erasures", ERASURE), ("events", CHANGES)]
    for _ in range(2):
        assert run(go=False) == [(*one, "would go back") for one in found]
    assert cloud.messages() == 0
    assert told == []
    assert run(go=True) == [(*one, "went back") for one in found]
    assert bodies(cloud, cloud.erasure_queue_url) == [(json.dumps({"erasureId": ERASURE}), 1)]
    assert told == [NOTE]
    assert run(go=False) == []


def test_only_the_kinds_that_are_named_go_back_however_many_there_are(cloud, queues, run):
    for _ in range(23):
        cloud.sqs.send_message(QueueUrl=queues.dead_letters["photos"], MessageBody=s3_event())
    cloud.sqs.send_message(QueueUrl=queues.dead_letters["events"], MessageBody=NOTE)
    assert run("photos", go=True) == [("photos", PHOTO, "went back")] * 23
    assert cloud.messages() == 23
    assert bodies(cloud, queues.dead_letters["events"])


@pytest.mark.parametrize("body", ["x", "[]", "{}", "null", s3_event("uploads/Ada Lovelace.jpg"), '{"erasureId": 1}'])
def test_what_is_not_ours_stays_and_its_key_is_not_told(cloud, queues, run, body):
    cloud.sqs.send_message(QueueUrl=queues.dead_letters["photos"], MessageBody=body)
    assert run("photos", go=True) == [("photos", UNKNOWN, "stays: not a message of this service")]
    assert len(bodies(cloud, queues.dead_letters["photos"])) == 1
    assert subject_of("erasures", body) == subject_of("events", body) == UNKNOWN


def test_one_who_was_interrupted_after_handing_over_hands_over_twice_and_loses_nothing(cloud, queues, run, monkeypatch):
    cloud.sqs.send_message(QueueUrl=queues.dead_letters["photos"], MessageBody=s3_event())
    with monkeypatch.context() as patched:
        patched.setattr(redrive, "_HELD", 0)
        patched.setattr(cloud.sqs, "delete_message", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run("photos", go=True)
    assert run("photos", go=True) == [("photos", PHOTO, "went back")]
    assert cloud.messages() == 2


def test_a_failure_of_a_direct_invocation_goes_back_as_the_event_that_it_was_about():
    record = json.dumps({"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": json.loads(s3_event())})
    assert subject_of("photos", record) == PHOTO
    assert fresh(DeadLetter("photos", PHOTO, AT, record, "r")) == s3_event()


def test_what_cannot_be_told_still_stays(cloud, queues, run):
    def failing(body):
        raise NotReplayedError("the function fails still")

    cloud.sqs.send_message(QueueUrl=queues.dead_letters["events"], MessageBody=NOTE)
    assert run(go=True, replay=failing) == [("events", CHANGES, "stays: the function fails still")]
    assert len(bodies(cloud, queues.dead_letters["events"])) == 1


# -- events -----------------------------------------------------------------------------------------------------------


def change(n):
    return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": number(n), "ApproximateCreationDateTime": AT}}


@pytest.fixture
def stream():
    with Stubber(boto3.client("dynamodbstreams")) as stub:
        yield stub


@pytest.fixture
def function():
    with Stubber(boto3.client("lambda")) as stub:
        yield stub


def answer_with(stream, *pages):
    stream.add_response("get_shard_iterator", {"ShardIterator": "page-0"})
    for n, page in enumerate(pages, 1):
        stream.add_response("get_records", {"Records": [change(i) for i in page], "NextShardIterator": f"page-{n}"})


def test_the_changes_of_a_dead_letter_are_read_from_the_stream_and_told(stream, function):
    answer_with(stream, [7], [], [8, 9, 10])
    function.add_response("invoke", {"StatusCode": 200}, {
        "FunctionName": "Announcer-1",
        "Payload": json.dumps({"Records": [change(n) for n in (7, 8, 9)]}, default=str),
    })  # fmt: skip
    EventReplay(stream.client, function.client, "Announcer-1")(NOTE)
    function.assert_no_pending_responses()
    stream.assert_no_pending_responses()


def test_changes_that_the_stream_does_not_have_any_more_are_not_told(stream, function):
    stream.add_client_error("get_shard_iterator", "TrimmedDataAccessException")
    with pytest.raises(NotReplayedError, match="does not have the changes any more"):
        EventReplay(stream.client, function.client, "Announcer-1")(NOTE)


def test_a_function_that_fails_still_is_a_failure(stream, function):
    answer_with(stream, [7, 8, 9])
    function.add_response("invoke", {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")})
    with pytest.raises(NotReplayedError, match="fails still"):
        EventReplay(stream.client, function.client, "Announcer-1")(NOTE)


# -- the command ------------------------------------------------------------------------------------------------------


def resources(**physical):
    kinds = {"Announcer": "AWS::Lambda::Function"}
    return [
        {
            "LogicalResourceId": f"{logical}1A2B3C4D",
            "PhysicalResourceId": value,
            "ResourceType": kinds.get(logical, "AWS::SQS::Queue"),
            "ResourceStatus": "CREATE_COMPLETE",
            "LastUpdatedTimestamp": AT,
        }
        for logical, value in physical.items()
    ]


OURS = {
    "UploadsQueue": "u",
    "UploadsDeadLetters": "ud",
    "ErasuresQueue": "e",
    "ErasuresDeadLetters": "ed",
    "EventsDeadLetters": "vd",
    "Announcer": "a",
}


@pytest.fixture
def cloudformation():
    with Stubber(boto3.client("cloudformation")) as stub:
        yield stub


def test_queues_are_found_by_the_stacks_name(cloudformation):
    cloudformation.add_response("list_stack_resources", {"StackResourceSummaries": resources(**OURS)})
    found = find("Faces-dev", cloudformation.client)
    assert found == Stack({"photos": "ud", "erasures": "ed", "events": "vd"}, {"photos": "u", "erasures": "e"}, "a")


def test_another_stack_is_refused(cloudformation):
    cloudformation.add_response("list_stack_resources", {"StackResourceSummaries": resources(UploadsQueue="u")})
    with pytest.raises(RedriveError, match="it is no stack of this service"):
        find("Doors-dev", cloudformation.client)


def test_a_stack_that_does_not_exist_is_told_so(cloudformation):
    cloudformation.add_client_error("list_stack_resources", "ValidationError")
    with pytest.raises(RedriveError, match="there is no stack Faces-dev"):
        find("Faces-dev", cloudformation.client)


def test_a_kind_that_does_not_exist_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["redrive", "Faces-dev", "letters"])
    with pytest.raises(SystemExit):
        redrive.main()
    assert "there are no dead letters of the kind letters" in capsys.readouterr().err
