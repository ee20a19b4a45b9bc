"""Erasures: their queue, their worker, and the schedule that forgets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.queues import secure_queue

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

MAX_CONCURRENCY = 2
"""Erasures in work at once; SQS's own least."""


class ErasureQueue(Construct):
    """A queue of erasures with dead letters, worked on by one function, which a schedule wakes too.

    A message is only a reminder, for the erasures themselves stand in the table: one that is lost, or that nobody could
    process, is sent again by the schedule.
    """

    def __init__(
        self, scope: Construct, id: str, *, worker_timeout: Duration, encryption_key: kms.IKey | None = None
    ) -> None:
        """Make the queue, without a worker yet.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            worker_timeout: Of the function that will work on the messages.
            encryption_key: Key of the queues. Default: a key of SQS's own, which costs nothing.
        """
        super().__init__(scope, id)
        self._key = encryption_key
        self.dead_letter_queue = secure_queue(
            self, "DeadLetters", retention=Duration.days(14), encryption_key=encryption_key
        )
        self.queue = secure_queue(
            self,
            "Queue",
            encryption_key=encryption_key,
            retention=Duration.days(10),
            visibility_timeout=Duration.seconds(6 * worker_timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letter_queue, max_receive_count=5),
        )

    def grant_send(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow sending erasures on their way."""
        return self._grant(grantee, ["sqs:SendMessage"], ["kms:GenerateDataKey", "kms:Decrypt"])

    def feed(self, worker: lambda_.IFunction, *, look_every: Duration) -> None:
        """Hand the messages to `worker`, which also may send some, and wake it on a schedule."""
        mapping = lambda_.EventSourceMapping(
            self,
            "Feed",
            target=worker,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
            max_concurrency=MAX_CONCURRENCY,
            report_batch_item_failures=True,
        )
        # Lambda refuses the mapping unless the function may already receive.
        received = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        self._grant(worker, received, ["kms:Decrypt"]).apply_before(mapping)
        self.grant_send(worker)
        self.schedule = events.Rule(
            self,
            "Schedule",
            description="Sends erasures again that nobody works on, and begins those of people without consent",
            schedule=events.Schedule.rate(look_every),
            targets=[targets.LambdaFunction(worker)],
        )

    def _grant(self, grantee: iam.IGrantable, actions: list[str], key_actions: list[str]) -> iam.Grant:
        grant = iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[self.queue.queue_arn])
        if self._key is None:
            return grant
        return grant.combine(
            iam.Grant.add_to_principal(grantee=grantee, actions=key_actions, resource_arns=[self._key.key_arn])
        )
