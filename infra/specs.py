"""The functions of the service: what each runs, how large it is, and which settings of the stage it reads."""

from __future__ import annotations

from aws_cdk import Duration

from infra.functions import FunctionSpec

_DECIDING = ("match_threshold", "review_threshold", "max_faces", "calls_per_second", "result_days")

PHOTOS = FunctionSpec(
    id="Photos",
    module="handlers.photos",
    lock="photos.txt",
    description="Recognizes or registers the faces on an uploaded photo",
    # Decoding 64 megapixels takes 256 MB, twice that to turn them, and cropping a good share of a core.
    memory_mib=1024,
    # Forty faces at the pace of a small quota, and a margin for retries in place.
    timeout=Duration.seconds(60),
    settings=_DECIDING,
    claims=True,
    # It sends throttled photos back into its own queue, a bounded number of times.
    invokes_itself=True,
)
ERASER = FunctionSpec(
    id="Eraser",
    module="handlers.erasures",
    lock="workers.txt",
    description="Erases people, and sees to it that every erasure comes to its end",
    memory_mib=512,
    timeout=Duration.minutes(5),
    settings=("photo_days", "backup_days"),
    # It sends what it cannot finish now back into its own queue.
    invokes_itself=True,
)
RECONCILER = FunctionSpec(
    id="Reconciler",
    module="handlers.reconciliation",
    lock="workers.txt",
    description="Compares all vectors with the table",
    memory_mib=512,
    timeout=Duration.minutes(15),
)
REQUESTS = FunctionSpec(
    id="Requests",
    module="handlers.api.app",
    lock="api.txt",
    description="Answers the HTTP API",
    # Not for the memory: it brings the CPU that shortens a cold start.
    memory_mib=512,
    timeout=Duration.seconds(10),
    settings=(
        "names_for_users",
        "self_registration",
        "posts_per_minute",
        "monthly_budget_dollars",
        "audit_days",
        "result_days",
    ),
)
IMMEDIATE = FunctionSpec(
    id="Immediate",
    module="handlers.immediate",
    lock="immediate.txt",
    description="Recognizes the faces on a photo while the caller waits",
    # A photo of 4 MiB may be as large, once decoded, as one of 15.
    memory_mib=1024,
    # API Gateway waits 30 seconds for an answer.
    timeout=Duration.seconds(29),
    settings=(*_DECIDING, "names_for_users", "posts_per_minute", "monthly_budget_dollars", "audit_days"),
    claims=True,
)
ANNOUNCER = FunctionSpec(
    id="Announcer",
    module="handlers.events",
    lock="workers.txt",
    description="Tells on the event bus what became of photos and erasures, and records who was found",
    memory_mib=256,
    # A batch of a hundred changes, each an entry of the audit and an event.
    timeout=Duration.seconds(60),
    settings=("audit_days",),
)
