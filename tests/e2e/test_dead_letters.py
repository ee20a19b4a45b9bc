"""What the deployed photo functions give up, by either trigger, and what operators do about it.

tests/faults has more of what fails.
"""

import pytest

from adapters.table import values
from domain.photos import Status
from tests.e2e.pipeline import Pipeline
from tests.e2e.support import eventually


@pytest.fixture(params=["queue", "direct"])
def pipeline(deployed, direct, request):
    return {"queue": Pipeline(deployed.cloud, deployed.stack), "direct": direct}[request.param]


def test_what_fails_too_often_is_a_dead_letter_and_is_done_once_operators_put_it_back(pipeline, samples):
    photo = pipeline.photo()
    record = pipeline.table.get(f"R#{photo.id}", "A")
    spoilt = record | {"status": "no status that there is"}
    with pipeline.sooner(visibility=1):
        pipeline.table.client.put_item(TableName=pipeline.table.name, Item=values(spoilt))
        pipeline.post(photo, (samples / "rocket.jpg").read_bytes())
        assert eventually(lambda: pipeline.waiting("DeadLetterQueueUrl"), bool, seconds=30) == 1
        assert pipeline.waiting() == 0

        pipeline.table.client.put_item(TableName=pipeline.table.name, Item=values(record))
        assert pipeline.put_back() == [photo.id]
        assert pipeline.result(photo).status is Status.SUCCEEDED
    assert pipeline.put_back() == []
    assert len(pipeline.versions(photo)) == 1
