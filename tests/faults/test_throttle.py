"""Rekognition turns everything away for ten minutes. The clock is set forward instead of waiting."""

import heapq
import itertools
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from domain import ids, times
from domain.photos import Purpose
from domain.processing import LONGEST_DELAY
from tests.faults.fake_rekognition import picture
from tests.faults.scenarios import ADA, registered
from tests.faults.world import World

THROTTLE = timedelta(minutes=10)
UPLOADS = timedelta(minutes=1)  # during which the photos come
# Put off by 2, 4, 8... seconds, half of that at least: so often within ten minutes, and the SDK tries twice each time.
MOST_CALLS = 2 * 10


@pytest.fixture
def world():
    with World() as world:
        registered(world)
        yield world


def test_a_ten_minute_throttle_loses_nothing_and_costs_few_calls(world, chance, long_form):
    count = 200 if long_form else 10
    began, numbers = times.now(), itertools.count()
    calls: Counter[str] = Counter()
    due: list[Any] = []

    def throttled(operation):
        if operation == "SearchUsersByImage" and times.now() - began < THROTTLE:
            calls[photo_id] += 1
            return True
        return False

    world.busy = throttled
    photos = {}
    for _ in range(count):
        photo = world.photo(ids.new_id(ids.Kind.RECOGNITION, times.now()), Purpose.RECOGNITION)
        photos[photo.id] = world.upload(photo.key, picture("ada"))
        heapq.heappush(due, (began + UPLOADS * chance.random(), next(numbers), photo.id, photos[photo.id]))
    read = 0
    while due:
        at, _, photo_id, event = heapq.heappop(due)
        world.later += max(timedelta(), at - times.now())
        world.sent.clear()
        # Each message comes once and is done with: so none of them ever becomes a dead letter.
        assert world.deliver(event)
        for later, body in world.sent:
            heapq.heappush(due, (later, next(numbers), photo_id, body))
        if times.now() - began < THROTTLE:
            status, answer = world.request("GET", f"/recognitions/{photo_id}")
            assert (status, answer["status"]) == (200, "processing")
            assert world.request("GET", f"/people/{ADA}")[0] == 200
            read += 1
    assert read > count
    assert max(calls.values()) <= MOST_CALLS
    assert times.now() - began < THROTTLE + LONGEST_DELAY + timedelta(minutes=1)
    for photo_id in photos:
        status, answer = world.request("GET", f"/recognitions/{photo_id}")
        assert (status, answer["status"]) == (200, "succeeded")
        assert [face["personId"] for face in answer["faces"]] == [ADA]
