"""The deployed functions, by either trigger, when they fail and while AWS fails them.

tests/faults has more of it, and kills; here it is the deployment itself, with its roles, event sources, retries and
dead letters. Time runs faster: the order between timeout, claim and message is that of the deployed service.
"""

import contextlib
import os
import time

import pytest

from adapters.table import values
from domain.photos import Photo, Purpose, Status
from tests.e2e.pipeline import Pipeline
from tests.e2e.support import eventually
from tests.endpoint.pictures import group
from tests.faults.burst import Proxy, each_once, weather

TIMEOUT, LEASE, VISIBILITY = 8, 9, 11  # seconds; a photo takes a tenth of one, once a worker has started
ROUNDS = 3  # of photos of every sort
PAUSE = 2  # seconds between them: S3 starts a worker for each event, all at once


@pytest.fixture(params=["queue", "direct"])
def pipeline(deployed, direct, request):
    return {"queue": Pipeline(deployed.cloud, deployed.stack), "direct": direct}[request.param]


@pytest.fixture
def proxy(cloud, tmp_path):
    with Proxy(cloud, seed=int(os.environ["FAULTS_SEED"]), log=tmp_path / "microburst.log") as proxy:
        yield proxy


@contextlib.contextmanager
def sooner(pipeline, *, visibility=VISIBILITY, **variables):
    """Have time run faster for the stack's photo function, and its environment be different, for a while."""
    assert TIMEOUT < LEASE < VISIBILITY
    functions, sqs = pipeline.cloud.client("lambda"), pipeline.cloud.client("sqs")
    described = pipeline.cloud.client("cloudformation").describe_stack_resources(StackName=pipeline.stack)
    [name] = [
        found["PhysicalResourceId"]
        for found in described["StackResources"]
        if found["ResourceType"] == "AWS::Lambda::Function" and found["LogicalResourceId"].startswith("Photos")
    ]
    before = functions.get_function_configuration(FunctionName=name)
    queue, asked = pipeline.outputs["QueueUrl"], ["VisibilityTimeout"]
    hidden = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=asked)["Attributes"]
    environment = {**before["Environment"]["Variables"], "LEASE_SECONDS": str(LEASE), **variables}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": str(visibility)})
    functions.update_function_configuration(FunctionName=name, Timeout=TIMEOUT, Environment={"Variables": environment})
    try:
        yield
    finally:
        kept = {key: before[key] for key in ("Timeout", "Environment")}
        functions.update_function_configuration(FunctionName=name, **kept)
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=hidden)


def test_what_fails_too_often_is_a_dead_letter_and_is_done_once_operators_put_it_back(pipeline, samples):
    photo = pipeline.photo()
    record = pipeline.table.get(f"R#{photo.id}", "A")
    spoilt = record | {"status": "no status that there is"}
    with sooner(pipeline, visibility=1):
        pipeline.table.client.put_item(TableName=pipeline.table.name, Item=values(spoilt))
        pipeline.post(photo, (samples / "rocket.jpg").read_bytes())
        assert eventually(lambda: pipeline.waiting("DeadLetterQueueUrl"), bool, seconds=30) == 1
        assert pipeline.waiting() == 0

        pipeline.table.client.put_item(TableName=pipeline.table.name, Item=values(record))
        assert pipeline.put_back() == [photo.id]
        assert pipeline.result(photo).status is Status.SUCCEEDED
    assert pipeline.put_back() == []
    assert len(pipeline.versions(photo)) == 1


def test_every_photo_comes_to_its_one_end_whatever_fails_in_whatever_service(pipeline, samples, proxy):
    """The poller's own calls are made inside of the local AWS: of SQS only what the function calls can be made fail."""
    read = {name: (samples / f"{name}.jpg").read_bytes() for name in ("rocket", "sunak", "biden")}
    person = pipeline.person()
    sorts = [
        (Purpose.RECOGNITION, read["rocket"], Status.SUCCEEDED, 0),
        (Purpose.RECOGNITION, group([read["sunak"], read["biden"]]), Status.SUCCEEDED, 2),
        (Purpose.REGISTRATION, read["sunak"], Status.SUCCEEDED, 1),
        (Purpose.REGISTRATION, read["rocket"], Status.REJECTED, 0),
    ]
    expected: list[tuple[Photo, Status, int]] = []

    def at_rest():
        pipeline.put_back()
        return pipeline.waiting() == 0 and all(pipeline.result(photo, seconds=0) for photo, _, _ in expected)

    with sooner(pipeline, AWS_ENDPOINT_URL=proxy.url):
        proxy.set([*each_once(), *weather()])
        for number in range(ROUNDS):
            time.sleep(PAUSE)
            for purpose, content, status, faces in sorts:
                photo = pipeline.photo(purpose, person if purpose is Purpose.REGISTRATION else None)
                expected.append((photo, status, faces))
                pipeline.post(photo, content + bytes([number]))
        assert eventually(at_rest, bool, seconds=150)
    for photo, status, faces in expected:
        result = pipeline.result(photo, seconds=0)
        assert (result.status, len(result.faces) + bool(result.registered)) == (status, faces)
        assert len(pipeline.versions(photo)) == (status is Status.SUCCEEDED)
    assert pipeline.people.get(person).faces == ROUNDS
    _, met = proxy.calls()
    assert len(met) == sum("latency" not in rule for rule in each_once())
