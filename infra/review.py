"""What the rules of cdk-nag find in this stack and why it stays, for whoever reviews the template.

Each entry names one rule, the constructs that it is accepted for, and the reason. What is not named here stays an open
finding, and a test of the templates fails; so it does when an entry finds nothing any more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from aws_cdk import Acknowledgment, CfnResource, Stack, Validations
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from infra.stage import Stage

_FUNCTIONS = ("Photos", "Eraser", "Reconciler", "Requests", "Immediate", "Announcer")
_SOLUTIONS, _SERVERLESS, _NIST = (
    "AwsSolutions::AwsSolutions",
    "Serverless::Serverless",
    "NIST.800.53.R5::NIST.800.53.R5",
)


@dataclass(frozen=True)
class Accepted:
    """Findings of one kind.

    Attributes:
        rules: Ids of the rule, one for each pack that has it, as cdk-nag wants them acknowledged.
        paths: Of the constructs, below the stack.
    """

    rules: tuple[str, ...]
    paths: tuple[str, ...]
    reason: str


_ALWAYS = (
    Accepted(
        (f"{_SOLUTIONS}-L1", f"{_SERVERLESS}-LambdaLatestVersion"),
        _FUNCTIONS,
        "Python 3.13 is supported by Lambda until 2029. Packages are locked by hash and compiled for this version; a "
        "newer one is taken on purpose, in functions.py, not by the calendar.",
    ),
    Accepted(
        (f"{_SERVERLESS}-LambdaTracing",),
        _FUNCTIONS,
        "Traces would need xray:PutTraceSegments on every resource. One correlation id leads through the logs of a "
        "request from the API to its result.",
    ),
    Accepted(
        (f"{_SERVERLESS}-LambdaDLQ", f"{_NIST}-LambdaDLQ"),
        _FUNCTIONS,
        "A function's own dead letters are for events that it is handed asynchronously. Photos and erasures come by "
        "queues, which have dead-letter queues with alarms; changes of the table by a stream, which has one too; "
        "requests wait for their answer; and a schedule that fails is made up for by its next time.",
    ),
    Accepted(
        (f"{_NIST}-LambdaConcurrency",),
        _FUNCTIONS,
        "Reserved concurrency does not deploy into new accounts, which have 10 in all. Queues bound their function by "
        "the event source's maximum concurrency, requests by the API's throttle.",
    ),
    Accepted(
        (f"{_NIST}-LambdaInsideVPC",),
        _FUNCTIONS,
        "Nothing of this stack is in a VPC. The functions call AWS's APIs alone, over TLS, with rights on exact "
        "resources; a VPC would add a way out, by NAT or endpoints, and take none away.",
    ),
    Accepted(
        (f"{_NIST}-IAMNoInlinePolicy",),
        tuple(f"{name}Role/DefaultPolicy" for name in _FUNCTIONS),
        "The policy belongs to one role of one function and goes with it; nobody else can be given it by mistake.",
    ),
    Accepted(
        (f"{_SERVERLESS}-SQSRedrivePolicy",),
        ("Uploads/DeadLetters", "Erasures/DeadLetters", "Events/DeadLetters"),
        "It is a dead-letter queue: the end of the line, watched by an alarm.",
    ),
    Accepted(
        (f"{_SOLUTIONS}-SQS3",),
        ("Events/DeadLetters",),
        "It is the dead-letter queue of the table's stream, which the rule knows of queues alone.",
    ),
    Accepted(
        (f"{_SERVERLESS}-LambdaEventSourceMappingDestination",),
        ("Uploads/Feed", "Erasures/Feed"),
        "The source is a queue, whose failures go to its dead-letter queue; a destination is for streams.",
    ),
    Accepted(
        (f"{_SERVERLESS}-EventBusDLQ",),
        ("Erasures/Schedule", "Reconciliation"),
        "A schedule whose event is lost is made up for by its next time; an alarm tells when it does not come.",
    ),
    Accepted(
        (f"{_SOLUTIONS}-S1", f"{_NIST}-S3BucketLoggingEnabled"),
        ("Uploads/Bucket",),
        "Whoever is shown a photo is in the service's own audit. S3's log would be another store of who was "
        "photographed when, which erasures do not reach; CloudTrail's data events are the account's to turn on.",
    ),
    Accepted(
        (f"{_NIST}-S3BucketReplicationEnabled",),
        ("Uploads/Bucket",),
        "Photos of faces are kept once, in one region, so that an erasure reaches them all. They can be taken again.",
    ),
    Accepted(
        (f"{_SOLUTIONS}-APIG4",),
        ("Api/GET --health",),
        "It says that the API answers, and nothing else; it reads no request and no data.",
    ),
    Accepted(
        (f"{_SOLUTIONS}-COG8",),
        ("Api/UserPool",),
        "The Plus plan is charged for each user. Administrators add users, passwords have twelve characters, prod "
        "requires a second factor, and Cognito locks a user out after five wrong passwords.",
    ),
)
_WITHOUT_CUSTOMER_KEY = (
    Accepted(
        (f"{_NIST}-S3DefaultEncryptionKMS",),
        ("Uploads/Bucket",),
        "A stage for trying out: encrypted by S3's own key. prod has a customer-managed key.",
    ),
    Accepted(
        (f"{_NIST}-CloudWatchLogGroupEncrypted",),
        (*(f"{name}Logs" for name in _FUNCTIONS), "Api/AccessLog"),
        "A stage for trying out: encrypted by CloudWatch's own key. prod has a customer-managed key.",
    ),
)
_WITHOUT_SECOND_FACTOR = (
    Accepted(
        (f"{_SOLUTIONS}-COG2",),
        ("Api/UserPool",),
        "A stage for trying out: a second factor may be set up and is then asked for. prod requires one.",
    ),
)
# Wildcards at the end of resources, by role.
_OBJECTS = (
    "Keys end in the photo's id, which is made for each request: a prefix is the narrowest that a role can be given. "
    "No right reaches beyond the folder of the photos that this function works on."
)
_STREAM = "dynamodb:ListStreams takes streams of the one table, whose names end in the time they were made."
_WILDCARDS = {
    "PhotosRole": {"/uploads/*": _OBJECTS},
    "EraserRole": {"/uploads/*": _OBJECTS, "/immediate/*": _OBJECTS},
    "RequestsRole": {
        "/uploads/*": _OBJECTS,
        "/uploads/recognition/*": _OBJECTS,
        "/uploads/registration/*": _OBJECTS,
        "/immediate/recognition/*": _OBJECTS,
    },
    "ImmediateRole": {"/immediate/recognition/*": _OBJECTS},
    "AnnouncerRole": {"/stream/*": _STREAM},
}


def acknowledge(stack: Stack, stage: Stage) -> None:
    """Tell cdk-nag, wherever it is added to the app, which findings are accepted and why.

    Raises:
        RuntimeError: The stack has no construct at one of the paths.
    """
    accepted = [*_ALWAYS]
    if not stage.customer_managed_key:
        accepted += _WITHOUT_CUSTOMER_KEY
    if not stage.mfa_required:
        accepted += _WITHOUT_SECOND_FACTOR
    for one in accepted:
        for path in one.paths:
            for rule in one.rules:
                _acknowledge(stack, path, rule, one.reason)
    for role, wildcards in _WILDCARDS.items():
        policy = cast(iam.Policy, _find(stack, f"{role}/DefaultPolicy"))
        for resource in _resources(stack, policy):
            for suffix, reason in wildcards.items():
                if resource.endswith((f"Arn>{suffix}", f"}}{suffix}")):
                    _acknowledge(stack, f"{role}/DefaultPolicy", f"{_SOLUTIONS}-IAM5[Resource::{resource}]", reason)


def _acknowledge(stack: Stack, path: str, rule: str, reason: str) -> None:
    resource = cast(CfnResource, _find(stack, path).node.default_child)
    Validations.of(resource).acknowledge(Acknowledgment(id=rule, reason=reason))


def _find(stack: Stack, path: str) -> Any:
    found: Any = stack
    for name in path.split("/"):
        found = found.node.find_child(name)
    return found


def _resources(stack: Stack, policy: iam.Policy) -> set[str]:
    """The resources of a policy, written as cdk-nag writes them."""
    statements = stack.resolve(policy.document.to_json())["Statement"]
    listed = [one["Resource"] for one in statements]
    return {_text(arn) for resources in listed for arn in (resources if isinstance(resources, list) else [resources])}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if "Ref" in value:
        return f"<{value['Ref']}>"
    if "Fn::GetAtt" in value:
        return f"<{'.'.join(value['Fn::GetAtt'])}>"
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(map(_text, parts))
    return json.dumps(value, separators=(",", ":"))
