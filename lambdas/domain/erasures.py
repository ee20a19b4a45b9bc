"""Erasures: the removal of a person everywhere, with a receipt. How it is done stands in `domain.erasing`.

An erasure begins in one transaction that also marks the person as being erased; from then on nobody can add anything to
the person, and no result can name them. All the rest may happen later, again, or after a crash.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import ForbiddenError, NotFoundError, ServiceBusyError
from domain.ids import Kind, is_id, new_id
from domain.people import People, find_person

OVERDUE_AFTER = timedelta(days=1)
RESEND_AFTER = timedelta(minutes=15)  # without a sign of work; longer than a message is ever put off


class Reason(StrEnum):
    """Why a person is erased."""

    REQUESTED = "requested"
    CONSENT_ENDED = "consent_ended"


class ErasureStatus(StrEnum):
    """Where an erasure stands. `FAILED` is never stored: it is what one is shown as that is not done after a day."""

    PENDING = "pending"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True)
class Counts:
    """How much was removed, each counted in the transaction that removes it: a crash neither loses nor doubles any.

    Attributes:
        faces: Vectors.
        photos: Uploaded photos with all their versions; not those that had been deleted or had expired before.
        sightings: Records that the person was recognized.
        mentions: Records that the person was a candidate in a review.
        results: Results of others from which the person was taken out.
        shared_photos: Photos that stay until they expire, because somebody else was recognized on them too.
    """

    faces: int = 0
    photos: int = 0
    sightings: int = 0
    mentions: int = 0
    results: int = 0
    shared_photos: int = 0


@dataclass(frozen=True)
class Remainder:
    """What an erasure cannot reach, and until when it is there; None where that is not ours to say."""

    what: str
    until: datetime | None


@dataclass(frozen=True)
class Erasure:
    """The removal of one person. Once complete it says nothing any more about who that was.

    Attributes:
        person_id: None once it is complete.
        owner: Mark of the signed-in user whose own person it was, see `mark`; None when there was none.
    """

    id: str
    person_id: str | None
    reason: Reason
    requested_at: datetime
    status: ErasureStatus = ErasureStatus.PENDING
    owner: str | None = None
    completed_at: datetime | None = None
    counts: Counts = Counts()
    remains: tuple[Remainder, ...] = ()

    def status_at(self, now: datetime) -> ErasureStatus:
        """The status as it is shown. An erasure that is late is shown as failed, and is tried again all the same."""
        if self.status is ErasureStatus.PENDING and now - self.requested_at > OVERDUE_AFTER:
            return ErasureStatus.FAILED
        return self.status


def mark(erasure_id: str, sub: str) -> str:
    """What an erasure keeps of its owner: enough to know them again, and of no use to find out who it was."""
    return hashlib.sha256(f"{erasure_id}/{sub}".encode()).hexdigest()


class ErasureRecords(Protocol):
    """Where erasures are kept."""

    def begin(self, erasure: Erasure) -> Erasure | None:
        """Mark the person as being erased and keep the erasure, both or neither.

        Returns:
            The person's erasure, which may have begun before; None when there is no such person or, for
            `Reason.CONSENT_ENDED`, when their consent holds by now.
        """

    def get(self, erasure_id: str) -> Erasure | None:
        """Read an erasure, including what was written just now."""

    def pending(self, before: datetime) -> Iterator[Erasure]:
        """Pending erasures that were asked for before then; eventually consistent."""

    def idle(self, since: datetime) -> Iterator[Erasure]:
        """Pending erasures on which nobody has worked since then; eventually consistent."""

    def without_consent(self, now: datetime) -> Iterator[str]:
        """Ids of people whose consent is over, or was when the list was made; eventually consistent."""


class ErasureQueue(Protocol):
    """Brings erasures to the worker, at least once."""

    def send(self, erasure_id: str, *, delay: timedelta = timedelta()) -> None:
        """Have an erasure worked on after `delay`, at most 15 minutes."""


@dataclass(frozen=True)
class Resumed:
    """What a look at all erasures found.

    Attributes:
        resent: Erasures that nobody had worked on for a while.
        overdue: Erasures that are shown as failed, whether somebody works on them or not.
        started: Erasures of people whose consent had ended.
    """

    resent: int
    overdue: int
    started: int


@dataclass(frozen=True)
class Erasures:
    """Begins erasures."""

    records: ErasureRecords
    queue: ErasureQueue
    clock: Callable[[], datetime]

    def start(self, person_id: str, reason: Reason) -> Erasure:
        """Begin to erase a person, or send the erasure that was begun before on its way again.

        Once the record is written the erasure cannot get lost: where the message does, `resume` sends another.

        Raises:
            NotFoundError: There is no such person; or, for `Reason.CONSENT_ENDED`, they consent again.
            ServiceBusyError: Nothing was begun.
        """
        now = self.clock()
        erasure = self.records.begin(Erasure(new_id(Kind.ERASURE, now), person_id, reason, now))
        if erasure is None:
            raise NotFoundError
        with contextlib.suppress(ServiceBusyError):
            self.queue.send(erasure.id)
        return erasure

    def resume(self) -> Resumed:
        """Send what nobody works on, and begin to erase people whose consent has ended. To be done on a schedule."""
        now = self.clock()
        idle = list(self.records.idle(now - RESEND_AFTER))
        for erasure in idle:
            self.queue.send(erasure.id)
        started = 0
        for person_id in self.records.without_consent(now):
            with contextlib.suppress(NotFoundError):  # erased, or consents again: the list lags behind
                started += self.start(person_id, Reason.CONSENT_ENDED).requested_at >= now  # not begun before
        overdue = sum(1 for _ in self.records.pending(now - OVERDUE_AFTER))
        return Resumed(len(idle), overdue, started)


def request_erasure(caller: Caller, person_id: str, *, people: People, erasures: Erasures, record: Record) -> Erasure:
    """Begin to erase a person on request of an admin or of the person themself; asked again, it is the same erasure.

    Raises:
        NotFoundError: There is no such person, or the caller may not see them.
        ForbiddenError: An operator may see people, but not erase them.
        AuditUnavailableError: It cannot be recorded; nothing was begun.
    """
    if not caller.is_admin and people.of_user(caller.sub) != person_id:
        raise ForbiddenError if caller.is_operator else NotFoundError
    if find_person(person_id, people=people) is None:
        raise NotFoundError
    record(AuditAction.ERASED, [person_id])
    return erasures.start(person_id, Reason.REQUESTED)


def read_erasure(caller: Caller, erasure_id: str, *, records: ErasureRecords, record: Record) -> Erasure:
    """Read an erasure as an admin, or one's own.

    Raises:
        NotFoundError: There is no such erasure, or it is somebody else's.
        AuditUnavailableError: It still tells who it is, and that this is told cannot be recorded.
    """
    erasure = records.get(erasure_id) if is_id(erasure_id, Kind.ERASURE) else None
    if erasure is None or not (caller.is_admin or erasure.owner == mark(erasure.id, caller.sub)):
        raise NotFoundError
    if erasure.person_id:
        record(AuditAction.SAW, [erasure.person_id])
    return erasure
