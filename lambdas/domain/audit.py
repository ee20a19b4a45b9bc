"""The audit: who learned of whom, or did something to them.

An entry is written before the answer goes out or the change is made. So no answer is without its entry, while an entry
may tell of an answer that got lost on its way, or of a change that was refused. Entries are only ever added, hold ids
and never names, and vanish when their time is over.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from domain.access import Caller
from domain.decisions import DecisionPolicy
from domain.faces import Decision
from domain.ids import Kind, new_id
from domain.pages import Page

SERVICE = "service"


class AuditAction(StrEnum):
    """What was done."""

    REGISTERED = "registered"
    CHANGED = "changed"
    SAW = "saw"
    DELETED = "deleted"
    REVIEWED = "reviewed"
    SEARCHED = "searched"
    VERIFIED = "verified"
    ERASED = "erased"
    EXPORTED = "exported"


@dataclass(frozen=True)
class Finding:
    """How the service came to name a person, or to name nobody.

    Attributes:
        similarity: Percent.
        policy: The thresholds that were in force.
        model_version: Of Rekognition's face model.
    """

    decision: Decision | None
    similarity: float | None
    policy: DecisionPolicy | None
    model_version: str | None


@dataclass(frozen=True)
class AuditEntry:
    """One person, and who learned of them or did something to them.

    Attributes:
        actor: `sub` of the user; `SERVICE` for what the service did in the end, after somebody had asked for it.
        person_id: None where people were looked for and nobody was found, or no single person was meant.
        source: The request that was answered, as in ``GET /people/per_01JDZ6V8K2M3N4P5Q6R7S8T9VA``; or the id of the
            photo that was processed, or of the erasure.
        finding: Where the service searched.
    """

    id: str
    at: datetime
    actor: str
    action: AuditAction
    person_id: str | None
    source: str
    finding: Finding | None = None


class AuditWriter(Protocol):
    """Keeps entries."""

    def record(self, entries: Sequence[AuditEntry]) -> None:
        """Keep `entries`, up to 100 of them all together or not at all.

        The same ones again, with the same ids, change nothing: an event that comes twice is recorded once.

        Raises:
            AuditUnavailableError: They are not kept: what they tell of may not happen.
        """


class AuditTrail(AuditWriter, Protocol):
    """Keeps entries and finds them again; finding may raise `ServiceBusyError`."""

    def of_day(self, day: date, *, limit: int, after: str | None, now: datetime) -> Page[AuditEntry]:
        """List the entries of a day (UTC), newest first, including those written just now.

        Args:
            limit: Most entries on the page.
            after: `Page.position` of the page before.
            now: Entries whose time is over by then are left out.
        """

    def of_person(self, person_id: str, *, limit: int, after: str | None, now: datetime) -> Page[AuditEntry]:
        """List the entries about a person, newest first, eventually consistent; arguments as for `of_day`."""


Record = Callable[[AuditAction, Iterable[str | None]], None]
"""Records what the request that is answered just now does, to which people; raises `AuditUnavailableError`."""


def recorder(caller: Caller, source: str, *, trail: AuditWriter, now: datetime) -> Record:
    """What records the doings of `caller` by one request."""

    def record(action: AuditAction, person_ids: Iterable[str | None]) -> None:
        trail.record(
            [
                AuditEntry(new_id(Kind.AUDIT, now), now, caller.sub, action, person_id, source)
                for person_id in dict.fromkeys(person_ids)
            ]
        )

    return record
