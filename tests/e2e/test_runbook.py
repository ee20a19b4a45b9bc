"""The runbook's commands are run as they stand, each against the fault that it is for where one can be made here."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests import embedded_metrics
from tests.e2e import aws_cli
from tests.e2e.support import eventually

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = ROOT / "docs" / "runbook.md"
BEGINNING = "before everything"
TEMPORARY = "/tmp/"  # noqa: S108 - as the runbook has it; here it is the test's own folder


def blocks():
    """Commands by section, in their order; what comes before the first section is for all of them."""
    sections = {BEGINNING: ""}
    for part in re.split(r"^## ", f"{BEGINNING}\n{RUNBOOK.read_text(encoding='utf-8')}", flags=re.MULTILINE):
        title = part.partition("\n")[0]
        sections[title] = "".join(re.findall(r"^```bash\n(.*?)^```", part, re.DOTALL | re.MULTILINE))
    return sections


@pytest.fixture
def find(deployed):
    """The name of a resource by the beginning of its logical id and its type."""
    resources = deployed.cloud.client("cloudformation").describe_stack_resources(StackName=deployed.stack)

    def find(logical, kind):
        [name] = [
            found["PhysicalResourceId"]
            for found in resources["StackResources"]
            if found["LogicalResourceId"].startswith(logical) and found["ResourceType"] == kind
        ]
        return name

    return find


@pytest.fixture
def bash(deployed, tmp_path):
    """Runs commands of the runbook; what they print, by section."""

    def bash(sections, **variables):
        script = aws_cli.SHELL + "set -eu -o pipefail\n"
        for title, commands in sections.items():
            script += f"echo '=== {title}'\n{commands.replace(TEMPORARY, f'{tmp_path}/')}\n"
        with aws_cli.served(deployed.cloud) as address:
            done = subprocess.run(
                ["bash", "-s"],
                input=script,
                cwd=ROOT,
                env=os.environ
                | deployed.cloud.aws_environment()
                | {"STACK": deployed.stack, "AWS_CLI": address}
                | variables,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        parts = [part.partition("\n") for part in done.stdout.split("=== ")[1:]]
        return {title: printed for title, _, printed in parts}

    return bash


def test_each_section_has_commands_and_each_is_run():
    sections = blocks()
    assert len(sections) > 15
    assert [title for title, commands in sections.items() if not commands] == []


@pytest.fixture
def faults(deployed, operator, samples, find):
    """A photo among the dead letters, whose queue nobody reads; others beside it; a schedule that was switched off."""
    cloud, outputs = deployed.cloud, deployed.outputs
    functions, sqs, events = cloud.client("lambda"), cloud.client("sqs"), cloud.client("events")
    photos = find("Photos", "AWS::Lambda::Function")
    [mapping] = functions.list_event_source_mappings(FunctionName=photos)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    rule = find("ErasuresSchedule", "AWS::Events::Rule")
    events.disable_rule(Name=rule)
    begun = operator.begin_recognition(content_type="image/jpeg")
    operator.upload(begun.upload, (samples / "rocket.jpg").read_bytes())
    [message] = eventually(
        lambda: sqs.receive_message(QueueUrl=outputs.queue_url, WaitTimeSeconds=1).get("Messages", []), bool
    )
    sqs.send_message(QueueUrl=outputs.dead_letter_queue_url, MessageBody=message["Body"])
    sqs.delete_message(QueueUrl=outputs.queue_url, ReceiptHandle=message["ReceiptHandle"])
    sqs.send_message(
        QueueUrl=find("ErasuresDeadLetters", "AWS::SQS::Queue"),
        MessageBody=json.dumps({"erasureId": "era_01JDZ6V8K2M3N4P5Q6R7S8T9VC"}),
    )
    sqs.send_message(
        QueueUrl=find("EventsDeadLetters", "AWS::SQS::Queue"), MessageBody=json.dumps(_note(cloud, outputs))
    )
    junk = {"Records": [{"eventSource": "aws:sqs", "messageId": "m0", "body": "not an event"}]}
    functions.invoke(FunctionName=photos, Payload=json.dumps(junk))
    yield begun.id
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    events.enable_rule(Name=rule)


def _note(cloud, outputs):
    """What the event source leaves behind of a change that could not be told: where in the stream it is."""
    arn = cloud.client("dynamodb").describe_table(TableName=outputs.table_name)["Table"]["LatestStreamArn"]
    streams = cloud.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    [first, *_] = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    number = first["dynamodb"]["SequenceNumber"]
    return {
        "DDBStreamBatchInfo": {
            "streamArn": arn,
            "shardId": shard,
            "startSequenceNumber": number,
            "endSequenceNumber": number,
        }
    }


def test_the_functions_write_their_metrics_in_the_namespace_of_the_stack(deployed, operator, samples, find):
    operator.recognize((samples / "obama-2012.jpg").read_bytes())
    log = deployed.cloud.logs / "functions" / f"{find('Announcer', 'AWS::Lambda::Function')}.log"

    def ended():
        written = log.read_text() if log.exists() else ""
        return [datum for datum in embedded_metrics.read(written) if datum.name == "UploadToResult"]

    [*_, took] = eventually(ended, bool)
    assert took.namespace == deployed.stack
    assert 0 < took.values[-1] < 60_000  # milliseconds


def test_every_command_of_the_runbook_works_and_mends_what_it_is_for(operator, bash, faults):
    photo = faults
    printed = bash(blocks(), PHOTO=photo)
    assert f'"correlation_id":"{photo}"' in printed[BEGINNING]
    letters = printed["Dead letters: photos"]
    assert re.search(rf"photos +{photo} .* would go back", letters)
    assert "not an S3 event" not in letters
    assert '"message":"photo failed"' in letters
    assert re.search(rf"photos +{photo} .* went back", letters)
    assert re.search(r"erasures +era_01JDZ6V8K2M3N4P5Q6R7S8T9VC .* went back", printed["Dead letters: erasures"])
    assert re.search(r"events +changes of the table .* went back", printed["Dead letters: events"])
    waiting = printed["Waiting: photos"]
    assert '"ApproximateNumberOfMessages": "1"' in waiting
    assert "Disabled" in waiting
    assert re.search(r"\b(Enabled|Enabling)$", waiting, re.MULTILINE)
    assert operator.wait_for_recognition(photo).status == "succeeded"
    traced = bash({BEGINNING: blocks()[BEGINNING]}, PHOTO=photo)[BEGINNING]
    for message, service in (("answered", "api"), ("photo processed", "photos"), ("announced", "events")):
        assert re.search(rf'"message":"{message}".*"service":"{service}".*{photo}', traced), message
    assert '"message":"photo failed"' in printed["Failures"]
    assert '"message":"erasure worked on"' in printed["Waiting: erasures"]
    assert "DISABLED" in printed["Schedules silent"]
    assert '"ending": "done"' in printed["Reconciliation stopped"]
    assert '"missing_faces": 0' in printed["Faces missing"]
    assert re.search(r"^recognition#\d\d\t", printed["Budget nearly spent"], re.MULTILINE)
