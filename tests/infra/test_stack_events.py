import json

import pytest

from adapters.table_stream import endings

STAGES = ("local", "dev", "prod")


def _feed(template):
    (feed,) = (
        mapping
        for mapping in template.of_type("AWS::Lambda::EventSourceMapping").values()
        if template.text(mapping["EventSourceArn"]) == "<Records/Table.StreamArn>"
    )
    return feed


@pytest.mark.parametrize("stage", STAGES)
def test_the_table_tells_its_changes_with_the_items_before_and_after(synth, stage):
    table = synth(stage).one("AWS::DynamoDB::GlobalTable")
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.mark.parametrize("stage", STAGES)
def test_what_cannot_be_told_is_set_apart_and_noted_in_the_end(synth, stage):
    template = synth(stage)
    feed = _feed(template)
    assert template.text(feed["FunctionName"]) == "<Announcer>"
    assert feed["BisectBatchOnFunctionError"] is True
    assert feed["StartingPosition"] == "TRIM_HORIZON"
    assert feed["MaximumRecordAgeInSeconds"] == 6 * 3600
    destination = feed["DestinationConfig"]["OnFailure"]["Destination"]
    assert template.text(destination) == "<Events/DeadLetters.Arn>"
    dead_letters = template.of_type("AWS::SQS::Queue")["Events/DeadLetters"]
    assert dead_letters["MessageRetentionPeriod"] == 14 * 24 * 3600
    if stage == "prod":
        assert template.text(dead_letters["KmsMasterKeyId"]) == "<Key.Arn>"
    else:
        assert dead_letters["SqsManagedSseEnabled"] is True


def _matches(pattern, value):
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and _matches(pattern[name], value[name]) for name in pattern
        )
    return any(value.startswith(one["prefix"]) if isinstance(one, dict) else value == one for one in pattern)


def _change(name, pk, sk, new=None, old=None):
    typed = [{key: {"S": value} for key, value in (item or {}).items()} for item in (new, old)]
    return {
        "eventName": name,
        "dynamodb": {
            "SequenceNumber": "1",
            "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
            "NewImage": typed[0],
            "OldImage": typed[1],
        },
    }


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        (_change("INSERT", "R#rec_1", "RESULT"), True),
        (_change("MODIFY", "R#rec_1", "RESULT"), False),
        (_change("REMOVE", "R#rec_1", "RESULT"), False),
        (_change("INSERT", "R#rec_1", "A"), False),
        (_change("MODIFY", "E#era_1", "A", {"status": "complete"}, {"status": "pending"}), True),
        (_change("MODIFY", "E#era_1", "A", {"status": "pending"}, {"status": "pending"}), False),
        (_change("MODIFY", "P#per_1", "A", {"status": "complete"}, {"status": "pending"}), False),
        (_change("INSERT", "AUDIT#2026-11-24#1", "x"), False),
    ],
)
def test_the_filter_lets_through_what_the_function_reads_and_nothing_else(synth, record, wanted):
    filters = [json.loads(one["Pattern"]) for one in _feed(synth())["FilterCriteria"]["Filters"]]
    assert any(_matches(one, record) for one in filters) == wanted
    try:
        read = list(endings({"Records": [record]}))
    except KeyError:  # it would be read: these items are bare
        read = [record]
    assert bool(read) == wanted


@pytest.mark.parametrize("stage", STAGES)
def test_a_deployment_has_a_bus_of_its_own_and_names_it(synth, stage):
    template = synth(stage)
    assert template.one("AWS::Events::EventBus")["Name"]
    assert template.text(template.outputs["EventBusName"]["Value"]) == "<Events/Bus>"
