# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import json
import re

import pytest

from tests.infra.templates import dumped

STAGES = ("local", "dev", "prod")
EVERY = [(stage, trigger) for stage in STAGES for trigger in ("queue", "direct")]
REGION = re.compile(r"\b(af|ap|ca|cn|eu|il|me|mx|sa|us)(-(gov|iso[a-z]?))?-(north|south|east|west|central)[a-z]*-\d\b")
# Names by which two deployments could ask for one and the same thing.
NAMES = {
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Rekognition::Collection": "CollectionId",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
}


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_no_account_region_or_partition_is_written_out(synth, stage, trigger):
    text = dumped(synth(stage, trigger))
    assert not re.findall(r"(?<![0-9a-f])\d{12}(?![0-9a-f])", text)
    assert not REGION.findall(text)
    assert not re.findall(r"arn:aws[a-z-]*:", text)


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_no_resources_need_each_other_to_exist_first(synth, stage, trigger):
    assert synth(stage, trigger).circle() == []


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_no_function_is_hidden_in_the_stack(synth, stage, trigger):
    template = synth(stage, trigger)
    handlers = {function["Handler"] for function in template.of_type("AWS::Lambda::Function").values()}
    assert handlers == {
        "handlers.api.app.handler",
        "handlers.erasures.handler",
        "handlers.events.handler",
        "handlers.immediate.handler",
        "handlers.photos.handler",
        "handlers.reconciliation.handler",
    }
    kinds = {resource["Type"] for resource in template.resources.values()}
    assert not [kind for kind in kinds if kind.startswith("Custom::") or kind.endswith("CustomResource")]


@pytest.mark.parametrize(("stage", "trigger"), EVERY)
def test_every_name_of_our_choice_is_new_with_every_stack(synth, stage, trigger):
    template = synth(stage, trigger)
    for kind, name in NAMES.items():
        for path, properties in template.of_type(kind).items():
            assert "AWS::StackId" in json.dumps(properties.get(name, "AWS::StackId")), path


def test_a_circle_would_be_found(synth):
    template = synth()
    body = json.loads(json.dumps(template.body))
    ids = {template.path(logical_id): logical_id for logical_id in template.resources}
    body["Resources"][ids["Photos"]]["Properties"]["Description"] = {"Fn::Sub": f"${{{ids['Uploads/Feed']}}}"}
    assert set(type(template)(body).circle()) == {"Photos", "Uploads/Feed"}


def test_deployments_of_two_names_live_in_one_app(new_app):
    from infra.stack import FacesStack
    from infra.stage import DEV, PROD

    app = new_app()
    FacesStack(app, "Faces-dev", stage=DEV)
    FacesStack(app, "Doors-dev", stage=DEV)
    FacesStack(app, "Faces-prod", stage=PROD)
    assert {stack.stack_name for stack in app.synth().stacks} == {"Faces-dev", "Doors-dev", "Faces-prod"}


@pytest.mark.parametrize("stage", STAGES)
def test_outputs_tell_all_that_a_client_needs(synth, stage):
    assert set(synth(stage).outputs) == {
        "ApiId",
        "ApiUrl",
        "UserPoolId",
        "UserPoolClientId",
        "SignInUrl",
        "CollectionId",
        "BucketName",
        "TableName",
        "QueueUrl",
        "DeadLetterQueueUrl",
        "EventBusName",
        *(["AlarmTopicArn"] if stage == "prod" else []),
    }
