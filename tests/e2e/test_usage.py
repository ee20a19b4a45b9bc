"""What is used is counted, and a spent budget refuses new photos."""

from datetime import UTC, datetime

import pytest

from client import ApiError
from tests.e2e.support import eventually

SECONDS = 20  # what is spent is remembered for ten


def searches(admin):
    usage = admin.call("GET", "/usage")
    return sum(item["calls"]["search"] for item in usage["items"]), usage["dollars"]


def refusal(user):
    """How a new recognition is refused; None if it is not."""
    try:
        user.begin_recognition(content_type="image/jpeg")
    except ApiError as refused:
        return refused
    return None


def test_a_photo_with_one_face_is_counted_as_one_call(admin, user, samples):
    calls, dollars = searches(admin)
    assert len(user.recognize((samples / "sunak.jpg").read_bytes()).faces) == 1
    more_calls, more_dollars = searches(admin)
    assert more_calls - calls == 1
    assert more_dollars - dollars == pytest.approx(0.001)


def test_usage_is_for_admins(operator, user):
    for client in (operator, user):
        with pytest.raises(ApiError) as refused:
            client.call("GET", "/usage")
        assert (refused.value.status, refused.value.code) == (403, "forbidden")


@pytest.fixture
def spent(deployed, user):
    """A month whose budget is spent, and is not any more in the end."""
    table, name = deployed.cloud.client("dynamodb"), deployed.outputs.table_name
    key = {"pk": {"S": f"USAGE#{datetime.now(UTC):%Y-%m}"}, "sk": {"S": "recognition#99"}}
    table.put_item(TableName=name, Item=key | {"search": {"N": "1000000"}})
    yield
    table.delete_item(TableName=name, Key=key)
    assert eventually(lambda: refusal(user), lambda refused: refused is None, seconds=SECONDS) is None


def test_a_spent_budget_refuses_new_photos_and_reading_goes_on(spent, user, operator, obama):
    refused = eventually(lambda: refusal(user), bool, seconds=SECONDS)
    assert (refused.status, refused.code) == (429, "budget_spent")
    assert refused.retry_after > 0
    with pytest.raises(ApiError) as refused_too:
        operator.begin_registration(obama, content_type="image/jpeg")
    assert refused_too.value.code == "budget_spent"
    assert operator.person(obama).name == "Barack Obama"
