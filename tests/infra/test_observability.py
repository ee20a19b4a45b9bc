"""Alarms and dashboard: where there are any, where they go, and that they name what is written."""

# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import re

import pytest

from domain.metrics import METRICS
from tests.infra.templates import Template, template_of

TOPIC = "arn:aws:sns:eu-central-1:111122223333:on-call"


def watched(new_app, stage="dev", **options) -> Template:
    from infra.observability import AlarmTarget
    from infra.stack import FacesStack
    from infra.stage import Stage

    app = new_app()
    FacesStack(app, f"Faces-{stage}", stage=Stage.named(stage), alarm_target=AlarmTarget(**options))
    return template_of(app)


def alarms(template):
    return {path.partition("/")[2]: found for path, found in template.of_type("AWS::CloudWatch::Alarm").items()}


def own_metrics(alarm):
    """Names of metrics in the namespace of the functions."""
    stats = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    return {
        metric["MetricName"] for metric in (*stats, alarm) if not metric.get("Namespace", "AWS/").startswith("AWS/")
    }


def dashboard(template):
    return template.text(template.one("AWS::CloudWatch::Dashboard")["DashboardBody"])


@pytest.mark.parametrize("stage", ["local", "dev"])
def test_nobody_pays_for_alarms_who_does_not_ask_for_them(synth, stage):
    kinds = {resource["Type"] for resource in synth(stage).resources.values()}
    assert not {kind for kind in kinds if kind.startswith(("AWS::CloudWatch::", "AWS::SNS::"))}


def test_prod_has_alarms_a_dashboard_and_a_topic(synth):
    template = synth("prod")
    assert len(alarms(template)) >= 20
    # Dashboards have no region, so the name tells it.
    assert template.text(template.one("AWS::CloudWatch::Dashboard")["DashboardName"]) == "Faces-prod-<Region>"
    assert template.text(template.outputs["AlarmTopicArn"]["Value"]) == "<Watch/Topic>"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_an_address_turns_alarms_on_and_is_subscribed(new_app, stage):
    template = watched(new_app, stage, email="on-call@example.com")
    assert alarms(template)
    subscription = template.one("AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "on-call@example.com")


def test_a_topic_that_exists_is_used_and_none_is_made(new_app):
    template = watched(new_app, topic_arn=TOPIC)
    assert not template.of_type("AWS::SNS::Topic")
    assert {template.text(action) for alarm in alarms(template).values() for action in alarm["AlarmActions"]} == {TOPIC}


def test_the_topic_takes_alarms_of_this_account_alone_and_is_encrypted_in_prod(synth):
    template = synth("prod")
    assert template.text(template.one("AWS::SNS::Topic")["KmsMasterKeyId"]) == "<Key.Arn>"
    of_this_account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    statements = template.policy("AWS::SNS::TopicPolicy", "Topics", "Watch/Topic")
    [allowed] = [statement for statement in statements if statement["Effect"] == "Allow"]
    [refused] = [statement for statement in statements if statement["Effect"] == "Deny"]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert allowed["Condition"] == of_this_account
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    key = {statement["Sid"]: statement for path, statement in template.statements() if path == "Key"}["Alarms"]
    assert key["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert set(key["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert key["Condition"] == of_this_account


def test_every_alarm_is_told_when_it_begins_and_when_it_ends(synth):
    for name, alarm in alarms(synth("prod")).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": alarm["AlarmActions"][0]["Ref"]}], name
        silence = alarm["TreatMissingData"] == "missing"
        assert ("InsufficientDataActions" in alarm) is silence, name
        assert alarm["TreatMissingData"] in {"missing", "notBreaching"}, name


def test_each_queue_function_and_schedule_is_watched(synth):
    template = synth("prod")
    named = {
        template.text(dimension["Value"]).strip("<>")
        for alarm in alarms(template).values()
        for dimension in alarm.get("Dimensions", [])
    }
    queues = {f"{path}.QueueName" for path in template.of_type("AWS::SQS::Queue")}
    functions = set(template.of_type("AWS::Lambda::Function"))
    rules = set(template.of_type("AWS::Events::Rule"))
    assert named == queues | functions | rules | {"Api/Api"}


def test_alarms_and_dashboard_name_exactly_the_metrics_that_there_are_in_the_namespace_of_the_functions(synth):
    template = synth("prod")
    alarmed = set().union(*(own_metrics(alarm) for alarm in alarms(template).values()))
    body = dashboard(template)
    shown = set(re.findall(r'"Faces-prod","(\w+)"', body)) | set(re.findall(r'MetricName=\\"(\w+)\\"', body))
    assert alarmed <= shown == set(METRICS)
    namespaces = {
        function["Environment"]["Variables"]["METRICS_NAMESPACE"]
        for function in template.of_type("AWS::Lambda::Function").values()
    }
    assert namespaces == {"Faces-prod"}
    for metric in METRICS.values():
        if metric.dimension:
            # A search takes a namespace with a dash in it for none unless it is in quotes.
            assert f'{{\\"Faces-prod\\",{metric.dimension}}} MetricName' in body


def test_two_deployments_of_one_account_share_neither_metrics_nor_alarms(new_app):
    from infra.observability import AlarmTarget
    from infra.stack import FacesStack
    from infra.stage import DEV

    names = []
    for name in ("Doors-dev", "Gates-dev"):
        app = new_app()
        FacesStack(app, name, stage=DEV, alarm_target=AlarmTarget(topic_arn=TOPIC))
        template = template_of(app)
        names.append({alarm["AlarmName"] for alarm in alarms(template).values()})
        assert dashboard(template).count(f'"{name}"') > 10
    assert names[0].isdisjoint(names[1])
