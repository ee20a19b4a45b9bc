"""From an upload to the function that works on it: bucket, trigger, queue, dead letters."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.naming import unique_suffix
from infra.constructs.origins import checked_origins
from infra.constructs.queues import secure_queue
from infra.constructs.upload_bucket import QUARANTINE_TAG, upload_bucket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_kms as kms

__all__ = ["QUARANTINE_TAG", "Trigger", "UploadPipeline"]


class Trigger(enum.Enum):
    """How an upload reaches the processor: the same S3 event, as the body of a queue's message or by itself."""

    QUEUE = "queue"
    """S3 writes to the queue, the queue feeds the processor: a burst waits its turn and none of it is lost."""
    DIRECT = "direct"
    """S3 invokes the processor: a little sooner, and as many at once as uploads arrive. The queue stays for retries."""


class UploadPipeline(Construct):
    """A private bucket whose uploads are worked on by a function, at least once each.

    The processor gets SQS events, each record of which holds an S3 event as JSON in its `body`; with `Trigger.DIRECT`
    it gets the S3 event itself, and by SQS what it has put back. One of them is S3's test event
    (`{"Event": "s3:TestEvent", ...}`), which has no records. Events come twice at times, late and in any order, and
    tell the object's `versionId`, by which it is read.

    An upload whose processing fails is tried again and lands in `dead_letter_queue` in the end. The processor reports
    the messages of a batch that failed (`batchItemFailures`), is granted what it needs to read, delete and tag the
    uploaded versions, and may put an upload back into `queue` with a delay of its own. Whoever does that should allow
    it on the function (`recursive_loop=RecursiveLoop.ALLOW`), or Lambda takes it for an accident and stops it after 16
    rounds.

    The notification is a property of the bucket itself. CDK's own helper would add a function to the stack that writes
    it, and is a dependency cycle as soon as bucket and queue share a key.

    Example:
        uploads = UploadPipeline(self, "Uploads", processor=function)
    """

    bucket: s3.IBucket
    """Where the uploads are."""
    bucket_name: str
    """The bucket's name for the processor to know: with `Trigger.DIRECT` a reference to `bucket` would be a circle."""
    queue: sqs.Queue
    """Uploads that wait: all of them, or with `Trigger.DIRECT` those that the processor put back."""
    dead_letter_queue: sqs.Queue
    """Uploads that nobody could process: messages of `queue`, or with `Trigger.DIRECT` Lambda's failure records too."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        processor: lambda_.IFunction,
        trigger: Trigger = Trigger.QUEUE,
        bucket: s3.Bucket | None = None,
        encryption_key: kms.IKey | None = None,
        prefix: str = "uploads/",
        quiet_prefix: str | None = None,
        expire_after: Mapping[str, Duration] | None = None,
        allowed_origins: Sequence[str] = (),
        processor_timeout: Duration | None = None,
        max_concurrency: int = 2,
        batch_size: int = 1,
        max_receive_count: int = 5,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make a pipeline.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            processor: The function that gets the S3 events.
            trigger: How it gets them. Default: through the queue.
            bucket: A bucket of the same app to use instead of a new one; it stays as it is but for the notification.
                With `Trigger.DIRECT` its name must have been given to it. Default: a new one: private,
                versioned, TLS only.
            encryption_key: Key for a new bucket and the queues. Its policy is extended if the key is made in this app;
                the policy of an imported key must already let S3 use it (kms:GenerateDataKey, kms:Decrypt). Default:
                keys of S3 and SQS, which cost nothing.
            prefix: Key prefix of the uploads; objects elsewhere trigger nothing.
            quiet_prefix: Key prefix of photos that do not come by an upload: putting them there triggers nothing, while
                who may read or delete uploads may read or delete these too. Not under `prefix`. Default: none.
            expire_after: Days that objects of a new bucket live, by key prefix. Default: 30 for everything under
                `prefix`.
            allowed_origins: Web origins (scheme, host, port) that may upload to a new bucket by POST from a browser.
                Default: none.
            processor_timeout: The processor's timeout. Default: asked from the function, which an imported one cannot
                tell.
            max_concurrency: Invocations that the queue keeps going at once, 2 to 1000. Default: 2.
            batch_size: Messages in one invocation, 1 to 10. Default: 1, so that a slow upload holds up no other.
            max_receive_count: Attempts at a message before it is a dead letter, at least 1. Default: 5.
            removal_policy: What becomes of a new bucket when the stack goes. Default: kept.

        Raises:
            ValueError: A bucket, function, trigger or origin that cannot be used as asked; the message says why.
        """
        super().__init__(scope, id)
        self._processor = processor
        self._trigger = trigger = Trigger(trigger)
        self._prefix = prefix
        if quiet_prefix is not None and quiet_prefix.startswith(prefix):
            raise ValueError(f"what is put under {quiet_prefix!r} would trigger the processor, as all under {prefix!r}")
        self._quiet_prefix = quiet_prefix
        self._key = encryption_key
        timeout = processor_timeout or _timeout_of(processor)
        self.dead_letter_queue = secure_queue(
            self, "DeadLetters", retention=Duration.days(14), encryption_key=encryption_key
        )
        self.queue = secure_queue(
            self,
            "Queue",
            encryption_key=encryption_key,
            retention=Duration.days(10),
            # Lambda's own advice: six times the function's timeout, or a throttled batch is delivered again too early.
            visibility_timeout=Duration.seconds(6 * timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letter_queue, max_receive_count=max_receive_count),
        )
        if bucket is None:
            bucket = upload_bucket(
                self,
                "Bucket",
                # Known before the bucket is made: by Trigger.DIRECT S3 is told of the function, and the function of the
                # bucket. The same for each trigger: another one later would else come with another, empty bucket.
                bucket_name=f"uploads-{Stack.of(self).account}-{unique_suffix(self)}",
                expire_after={prefix: Duration.days(30)} if expire_after is None else expire_after,
                allowed_origins=checked_origins(allowed_origins),
                encryption_key=encryption_key,
                removal_policy=removal_policy,
            )
        self.bucket = bucket
        self.bucket_name = self._name_for_processor(bucket)
        self._bucket_arn = (
            bucket.bucket_arn
            if trigger is Trigger.QUEUE
            else Stack.of(self).format_arn(
                service="s3", region="", account="", resource=self.bucket_name, arn_format=ArnFormat.NO_RESOURCE_NAME
            )
        )
        self._grant_processor()
        self._feed_from_queue(max_concurrency=max_concurrency, batch_size=batch_size)
        if trigger is Trigger.QUEUE:
            self._notify_queue(bucket)
        else:
            self._invoke_directly(bucket)

    def grant_upload(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow writing uploads, which is also what signing an upload for somebody else needs."""
        return self._grant_objects(grantee, ["s3:PutObject"], ["kms:GenerateDataKey", "kms:Decrypt"])

    def grant_read_photos(self, grantee: iam.IGrantable, *, under: str = "", kept: bool = True) -> iam.Grant:
        """Allow reading a version of a photo that the grantee knows by key and version; no listing.

        It is also what signing a download for somebody else needs.

        Args:
            grantee: Who may.
            under: Only photos whose key goes on like this after the prefix, as in ``recognition/``. Default: all.
            kept: Also photos under the quiet prefix. Default: yes, if there is one.
        """
        return self._grant_objects(
            grantee, ["s3:GetObjectVersion"], ["kms:Decrypt"], keys=self._photos(under, kept=kept)
        )

    def grant_delete_photos(self, grantee: iam.IGrantable, *, under: str = "", kept: bool = True) -> iam.Grant:
        """Allow deleting a version of a photo for good; `under` and `kept` as for `grant_read_photos`."""
        return self._grant_objects(grantee, ["s3:DeleteObjectVersion"], keys=self._photos(under, kept=kept))

    def grant_keep(self, grantee: iam.IGrantable, *, under: str = "") -> iam.Grant:
        """Allow putting photos under the quiet prefix, reading them, and deleting their versions.

        Args:
            grantee: Who may.
            under: Only photos whose key goes on like this after the quiet prefix. Default: all.

        Raises:
            ValueError: There is no quiet prefix.
        """
        if self._quiet_prefix is None:
            raise ValueError("this pipeline was made without a quiet_prefix")
        return self._grant_objects(
            grantee,
            ["s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObjectVersion"],
            ["kms:GenerateDataKey", "kms:Decrypt"],
            keys=[f"{self._quiet_prefix}{under}*"],
        )

    def grant_erase_photos(self, grantee: iam.IGrantable, *, under: str = "", kept: bool = True) -> iam.Grant:
        """Allow deleting photos for good with all their versions, which are found, and their keys told, by it.

        `under` and `kept` as for `grant_read_photos`.
        """
        listing = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:ListBucketVersions"],
            resource_arns=[self._bucket_arn],
            conditions={"StringLike": {"s3:prefix": self._photos(under, kept=kept)}},
        )
        return listing.combine(self.grant_delete_photos(grantee, under=under, kept=kept))

    def metric_waiting(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Messages in the queue that are not in work. Default period: five minutes."""
        return self.queue.metric_approximate_number_of_messages_visible(period=period)

    def metric_oldest_age(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Seconds that the oldest upload has waited in the queue. Default period: five minutes."""
        return self.queue.metric_approximate_age_of_oldest_message(period=period)

    def metric_dead_letters(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Uploads that nobody could process. Default period: five minutes."""
        return self.dead_letter_queue.metric_approximate_number_of_messages_visible(period=period)

    def _name_for_processor(self, bucket: s3.Bucket) -> str:
        if self._trigger is Trigger.QUEUE:
            return bucket.bucket_name
        name = _cfn_bucket(bucket).bucket_name
        if name is None or Stack.of(bucket).resolve(name) is None:
            raise ValueError("Trigger.DIRECT needs a bucket with a name given to it: a generated one would be a circle")
        return name

    def _grant_processor(self) -> None:
        actions = ["s3:GetObjectVersion", "s3:DeleteObjectVersion", "s3:PutObjectVersionTagging"]
        self._grant_objects(self._processor, actions, ["kms:Decrypt", "kms:GenerateDataKey"])
        iam.Grant.add_to_principal(
            grantee=self._processor, actions=["sqs:SendMessage"], resource_arns=[self.queue.queue_arn]
        )

    def _feed_from_queue(self, *, max_concurrency: int, batch_size: int) -> None:
        mapping = lambda_.EventSourceMapping(
            self,
            "Feed",
            target=self._processor,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch_size,
            max_concurrency=max_concurrency,
            report_batch_item_failures=True,
        )
        # Lambda refuses the mapping unless the function may already receive.
        iam.Grant.add_to_principal(
            grantee=self._processor,
            actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            resource_arns=[self.queue.queue_arn],
        ).apply_before(mapping)

    def _notify_queue(self, bucket: s3.Bucket) -> None:
        """Let S3 write to the queue.

        S3 tries the queue when the notification is made, so the queue's policy comes first and cannot name the bucket.
        It names the account instead, without which anybody's bucket could fill the queue.
        """
        s3_of_this_account = iam.ServicePrincipal(
            "s3.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        )
        policy = self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="UploadNotifications",
                principals=[s3_of_this_account],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
            )
        )
        if policy.policy_dependable:
            bucket.node.add_dependency(policy.policy_dependable)
        if self._key:
            # As S3 documents it. Whether S3 tells KMS for whose bucket it asks is not documented; if it does not, a
            # condition would make the very first deployment fail. Which buckets may write, the queue's policy says.
            self._key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="UploadNotifications",
                    principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                    actions=["kms:GenerateDataKey", "kms:Decrypt"],
                    resources=["*"],  # in a key's policy this is the key itself
                )
            )
        self._notify(
            bucket,
            s3.CfnBucket.NotificationConfigurationProperty(
                queue_configurations=[
                    s3.CfnBucket.QueueConfigurationProperty(
                        event="s3:ObjectCreated:*", queue=self.queue.queue_arn, filter=self._filter()
                    )
                ]
            ),
        )

    def _invoke_directly(self, bucket: s3.Bucket) -> None:
        """Let S3, on behalf of this account's bucket only, invoke the processor; failures end as dead letters."""
        permission = lambda_.CfnPermission(
            self,
            "Invocation",
            action="lambda:InvokeFunction",
            function_name=self._processor.function_arn,
            principal="s3.amazonaws.com",
            source_account=Stack.of(self).account,
            source_arn=self._bucket_arn,
        )
        bucket.node.add_dependency(permission)
        asynchronous = lambda_.CfnEventInvokeConfig(
            self,
            "Retries",
            function_name=self._processor.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=2,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=self.dead_letter_queue.queue_arn)
            ),
        )
        iam.Grant.add_to_principal(
            grantee=self._processor, actions=["sqs:SendMessage"], resource_arns=[self.dead_letter_queue.queue_arn]
        ).apply_before(asynchronous)
        self._notify(
            bucket,
            s3.CfnBucket.NotificationConfigurationProperty(
                lambda_configurations=[
                    s3.CfnBucket.LambdaConfigurationProperty(
                        event="s3:ObjectCreated:*", function=self._processor.function_arn, filter=self._filter()
                    )
                ]
            ),
        )

    def _filter(self) -> s3.CfnBucket.NotificationFilterProperty:
        rule = s3.CfnBucket.FilterRuleProperty(name="prefix", value=self._prefix)
        return s3.CfnBucket.NotificationFilterProperty(s3_key=s3.CfnBucket.S3KeyFilterProperty(rules=[rule]))

    def _notify(self, bucket: s3.Bucket, configuration: s3.CfnBucket.NotificationConfigurationProperty) -> None:
        resource = _cfn_bucket(bucket)
        if resource.notification_configuration is not None:
            raise ValueError("the bucket notifies somebody already; a bucket has one notification configuration")
        resource.notification_configuration = configuration

    def _photos(self, under: str, *, kept: bool) -> list[str]:
        """Keys of uploads, and of what is kept under the quiet prefix."""
        prefixes = [self._prefix, *([self._quiet_prefix] if kept and self._quiet_prefix else [])]
        return [f"{prefix}{under}*" for prefix in prefixes]

    def _grant_objects(
        self,
        grantee: iam.IGrantable,
        s3_actions: Sequence[str],
        key_actions: Sequence[str] = (),
        *,
        keys: Sequence[str] = (),
    ) -> iam.Grant:
        """Allow actions on objects, by default on all uploads."""
        grant = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=s3_actions,
            resource_arns=[f"{self._bucket_arn}/{key}" for key in keys or [f"{self._prefix}*"]],
        )
        if self._key is None or not key_actions:
            return grant
        return grant.combine(
            iam.Grant.add_to_principal(grantee=grantee, actions=key_actions, resource_arns=[self._key.key_arn])
        )


def _timeout_of(function: lambda_.IFunction) -> Duration:
    if isinstance(function, lambda_.Function):
        return function.timeout or Duration.seconds(3)  # Lambda's own default
    raise ValueError("an imported function does not tell its timeout: set processor_timeout")


def _cfn_bucket(bucket: s3.Bucket) -> s3.CfnBucket:
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError(
            "an imported bucket cannot be notified from here without a hidden function: make it in this app"
        )
    return resource
