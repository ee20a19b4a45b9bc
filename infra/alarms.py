"""What wakes somebody: every alarm of the service. docs/runbook.md says what to do about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from domain import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.observability import Observed

RUNBOOK = "docs/runbook.md"
_MINUTE, _FIVE, _HOUR, _DAY = Duration.minutes(1), Duration.minutes(5), Duration.hours(1), Duration.days(1)


@dataclass(frozen=True, kw_only=True)
class AlarmSpec:
    """One alarm: in so many of the latest periods the metric is as much as the threshold, or more.

    Attributes:
        means: What is the matter, in a sentence.
        section: Of the runbook.
        datapoints: Periods that have to be bad, of `periods`; all of them by default.
        silence: What is the matter is that the metric is less than the threshold, or silent. CloudWatch then finds the
            data insufficient, and that is told too. So is every new alarm, but that is no change and is not told.
    """

    id: str
    metric: cloudwatch.IMetric
    threshold: float
    means: str
    section: str
    periods: int = 1
    datapoints: int | None = None
    silence: bool = False


def alarms(observed: Observed) -> Iterator[AlarmSpec]:
    """All alarms, in the order of the runbook."""
    yield from _dead_letters(observed)
    yield from _waiting(observed)
    yield from _functions(observed)
    yield from _photos(observed)
    yield from _duties(observed)


def _dead_letters(observed: Observed) -> Iterator[AlarmSpec]:
    for kind, queue in observed.dead_letters.items():
        yield AlarmSpec(
            id=f"{kind}DeadLetters",
            metric=queue.metric_approximate_number_of_messages_visible(period=_MINUTE, statistic="Maximum"),
            threshold=1,
            means=f"{kind}: what nobody could process waits for a human.",
            section=f"dead-letters-{kind.lower()}",
        )


def _waiting(observed: Observed) -> Iterator[AlarmSpec]:
    for kind, (queue, longest) in observed.queues.items():
        yield AlarmSpec(
            id=f"{kind}Waiting",
            metric=queue.metric_approximate_age_of_oldest_message(period=_FIVE, statistic="Maximum"),
            threshold=longest.to_seconds(),
            periods=2,
            means=f"{kind}: the oldest message waits longer than it should.",
            section=f"waiting-{kind.lower()}",
        )
    yield AlarmSpec(
        id="EventsWaiting",
        metric=observed.announcer.metric("IteratorAge", period=_FIVE, statistic="Maximum"),
        threshold=_HOUR.to_milliseconds(),
        periods=2,
        means="Events: changes of the table are told late, and are lost after a day.",
        section="waiting-events",
    )


def _functions(observed: Observed) -> Iterator[AlarmSpec]:
    for name, function in observed.functions.items():
        yield AlarmSpec(
            id=f"{name}Errors",
            metric=function.metric_errors(period=_FIVE, statistic="Sum"),
            threshold=1,
            means=f"The function {name} crashed, or ran out of time or memory.",
            section="function-errors",
        )
        yield AlarmSpec(
            id=f"{name}Throttles",
            metric=function.metric_throttles(period=_FIVE, statistic="Sum"),
            threshold=1,
            periods=3,
            datapoints=2,
            means=f"The function {name} may not run as often as it is called: the account's concurrency is used up.",
            section="function-throttles",
        )
    yield AlarmSpec(
        id="Failures",
        metric=observed.metric(metrics.FAILURES, "Sum", _FIVE),
        threshold=1,
        means="A function met what nobody expected, and went on.",
        section="failures",
    )
    yield AlarmSpec(
        id="ApiErrors",
        metric=observed.api.metric_server_errors(period=_FIVE),
        threshold=5,
        means="The API answers with 5xx.",
        section="api-errors",
    )


def _photos(observed: Observed) -> Iterator[AlarmSpec]:
    yield AlarmSpec(
        id="PhotosThrottled",
        metric=cloudwatch.MathExpression(
            expression="100 * put_off / (put_off + FILL(ended, 0))",
            using_metrics={
                "put_off": observed.metric(metrics.PHOTOS_PUT_OFF, "Sum", _FIVE),
                # One for each result.
                "ended": observed.metric(metrics.UPLOAD_TO_RESULT, "SampleCount", _FIVE),
            },
            label="Photos put off, in percent",
            period=_FIVE,
        ),
        threshold=50,
        periods=3,
        means="At least as many photos are put off as come to an end: Rekognition or the table is too busy.",
        section="photos-throttled",
    )
    yield AlarmSpec(
        id="PhotosStuck",
        metric=observed.metric(metrics.PUT_OFF_FOR, "Maximum", Duration.minutes(15)),
        threshold=_HOUR.to_seconds(),
        means="A photo is put off again and again, for an hour by now; after a day it fails.",
        section="photos-stuck",
    )


def _duties(observed: Observed) -> Iterator[AlarmSpec]:
    yield AlarmSpec(
        id="ErasuresOverdue",
        metric=observed.metric(metrics.ERASURES_OVERDUE, "Maximum", _HOUR),
        threshold=1,
        means="Somebody is not erased a day after it was asked for.",
        section="erasures-overdue",
    )
    yield AlarmSpec(
        id="ReconciliationStopped",
        metric=observed.metric(metrics.RECONCILIATION_STOPPED, "Maximum", _DAY),
        threshold=1,
        means="So many vectors stand for nobody that none was deleted.",
        section="reconciliation-stopped",
    )
    yield AlarmSpec(
        id="FacesMissing",
        metric=observed.metric(metrics.RECONCILED["missing_faces"], "Maximum", _DAY),
        threshold=1,
        # Once it may be an erasure that was under way while it was counted.
        periods=2,
        means="Faces are on record that the collection does not have: those people are not recognized.",
        section="faces-missing",
    )
    for kind, (rule, every) in observed.schedules.items():
        yield AlarmSpec(
            id=f"{kind}ScheduleSilent",
            metric=cloudwatch.Metric(
                namespace="AWS/Events",
                metric_name="Invocations",
                dimensions_map={"RuleName": rule.rule_name},
                statistic="Sum",
                period=every,
            ),
            threshold=1,
            periods=2 if every.to_seconds() < _DAY.to_seconds() else 1,
            silence=True,
            means=f"{kind}: the schedule does not call its function any more.",
            section="schedules-silent",
        )
    yield AlarmSpec(
        id="ReviewsWaiting",
        metric=observed.metric(metrics.REVIEW_AGE, "Maximum", _HOUR),
        threshold=_DAY.to_seconds(),
        means="A photo has waited for a human's decision for a day.",
        section="reviews-waiting",
    )
    yield AlarmSpec(
        id="BudgetNearlySpent",
        metric=observed.metric(metrics.BUDGET_SPENT, "Maximum", _HOUR),
        threshold=80,
        means="Four fifths of the month's budget for Rekognition are spent; at all of it new photos are refused.",
        section="budget-nearly-spent",
    )
