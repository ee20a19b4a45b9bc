"""Every metric that the service writes, and the only place where their names and units stand.

Handlers write them; alarms, dashboard and docs/observability.md name them. CloudWatch bills each combination of a name
and a label by the hour in which it is written, so labels are few by nature: never an id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """Units in CloudWatch's words."""

    COUNT = "Count"
    MILLISECONDS = "Milliseconds"
    PERCENT = "Percent"
    SECONDS = "Seconds"


@dataclass(frozen=True)
class Metric:
    """What is measured.

    Attributes:
        dimension: Of what its values are told apart by a label; None when they are not.
    """

    name: str
    unit: Unit
    dimension: str | None = None


@dataclass(frozen=True)
class Measured:
    """Values of a metric: of a count how many, of anything else one for each thing that was measured.

    Attributes:
        label: Of the metric's dimension.
    """

    metric: Metric
    values: tuple[float, ...]
    label: str | None = None


def counted(metric: Metric, count: int, label: str | None = None) -> Measured:
    """So many."""
    return Measured(metric, (count,), label)


PHOTOS_ENDED = Metric("PhotosEnded", Unit.COUNT, "Outcome")
"""Results that were written; the outcome is `succeeded` or the code of the error."""
UPLOAD_TO_RESULT = Metric("UploadToResult", Unit.MILLISECONDS)
"""From S3's time of the upload to the result's; one for each result."""
FACES_DECIDED = Metric("FacesDecided", Unit.COUNT, "Decision")
"""Faces on recognized and verified photos, by what the service decided."""
SIMILARITY = Metric("Similarity", Unit.PERCENT)
"""Of each face that resembles somebody: how much the most similar person does."""
PHOTOS_PUT_OFF = Metric("PhotosPutOff", Unit.COUNT)
"""Photos that have to come again because a service was busy."""
PUT_OFF_FOR = Metric("PutOffFor", Unit.SECONDS)
"""For how long a photo that is put off once more has been put off."""
PHOTOS_QUARANTINED = Metric("PhotosQuarantined", Unit.COUNT)
"""Objects that nobody asked for."""
EVENTS_REPEATED = Metric("EventsRepeated", Unit.COUNT)
"""Events about photos that were done, or in work, or about a second version: nothing was left to do."""
FAILURES = Metric("Failures", Unit.COUNT)
"""What nobody expected and Lambda does not see, because the function has answered all the same."""
BUDGET_SPENT = Metric("BudgetSpent", Unit.PERCENT)
"""Of the month's budget."""
ERASURES_COMPLETED = Metric("ErasuresCompleted", Unit.COUNT)
"""People of whom nothing is left."""
ERASURE_TIME = Metric("ErasureTime", Unit.SECONDS)
"""From the request to the end of an erasure."""
ERASURES_RESENT = Metric("ErasuresResent", Unit.COUNT)
"""Erasures that nobody had worked on for a while."""
ERASURES_OVERDUE = Metric("ErasuresOverdue", Unit.COUNT)
"""Erasures that are not done a day after they were asked for."""
ERASURES_STARTED = Metric("ErasuresStartedForConsent", Unit.COUNT)
"""Erasures of people whose consent had ended."""
REVIEW_AGE = Metric("ReviewAge", Unit.SECONDS)
"""For how long the oldest photo in the work list has waited for a human."""
RECONCILIATION_STOPPED = Metric("ReconciliationStopped", Unit.COUNT)
"""Runs that deleted nothing because too much would have gone."""
RECONCILED: Mapping[str, Metric] = {
    name: Metric(f"Reconciliation{''.join(word.title() for word in name.split('_'))}", Unit.COUNT)
    for name in (
        "users",
        "faces",
        "recorded_faces",
        "stray_users",
        "stray_faces",
        "missing_faces",
        "removed_users",
        "removed_faces",
    )
}
"""What a reconciliation counts, by its own names for it; strays are orphans."""

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        PHOTOS_ENDED,
        UPLOAD_TO_RESULT,
        FACES_DECIDED,
        SIMILARITY,
        PHOTOS_PUT_OFF,
        PUT_OFF_FOR,
        PHOTOS_QUARANTINED,
        EVENTS_REPEATED,
        FAILURES,
        BUDGET_SPENT,
        ERASURES_COMPLETED,
        ERASURE_TIME,
        ERASURES_RESENT,
        ERASURES_OVERDUE,
        ERASURES_STARTED,
        REVIEW_AGE,
        RECONCILIATION_STOPPED,
        *RECONCILED.values(),
    )
}
