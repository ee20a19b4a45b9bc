"""What make hands on, as it says it would: nothing is run."""

import os
import shlex
import subprocess

import pytest

from tools.files import ROOT


def make(*arguments):
    """What it says, with no settings from the environment."""
    nothing = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=nothing, capture_output=True, text=True, check=True
    ).stdout.splitlines()


def commands(*arguments):
    """The commands of a target, as words."""
    return [shlex.split(line) for line in make("--dry-run", *arguments)]


@pytest.mark.parametrize(("target", "options"), [("synth", ["--quiet"]), ("deploy", []), ("destroy", [])])
def test_settings_reach_the_cdk(target, options):
    context = "alarm_topic_arn=arn:aws:sns:eu-central-1:111122223333:on-call trigger=direct"
    asked = commands(target, "STAGE=prod", "NAME=Doors", f"CONTEXT={context}")[-1]
    first, second = context.split()
    settings = ["-c", "stage=prod", "-c", "name=Doors", "-c", first, "-c", second]
    assert asked == ["node_modules/.bin/cdk", target, *options, *settings]


def test_without_settings_dev_is_deployed_as_it_is():
    assert commands("deploy")[-1] == ["node_modules/.bin/cdk", "deploy", "-c", "stage=dev", "-c", "name=Faces"]


def test_no_word_of_a_setting_is_taken_for_a_command():
    assert commands("deploy", "CONTEXT=alarm_email=a@example.com;ls")[-1][-2:] == ["-c", "alarm_email=a@example.com;ls"]


def test_help_tells_every_target_and_how_to_give_settings():
    said = make("help")
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        if line.startswith(".PHONY:"):
            assert set(line.split()[1:]) - {"help"} <= {told.split()[0] for told in said}
    assert any('CONTEXT="alarm_email=..."' in told for told in said)
