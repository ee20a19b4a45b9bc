"""Small adapters: table, pace, settings, events."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from adapters.cursor_key import cursor_key
from adapters.pace import Pace
from adapters.s3_events import arrivals, retry_event
from adapters.table import BATCH_ATTEMPTS, CONFLICT_ATTEMPTS, ConditionFailedError
from domain.errors import ServiceBusyError
from domain.processing import Outcome
from handlers.wiring.settings import SettingsError, read

from .stored import BUCKET

CLASH = ClientError({"Error": {"Code": "TransactionConflictException"}}, "UpdateItem")  # with another's transaction


def cancelled(*codes):
    response: Any = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    return ClientError(response, "TransactWriteItems")


def test_a_transaction_that_clashes_with_another_is_tried_again(cloud, monkeypatch):
    failures = [cancelled("None", "TransactionConflict"), cancelled("TransactionConflict", "None")]
    write = cloud.dynamodb.transact_write_items

    def clashing(**request):
        if failures:
            raise failures.pop()
        return write(**request)

    monkeypatch.setattr(cloud.dynamodb, "transact_write_items", clashing)
    person = cloud.person()
    assert failures == []
    assert cloud.people.get(person.id) is not None


def test_a_transaction_that_clashes_again_and_again_is_put_off(cloud, monkeypatch):
    tries = []

    def clashing(**_):
        tries.append(1)
        raise cancelled("TransactionConflict")

    monkeypatch.setattr(cloud.dynamodb, "transact_write_items", clashing)
    with pytest.raises(ServiceBusyError):
        cloud.person()
    assert len(tries) == CONFLICT_ATTEMPTS


def test_a_single_write_that_clashes_with_a_transaction_is_tried_again(cloud, monkeypatch):
    failures, write = [CLASH, CLASH], cloud.dynamodb.update_item

    def clashing(**request):
        if failures:
            raise failures.pop()
        return write(**request)

    arrival = cloud.upload(cloud.photo())
    monkeypatch.setattr(cloud.dynamodb, "update_item", clashing)
    assert cloud.processor().process(arrival) is Outcome.COMMITTED
    assert failures == []


def test_a_failed_condition_is_not_tried_again_even_beside_a_clash(cloud, monkeypatch):
    def failing(**_):
        raise cancelled("TransactionConflict", "ConditionalCheckFailed")

    monkeypatch.setattr(cloud.dynamodb, "transact_write_items", failing)
    with pytest.raises(ConditionFailedError) as failed:
        cloud.table.transact([])
    assert failed.value.failed == {1}


@pytest.mark.parametrize("operation", ["put_item", "update_item", "delete_item"])
def test_a_single_write_that_clashes_with_a_transaction_again_and_again_is_put_off(cloud, monkeypatch, operation):
    tries = []

    def clashing(**_):
        tries.append(1)
        raise CLASH

    monkeypatch.setattr(cloud.dynamodb, operation, clashing)
    writes = {
        "put_item": lambda table: table.put({"pk": "I#1", "sk": "A"}, condition="attribute_not_exists(pk)"),
        "update_item": lambda table: table.update("I#1", "A", "SET a = :a", names={}, arguments={":a": 1}),
        "delete_item": lambda table: table.delete("I#1", "A"),
    }
    with pytest.raises(ServiceBusyError):
        writes[operation](cloud.table)
    assert len(tries) == CONFLICT_ATTEMPTS


def test_the_last_of_many_tries_counts_too(cloud, monkeypatch):
    person = cloud.person()
    read_batch, refusals = cloud.dynamodb.batch_get_item, [None] * (BATCH_ATTEMPTS - 1)

    def busy_until_the_last(**request):
        if not refusals:
            return read_batch(**request)
        refusals.pop()
        return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

    monkeypatch.setattr(cloud.dynamodb, "batch_get_item", busy_until_the_last)
    assert cloud.people.names(frozenset({person.id})) == {person.id: person.name}


def test_keys_that_a_batch_left_out_are_asked_for_again(cloud, monkeypatch):
    people = [cloud.person(f"P{n}", id=f"per_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}") for n in range(3)]
    read_batch = cloud.dynamodb.batch_get_item

    def one_at_a_time(**request):
        ((table, wanted),) = request["RequestItems"].items()
        first, *rest = wanted["Keys"]
        answer = read_batch(RequestItems={table: wanted | {"Keys": [first]}})
        return answer | {"UnprocessedKeys": {table: wanted | {"Keys": rest}} if rest else {}}

    monkeypatch.setattr(cloud.dynamodb, "batch_get_item", one_at_a_time)
    assert cloud.people.names(frozenset(person.id for person in people)) == {p.id: p.name for p in people}


def test_somebody_being_erased_has_no_name_any_more(cloud):
    person = cloud.person(status="erasing")
    assert cloud.people.names(frozenset({person.id})) == {}


def test_everybody_uses_the_cursor_key_that_was_made_first(cloud):
    keys = {cursor_key(cloud.table) for _ in range(3)}
    assert len(keys) == 1
    assert len(keys.pop()) == 32


def test_a_slower_maker_of_the_cursor_key_takes_the_first_ones(cloud, monkeypatch):
    first = cursor_key(cloud.table)
    found = type(cloud.table).get
    answers = [None]
    monkeypatch.setattr(
        type(cloud.table), "get", lambda table, pk, sk: answers.pop() if answers else found(table, pk, sk)
    )
    assert cursor_key(cloud.table) == first


def test_calls_are_spread_evenly_and_each_kind_has_its_own_pace():
    time, starts = [0.0], list[float]()
    pace = Pace(4, clock=lambda: time[0], sleep=starts.append)
    for _ in range(4):
        pace.wait("search")
    pace.wait("index")
    assert starts == pytest.approx([0.25, 0.5, 0.75])
    time[0] = 10
    pace.wait("search")
    assert len(starts) == 3
    with pytest.raises(ValueError, match="per_second"):
        Pace(0)


@dataclass
class Example:
    table_name: str
    days: int
    rate: float
    shown: bool


def test_settings_are_read_by_their_names_and_types():
    environment = {"TABLE_NAME": "t", "DAYS": "3", "RATE": "2.5", "SHOWN": "true", "OTHER": "x"}
    assert read(Example, environment) == Example("t", 3, 2.5, True)


def test_every_missing_or_odd_setting_is_named_and_no_value_is_told():
    with pytest.raises(SettingsError) as wrong:
        read(Example, {"TABLE_NAME": "t", "DAYS": "three", "SHOWN": "True"})
    assert str(wrong.value) == "missing or odd: DAYS, RATE, SHOWN"


@pytest.mark.parametrize("key", ["uploads/recognition/x", "uploads/a b+c%2Fü.jpg", "uploads/ "])
def test_a_photo_that_is_put_off_keeps_its_key_and_history(cloud, key):
    arrival = replace(cloud.upload(key), attempt=3, first_seen=cloud.now().replace(microsecond=0))
    (read_again,) = arrivals(retry_event(arrival, bucket=BUCKET), bucket=BUCKET)
    assert read_again is not None
    assert (read_again.key, read_again.version, read_again.size) == (arrival.key, arrival.version, arrival.size)
    assert (read_again.attempt, read_again.first_seen) == (3, arrival.first_seen)
