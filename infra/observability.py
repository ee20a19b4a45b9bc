"""Watching over a deployment: where alarms go, the alarms, and the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.alarms import RUNBOOK, AlarmSpec, alarms
from infra.dashboard import dashboard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_events as events
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs

    from domain.metrics import Metric
    from infra.constructs.secure_api import SecureApi


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What is watched.

    Attributes:
        namespace: Of the metrics that the functions write.
        functions: By the names that they have in alarms.
        queues: By kind, each with the time that a message should wait there at most.
        dead_letters: By kind.
        schedules: By kind, each with the longest time between two of its calls, in whole periods of CloudWatch.
        announcer: The function that reads the table's stream.
    """

    namespace: str
    functions: Mapping[str, lambda_.IFunction]
    queues: Mapping[str, tuple[sqs.IQueue, Duration]]
    dead_letters: Mapping[str, sqs.IQueue]
    schedules: Mapping[str, tuple[events.IRule, Duration]]
    announcer: lambda_.IFunction
    api: SecureApi

    def metric(
        self, metric: Metric, statistic: str, period: Duration, *, label: str | None = None
    ) -> cloudwatch.Metric:
        """A metric that the functions write."""
        return cloudwatch.Metric(
            namespace=self.namespace,
            metric_name=metric.name,
            dimensions_map={metric.dimension: label} if metric.dimension and label else None,
            statistic=statistic,
            period=period,
        )


@dataclass(frozen=True, kw_only=True)
class AlarmTarget:
    """Where alarms go; if nothing is set, to a topic that nobody has subscribed to.

    Attributes:
        email: An address that has to confirm it.
        topic_arn: A topic that exists, whose policy, and whose key's, must let CloudWatch publish to it.
    """

    email: str | None = None
    topic_arn: str | None = None

    def __bool__(self) -> bool:
        return bool(self.email or self.topic_arn)


class Observability(Construct):
    """Alarms, a topic that they are told to, and a dashboard."""

    topic: sns.ITopic
    """Who subscribes to it is told of every alarm, and of its end."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        observed: Observed,
        target: AlarmTarget,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        """Watch over what is `observed`.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            observed: What is watched.
            target: Where alarms go.
            encryption_key: Key of a topic that is made here. Its policy is extended if the key is made in this app; the
                policy of an imported key must already let CloudWatch use it (kms:GenerateDataKey, kms:Decrypt).
                Default: no encryption of its own; alarms name metrics and nobody.
        """
        super().__init__(scope, id)
        self._key = encryption_key
        self.topic = (
            sns.Topic.from_topic_arn(self, "Topic", target.topic_arn) if target.topic_arn else self._own_topic()
        )
        if target.email:
            self.topic.add_subscription(subscriptions.EmailSubscription(target.email))
        self._tell = actions.SnsAction(self.topic)
        made = [self._alarm(spec) for spec in alarms(observed)]
        dashboard(self, observed, made)

    def _own_topic(self) -> sns.Topic:
        topic = sns.Topic(self, "Topic", master_key=self._key, enforce_ssl=True)
        cloudwatch_of_this_account = iam.ServicePrincipal(
            "cloudwatch.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Alarms",
                principals=[cloudwatch_of_this_account],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
            )
        )
        if self._key:
            self._key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="Alarms",
                    principals=[cloudwatch_of_this_account],
                    actions=["kms:GenerateDataKey", "kms:Decrypt"],
                    resources=["*"],  # in a key's policy this is the key itself
                )
            )
        return topic

    def _alarm(self, spec: AlarmSpec) -> cloudwatch.Alarm:
        operator = cloudwatch.ComparisonOperator
        missing = cloudwatch.TreatMissingData
        alarm = cloudwatch.Alarm(
            self,
            spec.id,
            alarm_name=f"{Stack.of(self).stack_name}-{spec.id}",
            alarm_description=f"{spec.means} What to do: {RUNBOOK}#{spec.section}",
            metric=spec.metric,
            threshold=spec.threshold,
            comparison_operator=operator.LESS_THAN_THRESHOLD
            if spec.silence
            else operator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=spec.periods,
            datapoints_to_alarm=spec.datapoints,
            treat_missing_data=missing.MISSING if spec.silence else missing.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._tell)
        alarm.add_ok_action(self._tell)
        if spec.silence:
            alarm.add_insufficient_data_action(self._tell)
        return alarm
