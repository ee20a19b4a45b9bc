"""The same request again, and too many of them."""

from datetime import timedelta

import pytest

from domain import errors, times
from handlers.api import context

from .conftest import ADA, set_clock_forward


@pytest.mark.parametrize(
    ("path", "body", "groups"),
    [
        ("/recognitions", {"contentType": "image/jpeg"}, ""),
        ("/people", ADA | {"externalRef": "badge-7"}, "[operator]"),
        ("/people/per_01JDZ6V8K2M3N4P5Q6R7S8T9VA/faces", {"contentType": "image/jpeg"}, "[operator]"),
    ],
)
def test_the_same_request_with_its_key_makes_one_thing(call, cloud, path, body, groups):
    cloud.person()
    (status, first, headers), (again_status, again, again_headers) = (
        call("POST", path, body, groups=groups, key="k-1") for _ in range(2)
    )
    assert (status, again_status) == (201, 201)
    assert first["id"] == again["id"]
    assert headers["location"] == again_headers["location"]
    other = call("POST", path, body | {"externalRef": "badge-8"} if "name" in body else body, groups=groups, key="k-2")
    assert other[1]["id"] != first["id"]


def test_a_key_with_another_body_is_refused_and_anothers_key_is_another_key(call):
    first = call("POST", "/recognitions", {"contentType": "image/jpeg"}, key="k-1")[1]
    status, problem, _ = call("POST", "/recognitions", {"contentType": "image/png"}, key="k-1")
    assert (status, problem["code"]) == (422, "idempotency_key_reused")
    assert call("POST", "/recognitions", {"contentType": "image/png"}, key="k-1", sub="user-2")[1]["id"] != first["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "ümlaut"])
def test_an_odd_key_is_refused(call, key):
    status, problem, _ = call("POST", "/recognitions", {"contentType": "image/jpeg"}, key=key)
    assert (status, problem["code"]) == (422, "invalid_request")


def test_an_upload_that_was_made_good_use_of_is_not_signed_again(call, cloud):
    body = {"contentType": "image/jpeg"}
    made = call("POST", "/recognitions", body, key="k-1")[1]
    cloud.processor().process(cloud.upload(f"uploads/recognition/{made['id']}"))
    again = call("POST", "/recognitions", body, key="k-1")[1]
    assert (again["id"], again["status"], again["upload"]) == (made["id"], "succeeded", None)
    assert again == call("GET", f"/recognitions/{made['id']}")[1]
    assert again["faces"]


def test_what_was_deleted_is_not_there_for_the_same_request_sent_again(call, cloud):
    body = {"contentType": "image/jpeg"}
    made = call("POST", "/recognitions", body, key="k-1")[1]
    assert call("DELETE", f"/recognitions/{made['id']}")[0] == 204
    before = cloud.everything()
    status, problem, _ = call("POST", "/recognitions", body, key="k-1")
    assert (status, problem["code"]) == (404, "not_found")
    assert cloud.everything().count("R#rec") == before.count("R#rec")


def test_a_request_that_died_half_way_is_done_under_the_same_id(call, cloud, monkeypatch):
    add = type(context.wired().photos).add
    ids = []

    def dying(photos, photo):
        ids.append(photo.id)
        if len(ids) == 1:
            raise errors.ServiceBusyError
        return add(photos, photo)

    monkeypatch.setattr(type(context.wired().photos), "add", dying)
    assert call("POST", "/recognitions", {"contentType": "image/jpeg"}, key="k-1")[0] == 503
    assert call("POST", "/recognitions", {"contentType": "image/jpeg"}, key="k-1")[0] == 201
    assert ids[0] == ids[1]


def test_a_key_is_forgotten_after_a_day(call, monkeypatch):
    first = call("POST", "/recognitions", {"contentType": "image/jpeg"}, key="k-1")[1]
    set_clock_forward(monkeypatch, timedelta(hours=24, seconds=1))
    status, second, _ = call("POST", "/recognitions", {"contentType": "image/png"}, key="k-1")
    assert status == 201
    assert second["id"] != first["id"]


def test_a_user_who_posts_too_often_waits_for_the_next_minute_and_can_still_read(call, monkeypatch):
    monkeypatch.setenv("POSTS_PER_MINUTE", "2")
    context.wired.cache_clear()
    set_clock_forward(monkeypatch, timedelta(seconds=60 - times.now().timestamp() % 60))  # to the start of a minute
    body = {"contentType": "image/jpeg"}
    made = [call("POST", "/recognitions", body) for _ in range(3)]
    assert [status for status, _, _ in made] == [201, 201, 429]
    assert made[2][1]["code"] == "rate_limited"
    assert 0 < int(made[2][2]["retry-after"]) <= 60
    assert call("GET", f"/recognitions/{made[0][1]['id']}")[0] == 200
    assert call("POST", "/recognitions", body, sub="user-2")[0] == 201
    set_clock_forward(monkeypatch, timedelta(seconds=61))
    assert call("POST", "/recognitions", body)[0] == 201
