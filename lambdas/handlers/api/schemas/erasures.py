"""Erasures, as JSON."""

from datetime import datetime

from domain.erasures import Erasure, ErasureStatus, Reason
from handlers.api.schemas.common import Instant, Out


class RemainderOut(Out):
    """What the erasure does not reach; `until` is null where that is not the service's to say.

    `what` is `shared_photos`, `backups`, `table_stream` or `account_trails`; there may be more one day.
    """

    what: str
    until: Instant | None


class ReceiptOut(Out):
    """How much was removed, and what is left; nothing about who it was."""

    faces: int
    photos: int
    sightings: int
    mentions: int
    results: int
    shared_photos: int
    remains: list[RemainderOut]


class ErasureOut(Out):
    """An erasure; `personId` is there until it is complete, `receipt` from then on."""

    id: str
    person_id: str | None
    reason: Reason
    status: ErasureStatus
    requested_at: Instant
    completed_at: Instant | None
    receipt: ReceiptOut | None

    @classmethod
    def of(cls, erasure: Erasure, now: datetime) -> "ErasureOut":
        """An erasure as JSON."""
        return cls(
            id=erasure.id,
            person_id=erasure.person_id,
            reason=erasure.reason,
            status=erasure.status_at(now),
            requested_at=erasure.requested_at,
            completed_at=erasure.completed_at,
            receipt=_receipt(erasure) if erasure.status is ErasureStatus.COMPLETE else None,
        )


def _receipt(erasure: Erasure) -> ReceiptOut:
    remains = [RemainderOut(what=left.what, until=left.until) for left in erasure.remains]
    return ReceiptOut(**vars(erasure.counts), remains=remains)
