"""Sends dead letters back to where they came from, as new messages: each has all its attempts again.

python -m infra.redrive Faces-prod [photos] [erasures] [events] [--go]

Without `--go` it only lists them. A dead letter is deleted once what it says has been handed over: whoever is
interrupted runs it again, and what is handed over twice does no harm. This is a command for people; no function can do
it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.account import session
from infra.redrive_events import EventReplay, NotReplayedError
from infra.redrive_subjects import subject_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sqs import SQSClient

KINDS = {"photos": "Uploads", "erasures": "Erasures", "events": "Events"}
"""Kinds of dead letters, each with the construct whose they are."""
_HELD = 300  # seconds in which nobody else sees what is looked at
_WAIT = 1  # second: then all of SQS's servers are asked, not some
_LONGER_THAN_THE_ANNOUNCER = 90  # seconds; it may run for 60, and would else be called again meanwhile
_RETRY = "retry"  # the member with which the photo function counts attempts


class RedriveError(Exception):
    """There is no such stack, or it is none of this service; the message says which."""


@dataclass(frozen=True)
class DeadLetter:
    """A message that nobody could process.

    Attributes:
        subject: Id of the photo or erasure; `changes of the table` for events, `unknown` for what is not ours.
        sent_at: When it was sent at first: SQS keeps that time when it moves a message.
    """

    kind: str
    subject: str
    sent_at: datetime
    body: str
    receipt: str


@dataclass(frozen=True)
class Stack:
    """Where a deployment's queues are.

    Attributes:
        dead_letters: Addresses of the dead letters by kind.
        sources: Addresses of the queues that they came from, by kind; events came from the table's stream.
        announcer: The function that tells events.
    """

    dead_letters: dict[str, str]
    sources: dict[str, str]
    announcer: str


def find(stack: str, cloudformation: CloudFormationClient) -> Stack:
    """Look a stack's queues up.

    Raises:
        RedriveError: It has none, or does not exist.
    """
    found: dict[tuple[str, str], str] = {}
    try:
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
            for resource in page["StackResourceSummaries"]:
                found[resource["ResourceType"], resource["LogicalResourceId"]] = resource.get("PhysicalResourceId", "")
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's word for "does not exist"
            raise RedriveError(f"there is no stack {stack}") from None
        raise

    def one(kind: str, prefix: str) -> str:
        try:
            (physical,) = (
                value for (type_, logical), value in found.items() if type_ == kind and logical.startswith(prefix)
            )
        except ValueError:
            raise RedriveError(f"{stack} has no {prefix}: it is no stack of this service") from None
        return physical

    queue = "AWS::SQS::Queue"
    return Stack(
        {kind: one(queue, f"{construct}DeadLetters") for kind, construct in KINDS.items()},
        {kind: one(queue, f"{KINDS[kind]}Queue") for kind in ("photos", "erasures")},
        one("AWS::Lambda::Function", "Announcer"),
    )


def look(kind: str, url: str, sqs: SQSClient) -> Iterator[DeadLetter]:
    """All dead letters of one kind, which are held back from everybody else for five minutes."""
    while messages := sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=_HELD,
        WaitTimeSeconds=_WAIT,
        MessageSystemAttributeNames=["SentTimestamp"],
    ).get("Messages"):
        for message in messages:
            sent_at = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
            subject = subject_of(kind, message["Body"])
            yield DeadLetter(kind, subject, sent_at, message["Body"], message["ReceiptHandle"])


def fresh(letter: DeadLetter) -> str:
    """The message as it was at first: without attempts, and out of Lambda's note about a direct invocation."""
    body: dict[str, Any] = json.loads(letter.body)
    body = body.get("requestPayload", body)
    body.pop(_RETRY, None)
    return json.dumps(body)


class Redrive:
    """Hands dead letters over, and puts those back that cannot be."""

    def __init__(self, stack: Stack, *, sqs: SQSClient, replay: Callable[[str], None]) -> None:
        self._stack, self._sqs, self._replay = stack, sqs, replay

    def run(self, kinds: Sequence[str], *, go: bool) -> Iterator[tuple[DeadLetter, str]]:
        """Go through the dead letters: each, and what became of it."""
        for kind in kinds:
            url, kept = self._stack.dead_letters[kind], []
            for letter in look(kind, url, self._sqs):
                outcome = self._hand_over(letter) if go else "would go back"
                if outcome == "went back":
                    self._sqs.delete_message(QueueUrl=url, ReceiptHandle=letter.receipt)
                else:
                    kept.append(letter)
                yield letter, outcome
            for letter in kept:
                self._sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=letter.receipt, VisibilityTimeout=0)

    def _hand_over(self, letter: DeadLetter) -> str:
        if letter.subject == "unknown":
            return "stays: not a message of this service"
        if letter.kind == "events":
            try:
                self._replay(letter.body)
            except NotReplayedError as error:
                return f"stays: {error}"
        else:
            self._sqs.send_message(QueueUrl=self._stack.sources[letter.kind], MessageBody=fresh(letter))
        return "went back"


def main() -> None:
    """List the dead letters of the stack that the command line names, or send them back."""
    parser = argparse.ArgumentParser(prog="python -m infra.redrive", description=__doc__.partition("\n")[0])
    parser.add_argument("stack", help="as in Faces-prod")
    parser.add_argument(
        "kinds", nargs="*", metavar="kind", default=list(KINDS), help=f"of {', '.join(KINDS)}; all if none is named"
    )
    parser.add_argument("--go", action="store_true", help="send them back, instead of listing them")
    arguments = parser.parse_args()
    if unknown := set(arguments.kinds) - set(KINDS):
        parser.error(f"there are no dead letters of the kind {', '.join(sorted(unknown))}")
    outcomes: Counter[str] = Counter()
    try:
        aws = session()
        stack = find(arguments.stack, aws.client("cloudformation"))
        functions = aws.client("lambda", config=Config(read_timeout=_LONGER_THAN_THE_ANNOUNCER))
        replay = EventReplay(aws.client("dynamodbstreams"), functions, stack.announcer)
        for letter, outcome in Redrive(stack, sqs=aws.client("sqs"), replay=replay).run(
            arguments.kinds, go=arguments.go
        ):
            sys.stdout.write(f"{letter.kind:8}  {letter.subject:30}  {letter.sent_at:%Y-%m-%d %H:%M:%S}Z  {outcome}\n")
            outcomes[outcome.partition(":")[0]] += 1
    except (RedriveError, BotoCoreError, ClientError) as error:
        sys.exit(f"error: {error}")
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "there are none"
    sys.stderr.write(f"dead letters: {counts}\n")


if __name__ == "__main__":
    main()
