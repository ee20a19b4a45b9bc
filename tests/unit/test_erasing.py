"""Somebody who is erased is gone everywhere, wherever a worker dies, and nobody else loses anything."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import times
from domain.erasing import Outcome
from domain.erasures import RESEND_AFTER, Reason
from domain.people import PersonStatus

from .erasures import Killer, assert_gone, erase, everything, life_of, people


@pytest.fixture
def killer(cloud, monkeypatch):
    with Killer(cloud, monkeypatch) as killer:
        yield killer


def test_somebody_erased_is_gone_everywhere_and_others_lose_nothing(cloud):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    assert erase(cloud, erasure) is Outcome.COMPLETED
    assert_gone(cloud, ada, babbage, life, erasure)


def test_the_receipt_tells_what_remains_and_until_when(cloud):
    ada, babbage = people(cloud)
    life_of(cloud, ada, babbage)
    done = cloud.erase(ada)
    assert {left.what: left.until and left.until - done.completed_at for left in done.remains} == {
        "shared_photos": timedelta(days=33),
        "backups": timedelta(days=35),
        "table_stream": timedelta(days=1),
        "account_trails": None,
    }
    assert cloud.erase(babbage).remains[0].what == "backups"


def test_killed_at_any_point_and_run_again_it_ends_the_same(cloud, killer, monkeypatch):
    now = times.now()
    monkeypatch.setattr(times, "now", lambda: now)
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    states = killer.states(lambda: erase(cloud, erasure))
    assert_gone(cloud, ada, babbage, life, erasure)
    end = everything(cloud)
    assert len(states) > 20
    for n, restore in enumerate(states):
        restore()
        assert everything(cloud) != end
        assert erase(cloud, erasure) is Outcome.COMPLETED, n
        assert everything(cloud) == end, n


def test_killed_again_and_again_it_comes_to_its_end_as_long_as_each_run_gets_a_step_further(cloud, killer):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    for at in range(1000):
        if killer.run(lambda: erase(cloud, erasure), at=at):
            break
    assert_gone(cloud, ada, babbage, life, erasure)


def test_a_message_that_comes_again_does_nothing(cloud):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    assert erase(cloud, erasure) is Outcome.COMPLETED
    assert erase(cloud, erasure) is Outcome.REPEATED
    assert_gone(cloud, ada, babbage, life, erasure)
    assert erase(cloud, replace(erasure, id="era_01JDZ6V8K2M3N4P5Q6R7S8T9V0")) is Outcome.REPEATED


def test_killed_while_beginning_there_is_an_erasure_or_there_is_none(cloud, killer):
    ada, _ = people(cloud)
    assert not killer.run(lambda: cloud.erasures.start(ada.id, Reason.REQUESTED), at=0)
    assert cloud.people.get(ada.id).status is PersonStatus.ACTIVE
    assert not killer.run(lambda: cloud.erasures.start(ada.id, Reason.REQUESTED), at=1)
    assert cloud.people.get(ada.id).status is PersonStatus.ERASING
    assert cloud.messages(cloud.erasure_queue_url) == 0
    cloud.later = RESEND_AFTER + timedelta(seconds=1)
    assert cloud.erasures.resume().resent == 1
    assert cloud.messages(cloud.erasure_queue_url) == 1
