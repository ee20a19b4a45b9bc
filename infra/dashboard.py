"""The dashboard: what comes in and out, what waits, and what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch

from domain import metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from domain.metrics import Metric
    from infra.observability import Observed

_FIVE, _HOUR, _DAY = Duration.minutes(5), Duration.hours(1), Duration.days(1)
_HEIGHT = 6
# The first ones end where the default thresholds are: below no human looks, above nobody has to.
_SIMILARITIES = ("PR(:80)", "PR(80:90)", "PR(90:95)", "PR(95:99)", "PR(99:)")


def dashboard(scope: Construct, observed: Observed, alarms: Sequence[cloudwatch.IAlarm]) -> cloudwatch.Dashboard:
    """Make it: one row a topic, the alarms first."""
    rows: list[list[cloudwatch.IWidget]] = [
        [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=24, height=_HEIGHT)],
        _photos(observed),
        _faces(observed),
        _queues(observed),
        _functions(observed),
        _people(observed),
    ]
    # Dashboards are the account's, in no region: the same stack elsewhere would overwrite one of the same name.
    name = f"{Stack.of(scope).stack_name}-{Aws.REGION}"
    return cloudwatch.Dashboard(scope, "Dashboard", dashboard_name=name, widgets=rows)


def _photos(observed: Observed) -> list[cloudwatch.IWidget]:
    took = [observed.metric(metrics.UPLOAD_TO_RESULT, statistic, _FIVE) for statistic in ("p50", "p90", "p99")]
    aside = (metrics.PHOTOS_PUT_OFF, metrics.EVENTS_REPEATED, metrics.PHOTOS_QUARANTINED)
    return [
        _graph("Photos by outcome", _by_label(observed, metrics.PHOTOS_ENDED)),
        _graph("Upload to result, ms", *took),
        _graph("Not done at once", *_sums(observed, *aside)),
        _graph("Put off for, s", observed.metric(metrics.PUT_OFF_FOR, "Maximum", _FIVE)),
    ]


def _faces(observed: Observed) -> list[cloudwatch.IWidget]:
    ranges = [observed.metric(metrics.SIMILARITY, statistic, _HOUR) for statistic in _SIMILARITIES]
    return [
        _graph("Faces by decision", _by_label(observed, metrics.FACES_DECIDED)),
        _graph("Similarity: percent of faces in each range", *ranges, stacked=True),
        _graph("Oldest review, s", observed.metric(metrics.REVIEW_AGE, "Maximum", _HOUR)),
        _graph("Month's budget spent, %", observed.metric(metrics.BUDGET_SPENT, "Maximum", _HOUR)),
    ]


def _queues(observed: Observed) -> list[cloudwatch.IWidget]:
    queues = [queue for queue, _ in observed.queues.values()]
    dead = [
        queue.metric_approximate_number_of_messages_visible(period=_FIVE) for queue in observed.dead_letters.values()
    ]
    return [
        _graph("Waiting", *(queue.metric_approximate_number_of_messages_visible(period=_FIVE) for queue in queues)),
        _graph(
            "Oldest message, s", *(queue.metric_approximate_age_of_oldest_message(period=_FIVE) for queue in queues)
        ),
        _graph("Dead letters", *dead),
        _graph("Stream read late, ms", observed.announcer.metric("IteratorAge", period=_FIVE, statistic="Maximum")),
    ]


def _functions(observed: Observed) -> list[cloudwatch.IWidget]:
    functions = observed.functions.values()
    return [
        _graph(
            "Errors",
            *(function.metric_errors(period=_FIVE) for function in functions),
            *_sums(observed, metrics.FAILURES),
        ),
        _graph("Throttles", *(function.metric_throttles(period=_FIVE) for function in functions)),
        _graph(
            "Duration p99, ms", *(function.metric_duration(period=_FIVE, statistic="p99") for function in functions)
        ),
        _graph(
            "API",
            observed.api.metric_requests(period=_FIVE),
            observed.api.metric_client_errors(period=_FIVE),
            observed.api.metric_server_errors(period=_FIVE),
        ),
    ]


def _people(observed: Observed) -> list[cloudwatch.IWidget]:
    begun = (metrics.ERASURES_COMPLETED, metrics.ERASURES_STARTED, metrics.ERASURES_RESENT)
    return [
        _graph("Erasures", *_sums(observed, *begun), observed.metric(metrics.ERASURES_OVERDUE, "Maximum", _HOUR)),
        _graph(
            "Erasure, s",
            observed.metric(metrics.ERASURE_TIME, "p50", _DAY),
            observed.metric(metrics.ERASURE_TIME, "Maximum", _DAY),
        ),
        _graph(
            "Reconciliation",
            *(observed.metric(metric, "Maximum", _DAY) for metric in metrics.RECONCILED.values()),
            observed.metric(metrics.RECONCILIATION_STOPPED, "Maximum", _DAY),
            width=12,
        ),
    ]


def _sums(observed: Observed, *named: Metric) -> list[cloudwatch.Metric]:
    return [observed.metric(metric, "Sum", _FIVE) for metric in named]


def _by_label(observed: Observed, metric: Metric) -> cloudwatch.MathExpression:
    """Each label of a metric as a line of its own, whichever there are."""
    # In quotes: a name with a dash is none otherwise.
    schema = f'{{"{observed.namespace}",{metric.dimension}}}'
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{schema} MetricName=\"{metric.name}\"', 'Sum', {_FIVE.to_seconds():.0f})",
        label="",
        period=_FIVE,
    )


def _graph(title: str, *shown: cloudwatch.IMetric, stacked: bool = False, width: int = 6) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(shown), stacked=stacked, width=width, height=_HEIGHT)
