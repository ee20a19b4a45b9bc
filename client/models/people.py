"""People, their consent and their faces."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from client.models.photos import Box

PersonStatus = Literal["active", "pending", "erasing"]
Role = Literal["admin", "operator"]


@dataclass(frozen=True)
class Consent:
    """What a person agreed to: for which purpose, by which version of the text, when.

    It holds until `expires_at` or `withdrawn_at`, whichever comes first.
    """

    purpose: str
    text_version: str
    given_at: datetime
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class ConsentEntry:
    """What happened to a consent: when, entered by which user (their `sub`), and the consent from then on."""

    event: Literal["given", "renewed", "withdrawn"]
    at: datetime
    by: str
    consent: Consent


@dataclass(frozen=True)
class Person:
    """Somebody registered.

    Attributes:
        external_ref: What they are called elsewhere, unique.
        faces: How many faces stand for them.
        consent_history: Oldest first; None in lists.
        etag: Which version of the person this is; None in lists. Who changes a person has to have read them.
    """

    id: str
    name: str
    external_ref: str | None
    status: PersonStatus
    faces: int
    created_at: datetime
    consent: Consent
    consent_history: tuple[ConsentEntry, ...] | None = None
    etag: str | None = None


@dataclass(frozen=True)
class Me:
    """Somebody signed in, and who they are among the people registered."""

    sub: str
    roles: tuple[Role, ...]
    person: Person | None


@dataclass(frozen=True)
class StoredFace:
    """A face that stands for a person; `registration_id` is the photo that it is from."""

    id: str
    registration_id: str
    registered_at: datetime
    model_version: str
    box: Box
    confidence: float
