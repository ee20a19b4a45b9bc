"""cdk-nag's rules on the stages that are deployed: nothing open, and nothing accepted that is not found."""

# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported)

import contextlib
import json
from pathlib import Path

import pytest

from tests import figures

SHORTEST_REASON = 60  # letters


def reviewed(app):
    """What the rules find open, which fails synthesis, and what of it is accepted: by (rule, resource, reason)."""
    import aws_cdk
    import cdk_nag

    packs = (cdk_nag.AwsSolutionsChecks, cdk_nag.ServerlessChecks, cdk_nag.NIST80053R5Checks)
    aws_cdk.Validations.of(app).add_plugins(*(pack(app) for pack in packs))
    fails = True
    with contextlib.suppress(RuntimeError):
        app.synth()
        fails = False
    reports = json.loads((Path(app.outdir) / "validation-report.json").read_text())["pluginReports"]
    found: dict[str, list[tuple[str, str, str]]] = {"violations": [], "suppressedViolations": []}
    for report in reports:
        for kind, cells in found.items():
            for violation in report.get(kind, []):
                rule = violation.get("acknowledgedId") or f"{report['pluginName']}::{violation['ruleName']}"
                where = violation.get("violatingConstructs", [])
                cells += [(rule, one["constructPath"], violation.get("reason", "")) for one in where]
    assert fails == any(found["violations"])
    return found["violations"], found["suppressedViolations"]


@pytest.fixture(scope="module")
def book():
    """What was found by stage and trigger; the figures, once all of them were looked at."""
    book: dict[tuple[str, str], tuple[int, int]] = {}
    yield book
    if len(book) == len(DEPLOYED):
        opened, accepted = (sum(counts) for counts in zip(*book.values(), strict=True))
        figures.record("security", nag_open=opened, nag_acknowledged=accepted)


DEPLOYED = [("dev", "queue"), ("prod", "queue"), ("prod", "direct")]


@pytest.mark.parametrize(("stage", "trigger"), DEPLOYED)
def test_nothing_is_open_and_what_is_accepted_is_found_and_has_a_reason(new_app, monkeypatch, book, stage, trigger):
    from infra import review
    from infra.constructs.upload_pipeline import Trigger
    from infra.stack import FacesStack
    from infra.stage import Stage

    told, tell = set(), review._acknowledge

    def acknowledge(stack, path, rule, reason):
        told.add((rule, f"{stack.node.path}/{path}/Resource"))
        tell(stack, path, rule, reason)

    monkeypatch.setattr(review, "_acknowledge", acknowledge)
    app = new_app()
    FacesStack(app, f"Faces-{stage}", stage=Stage.named(stage), trigger=Trigger(trigger))
    opened, accepted = reviewed(app)
    book[stage, trigger] = len(opened), len(accepted)
    assert opened == []
    assert {(rule, resource) for rule, resource, _ in accepted} == told
    assert len(accepted) == len(told)  # each for one resource
    assert all(len(reason) >= SHORTEST_REASON for _, _, reason in accepted)


def test_what_nobody_has_accepted_is_found(stack):
    from aws_cdk import App, aws_s3

    aws_s3.Bucket(stack, "Open")
    opened, accepted = reviewed(App.of(stack))
    rules = {"AwsSolutions::AwsSolutions-S10", "NIST.800.53.R5::NIST.800.53.R5-S3BucketVersioningEnabled"}
    assert rules < {rule for rule, _, _ in opened}
    assert accepted == []


def test_a_template_that_cloudformation_would_refuse_is_not_written(tmp_path):
    import aws_cdk

    flags = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
    app = aws_cdk.App(context=flags, analytics_reporting=False, outdir=str(tmp_path))
    stack = aws_cdk.Stack(app, "Wrong")
    aws_cdk.CfnResource(stack, "Queue", type="AWS::SQS::Queue", properties={"VisibilityTimeout": "never"})
    with pytest.raises(RuntimeError, match=r"ValidationFailed"):
        app.synth()
