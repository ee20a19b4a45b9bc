"""What a photo costs: calls to Rekognition and to DynamoDB, and units of writing."""

import pytest

from domain.decisions import DecisionPolicy
from domain.faces import Box, DetectedFace, Match
from domain.photos import FacesWanted, Status
from handlers import photos as handler_module
from handlers.wiring.photos import Photos
from tests import figures

from . import capacity, stored
from .capacity import metered
from .stored import BUCKET
from .test_photos_handler import s3_record, sqs_event

SUB = "2f1e4c5a-0001-4a6b-9f8e-0123456789ab"


@pytest.fixture
def deliver(cloud, monkeypatch, lambda_context):
    """Hand an upload to the handler; what it cost."""

    def deliver(photo, **changes):
        monkeypatch.setattr(handler_module, "wired", lambda: Photos(cloud.processor(**changes), BUCKET))
        event = sqs_event({"Records": [s3_record(cloud.upload(photo))]})
        cloud.gallery.calls.clear()
        with metered(cloud.dynamodb) as meter:
            assert handler_module.handler(event, lambda_context) == {"batchItemFailures": []}
        assert cloud.read(photo)[0].status is Status.SUCCEEDED
        return meter

    return deliver


def test_one_recognized_face_costs_one_search_two_calls_to_the_table_and_15_units_at_most(cloud, deliver):
    """With everything as long as it gets: numbers to six digits, ids as in a user pool, the longest names."""
    person = cloud.person("A" * 100, external_ref="B" * 100)
    cloud.gallery.photo_face = DetectedFace(Box(0.123456, 0.123456, 0.123456, 0.123456), 99.123456)
    cloud.gallery.photo_matches = (Match(person.id, 99.123456),)
    photo = cloud.photo(owner=SUB, faces_wanted=FacesWanted.LARGEST)
    meter = deliver(photo, policy=DecisionPolicy(95.123456, 80.123456))
    assert cloud.gallery.calls == ["search"]
    assert meter.calls == ["UpdateItem", "TransactWriteItems"]
    assert meter.write_units <= 15
    figures.record("capacity", write_units_of_a_recognized_face=meter.write_units, table_calls=len(meter.calls))


def test_an_unknown_face_costs_less(cloud, deliver):
    known, unknown = cloud.person(), cloud.photo()
    cloud.gallery.photo_matches = (Match(known.id, 99),)
    recognized = deliver(cloud.photo("rec_01JDZ6V8K2M3N4P5Q6R7S8T9V1"))
    cloud.gallery.photo_matches = ()
    assert deliver(unknown).write_units < recognized.write_units


def test_units_are_counted_as_the_documentation_says(cloud):
    with metered(cloud.dynamodb) as meter:
        cloud.table.put({"pk": "P", "sk": "A", "text": "x" * 1000}, condition="attribute_not_exists(pk)")
        assert meter.write_units == 1
        cloud.table.put({"pk": "P", "sk": "B", "text": "x" * 1100}, condition="attribute_not_exists(pk)")
        assert meter.write_units == 3
        cloud.table.put(
            {"pk": "P", "sk": "C", "gsi1pk": "G", "gsi1sk": "1"}, condition="attribute_not_exists(pk)"
        )  # and into the index
        assert meter.write_units == 5
        change = {"condition": "attribute_exists(pk)", "names": {"#x": "x"}}
        cloud.table.update("P", "C", "SET #x = :x", arguments={":x": 1}, **change)  # the index is not concerned
        assert meter.write_units == 6
        cloud.table.update("P", "C", "SET gsi1sk = :x, #x = :x", arguments={":x": "2"}, **change)  # out and in again
        assert meter.write_units == 9
        cloud.table.update("P", "B", "SET #x = :x", arguments={":x": 1}, **change)  # by its size, not the change's
        assert meter.write_units == 11
        cloud.table.delete("P", "C")
        assert meter.write_units == 13
        cloud.table.transact(
            [
                {"Put": {"TableName": stored.TABLE, "Item": {"pk": {"S": "T"}, "sk": {"S": "A"}}}},
                {"Delete": {"TableName": stored.TABLE, "Key": {"pk": {"S": "P"}, "sk": {"S": "B"}}}},
            ]
        )
        assert meter.write_units == 13 + 2 + 4
    cloud.table.delete("P", "A")
    assert meter.write_units == 19
    assert capacity.size({"pk": "P", "n": 12.5, "list": [True, None]}) == 3 + 4 + (1 + 1 + 4) + (4 + 1 + 3 + 2 + 2)
