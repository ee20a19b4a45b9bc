"""Events: the table's stream, the function that reads it, and the bus on which it tells what has ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.queues import secure_queue

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

    from infra.storage import RecordTable

# Changes of the table that are of interest: a photo's result is new, or an erasure is complete. The rest of the table's
# writes invoke nothing.
_PATTERNS = (
    {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": ["RESULT"]}}}},
    {
        "eventName": ["MODIFY"],
        "dynamodb": {
            "Keys": {"pk": {"S": [{"prefix": "E#"}]}},
            "OldImage": {"status": {"S": ["pending"]}},
            "NewImage": {"status": {"S": ["complete"]}},
        },
    },
)
_BATCH = 100
_TRIED_FOR = Duration.hours(6)


class EventFeed(Construct):
    """A bus of its own for the deployment's events, fed from the table's stream, with dead letters.

    What could not be told for six hours is noted in the dead letters: the stream's shard and sequence numbers, by which
    the changes can be read for 24 hours in all. The queue keeps the note for 14 days.
    """

    def __init__(self, scope: Construct, id: str, *, encryption_key: kms.IKey | None = None) -> None:
        """Make bus and dead letters, not yet fed.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            encryption_key: Key of the dead letters. Default: a key of SQS's own, which costs nothing.
        """
        super().__init__(scope, id)
        self._key = encryption_key
        self.bus = events.EventBus(self, "Bus", description="What became of photos and erasures: ids and decisions")
        self.dead_letter_queue = secure_queue(
            self, "DeadLetters", retention=Duration.days(14), encryption_key=encryption_key
        )

    def feed(self, announcer: lambda_.IFunction, *, table: RecordTable) -> None:
        """Hand the table's changes to `announcer`, which tells them on the bus."""
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "Feed",
            function_name=announcer.function_name,
            event_source_arn=table.stream_arn,
            # The stream begins with the mapping, so nothing old is told; and nothing is lost if it is made anew.
            starting_position="TRIM_HORIZON",
            batch_size=_BATCH,
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[
                    lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(pattern)) for pattern in _PATTERNS
                ]
            ),
            # One change that cannot be told is set apart by halves, so that it does not hold up the others.
            bisect_batch_on_function_error=True,
            maximum_record_age_in_seconds=_TRIED_FOR.to_seconds(),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.dead_letter_queue.queue_arn)
            ),
        )
        # Lambda refuses the mapping unless the function may already read the stream and write the dead letters.
        table.grant_stream(announcer).apply_before(mapping)
        self._grant_dead_letters(announcer).apply_before(mapping)
        iam.Grant.add_to_principal(
            grantee=announcer, actions=["events:PutEvents"], resource_arns=[self.bus.event_bus_arn]
        )

    def _grant_dead_letters(self, grantee: iam.IGrantable) -> iam.Grant:
        grant = iam.Grant.add_to_principal(
            grantee=grantee, actions=["sqs:SendMessage"], resource_arns=[self.dead_letter_queue.queue_arn]
        )
        if self._key is None:
            return grant
        return grant.combine(
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["kms:GenerateDataKey", "kms:Decrypt"],
                resource_arns=[self._key.key_arn],
            )
        )
