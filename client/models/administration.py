"""Erasures, the audit, usage."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from client.models.photos import Decision

AuditAction = Literal[
    "registered", "changed", "saw", "deleted", "reviewed", "searched", "verified", "erased", "exported"
]


@dataclass(frozen=True)
class Remainder:
    """What an erasure does not reach; `until` is None where that is not the service's to say."""

    what: str
    until: datetime | None


@dataclass(frozen=True)
class Receipt:
    """How much was removed, and what is left; nothing about who it was.

    Attributes:
        shared_photos: Photos that stay because they show others too; the person is taken out of their results.
    """

    faces: int
    photos: int
    sightings: int
    mentions: int
    results: int
    shared_photos: int
    remains: tuple[Remainder, ...]


@dataclass(frozen=True)
class Erasure:
    """The removal of a person, everywhere.

    Attributes:
        person_id: None once it is complete.
        status: `failed` is late, and still tried.
        receipt: Once it is complete.
    """

    id: str
    person_id: str | None
    reason: Literal["requested", "consent_ended"]
    status: Literal["pending", "complete", "failed"]
    requested_at: datetime
    completed_at: datetime | None
    receipt: Receipt | None


@dataclass(frozen=True)
class Finding:
    """How the service came to name somebody: similarity and thresholds in percent, and the face model."""

    decision: Decision | None
    similarity: float | None
    match_threshold: float | None
    review_threshold: float | None
    model_version: str | None


@dataclass(frozen=True)
class AuditEntry:
    """Who learned of whom, or did something to them.

    Attributes:
        actor: The `sub` of the user; `service` for what the service did in the end, after somebody had asked for it.
        person_id: None where people were looked for and nobody was found, or no single person was meant.
        source: The request that was answered, or the id of the photo or erasure that was processed.
        finding: Where the service searched.
    """

    id: str
    at: datetime
    actor: str
    action: AuditAction
    person_id: str | None
    source: str
    finding: Finding | None


@dataclass(frozen=True)
class PurposeUsage:
    """What photos of one purpose used. `calls` are Rekognition's billed ones, by kind: none that was throttled."""

    purpose: Literal["recognition", "registration", "verification"]
    photos: int
    calls: dict[str, int]
    dollars: float


@dataclass(frozen=True)
class Prices:
    """The list prices that dollars rest on: when they were read, and for which region."""

    as_of: date
    region: str


@dataclass(frozen=True)
class Usage:
    """A month's usage by purpose. `dollars` are Rekognition's calls alone, at list price without any discount."""

    month: str
    items: tuple[PurposeUsage, ...]
    dollars: float
    budget_dollars: float | None
    prices: Prices


@dataclass(frozen=True)
class Health:
    """Whether the API answers."""

    status: Literal["ok"]
