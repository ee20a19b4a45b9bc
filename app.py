"""The CDK app: context in, one stack out. It calls no AWS service and needs no account.

    cdk synth -c stage=dev|prod|local [-c name=Faces] [-c trigger=queue|direct] [-c key_arn=...]
        [-c alarm_email=... | -c alarm_topic_arn=...]

The stack is called `<name>-<stage>`. `make deploy` hands these on from STAGE, NAME and CONTEXT.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import aws_cdk as cdk

from infra.constructs.upload_pipeline import Trigger
from infra.imports import MissingModuleError
from infra.observability import AlarmTarget
from infra.packaging import PackagingError
from infra.stack import FacesStack
from infra.stage import Stage, UnknownStageError

if TYPE_CHECKING:
    from collections.abc import Iterable


SETTINGS = ("stage", "name", "trigger", "key_arn", "alarm_email", "alarm_topic_arn")
"""All that the context may ask of this app."""


class ContextError(ValueError):
    """The context asks for something that cannot be."""


def refuse_unknown(context: Iterable[str]) -> None:
    """Nothing, if the context holds what there is, and what the CDK keeps in it, whose names are no plain words.

    Raises:
        ContextError: It asks for something else, which would go unnoticed: alarms that nobody gets, for one.
    """
    for name in context:
        meant = name.replace("-", "_")
        if name not in SETTINGS and (meant in SETTINGS or re.fullmatch("[A-Za-z_]+", name)):
            raise ContextError(f"there is no setting {name!r}; the settings are {', '.join(SETTINGS)}")


def trigger_named(name: str | None) -> Trigger | None:
    """The trigger of that name; none if none is named.

    Raises:
        ContextError: There is none of that name.
    """
    if name is None:
        return None
    try:
        return Trigger(name)
    except ValueError:
        known = ", ".join(trigger.value for trigger in Trigger)
        raise ContextError(f"there is no trigger {name!r}; the triggers are {known}") from None


def checked(name: str) -> str:
    """The name, if a stack can be called that.

    Raises:
        ContextError: It cannot.
    """
    if not re.fullmatch("[A-Za-z][A-Za-z0-9-]{0,100}", name):
        raise ContextError(f"{name!r} is no name for a stack: letters, digits and dashes, a letter first")
    return name


def alarm_target(email: str | None, topic_arn: str | None) -> AlarmTarget:
    """Where alarms go.

    Raises:
        ContextError: Both are named, or one is not what it is called.
    """
    if email and topic_arn:
        raise ContextError("alarms go to alarm_email or to alarm_topic_arn, not to both: subscribe the address there")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise ContextError(f"{email!r} is no email address")
    if topic_arn and not re.fullmatch(r"arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+", topic_arn):
        raise ContextError(f"{topic_arn!r} is no ARN of a topic")
    return AlarmTarget(email=email, topic_arn=topic_arn)


def main() -> None:
    """Build the stack that the context asks for and write its template."""
    # The usage record that the CDK would add lists regions by name, and this template names none.
    app = cdk.App(analytics_reporting=False)
    refuse_unknown(app.node.get_all_context())
    stage = Stage.named(app.node.try_get_context("stage") or "dev")
    name = checked(app.node.try_get_context("name") or "Faces")
    trigger = trigger_named(app.node.try_get_context("trigger"))
    target = alarm_target(app.node.try_get_context("alarm_email"), app.node.try_get_context("alarm_topic_arn"))
    key_arn = app.node.try_get_context("key_arn")
    FacesStack(app, f"{name}-{stage.name}", stage=stage, trigger=trigger, key_arn=key_arn, alarm_target=target)
    cdk.Tags.of(app).add("project", name)
    cdk.Tags.of(app).add("stage", stage.name)
    app.synth()


if __name__ == "__main__":
    try:
        main()
    except (UnknownStageError, ContextError, PackagingError, MissingModuleError) as error:
        sys.exit(f"error: {error}")
