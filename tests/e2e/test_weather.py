"""The deployed functions, by either trigger, while AWS turns away, fails and hangs up on a good part of their calls.

tests/faults has more of it, and more of everything; here it is the deployment itself, with its roles, event sources and
retries.
"""

import contextlib
import random

import pytest

from domain.photos import Status
from tests.e2e.pipeline import Pipeline
from tests.faults.burst import Proxy, weather

PHOTOS = 12
# What leaves it open whether the call was carried out costs minutes here: a claim has to run out first.
SOON_OVER = ("error", "reset", "latency")


@pytest.fixture
def proxy(cloud, tmp_path):
    seed = random.randrange(10**6)
    print(f"seed of the proxy: {seed}")
    with Proxy(cloud, seed=seed, log=tmp_path / "microburst.log") as proxy:
        # Where even the message that puts a photo off is refused, the event has to come again by itself: minutes too.
        rules = [rule for rule in weather(2) if rule["service"] != "sqs" and any(kind in rule for kind in SOON_OVER)]
        proxy.set(rules)
        yield proxy


@contextlib.contextmanager
def photo_function_behind(proxy, pipeline):
    """Have the stack's photo function find AWS there, for a while."""
    functions = pipeline.cloud.client("lambda")
    described = pipeline.cloud.client("cloudformation").describe_stack_resources(StackName=pipeline.stack)
    [name] = [
        found["PhysicalResourceId"]
        for found in described["StackResources"]
        if found["ResourceType"] == "AWS::Lambda::Function" and found["LogicalResourceId"].startswith("Photos")
    ]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    behind = {**before, "AWS_ENDPOINT_URL": proxy.url}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": behind})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@pytest.mark.parametrize("trigger", ["queue", "direct"])
def test_every_photo_comes_to_its_one_end(deployed, direct, samples, proxy, trigger):
    pipeline = {"queue": Pipeline(deployed.cloud, deployed.stack), "direct": direct}[trigger]
    content = (samples / "rocket.jpg").read_bytes()
    with photo_function_behind(proxy, pipeline):
        photos = [pipeline.photo() for _ in range(PHOTOS)]
        for photo in photos:
            pipeline.post(photo, content)
        results = [pipeline.result(photo, seconds=150) for photo in photos]
    assert [result.status for result in results if result] == [Status.SUCCEEDED] * PHOTOS
    assert all(len(pipeline.versions(photo)) == 1 for photo in photos)
    assert pipeline.dead_letters() == []
    calls, faults = proxy.calls()
    assert calls > 3 * PHOTOS
    assert sum(faults.values()) > 0
