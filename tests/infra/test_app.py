# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def _run(tmp_path, *, validation=False, **context):
    """Run app.py as the CDK CLI does, in an environment without AWS settings, and without bundling."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    flags = {"aws:cdk:bundling-stacks": [], **context}
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=PROJECT,
        env=environment
        | {
            "CDK_VALIDATION": str(validation).lower(),
            "CDK_OUTDIR": str(tmp_path),
            "CDK_CONTEXT_JSON": json.dumps(flags),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_word_a_dev_stack_is_synthesized(tmp_path):
    done = _run(tmp_path, validation=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "Faces-dev.template.json").is_file()


def test_the_context_names_stack_and_trigger(tmp_path):
    done = _run(tmp_path, stage="local", name="Doors", trigger="direct")
    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "Doors-local.template.json").read_text())
    assert "AWS::Lambda::EventInvokeConfig" in {resource["Type"] for resource in template["Resources"].values()}


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"stage": "staging"}, "error: there is no stage 'staging'; the stages are local, dev, prod"),
        ({"trigger": "push"}, "error: there is no trigger 'push'; the triggers are queue, direct"),
        (
            {"name": "Two words"},
            "error: 'Two words' is no name for a stack: letters, digits and dashes, a letter first",
        ),
        (
            {"alarm_mail": "a@example.com"},
            "error: there is no setting 'alarm_mail'; the settings are stage, name, trigger, key_arn, alarm_email, "
            "alarm_topic_arn",
        ),
        ({"alarm_email": "on-call"}, "error: 'on-call' is no email address"),
        ({"alarm_topic_arn": "on-call"}, "error: 'on-call' is no ARN of a topic"),
        (
            {"alarm_email": "a@example.com", "alarm_topic_arn": "arn:aws:sns:eu-central-1:111122223333:on-call"},
            "error: alarms go to alarm_email or to alarm_topic_arn, not to both: subscribe the address there",
        ),
    ],
)
def test_what_does_not_exist_is_refused_in_one_line(tmp_path, context, message):
    done = _run(tmp_path, **context)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == message
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name", ["@aws-cdk/core:target", "aws:cdk:bundling-stacks", "acknowledged-issue-numbers", "stage"]
)
def test_what_the_cdk_keeps_in_the_context_is_no_setting_of_ours(name):
    from app import refuse_unknown

    refuse_unknown([name])


@pytest.mark.parametrize("name", ["alarm-email", "Stage", "alarmEmail", "mail"])
def test_what_is_almost_a_setting_is_refused(name):
    from app import ContextError, refuse_unknown

    with pytest.raises(ContextError, match=f"there is no setting '{name}'"):
        refuse_unknown([name])
