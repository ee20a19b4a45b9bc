"""Templates as plain JSON, each synthesized once a session. Only the fixtures import aws_cdk, which starts node."""

# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.infra.templates import Template, template_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk

PROJECT = Path(__file__).resolve().parents[2]


class Synth(Protocol):
    def __call__(self, stage: str = "dev", trigger: str = "queue") -> Template: ...


@pytest.fixture(scope="session")
def new_app(tmp_path_factory) -> Callable[[], aws_cdk.App]:
    """Makes apps with the feature flags of cdk.json, without bundling and without the CDK's own, slow validation."""
    import aws_cdk

    flags = json.loads((PROJECT / "cdk.json").read_text())["context"]
    context = flags | {"aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True}

    def make(**more: Any) -> aws_cdk.App:
        return aws_cdk.App(
            context=context | more,
            analytics_reporting=False,
            outdir=str(tmp_path_factory.mktemp("cdk.out")),
            builtin_cloud_formation_validation=False,
        )

    return make


@pytest.fixture(scope="session")
def synth(new_app) -> Synth:
    """The project's own stack by stage and trigger."""
    from infra.constructs.upload_pipeline import Trigger
    from infra.stack import FacesStack
    from infra.stage import Stage

    @cache
    def template(stage: str, trigger: str) -> Template:
        app = new_app()
        FacesStack(app, f"Faces-{stage}", stage=Stage.named(stage), trigger=Trigger(trigger))
        return template_of(app)

    return lambda stage="dev", trigger="queue": template(stage, trigger)


@pytest.fixture
def stack(new_app) -> aws_cdk.Stack:
    """An empty stack of somebody else's app."""
    import aws_cdk

    return aws_cdk.Stack(new_app(), "Elsewhere")


@pytest.fixture
def function(stack) -> aws_cdk.aws_lambda.Function:
    """A function of somebody else's app."""
    from aws_cdk import Duration, aws_lambda

    return aws_lambda.Function(
        stack,
        "Function",
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=aws_lambda.Code.from_inline("def handler(event, context): ..."),
        timeout=Duration.seconds(20),
    )


@pytest.fixture
def synthesized(stack) -> Callable[[], Template]:
    """Synthesizes that app."""
    from aws_cdk import App

    app = App.of(stack)
    assert app
    return lambda: template_of(app)
