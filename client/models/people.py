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


@dataclass(frozen=True)
class HeldConsent:
    """Something that happened to the consent."""

    event: Literal["given", "renewed", "withdrawn"]
    at: datetime
    by: str
    consent: Consent
    kind: Literal["consent"] = "consent"


@dataclass(frozen=True)
class HeldFace:
    """A registered face; `content_hash` is the SHA-256 of its photo."""

    id: str
    registration_id: str
    registered_at: datetime
    model_version: str
    box: Box
    confidence: float
    content_hash: str
    kind: Literal["face"] = "face"


@dataclass(frozen=True)
class HeldPhoto:
    """A photo uploaded for the person; `url` leads to it for five minutes, and is None where it is not kept."""

    id: str
    url: str | None
    kind: Literal["photo"] = "photo"


@dataclass(frozen=True)
class HeldSighting:
    """The person was recognized on a photo, as its face `n`."""

    photo_id: str
    seen_at: datetime
    n: int
    similarity: float
    kind: Literal["sighting"] = "sighting"


@dataclass(frozen=True)
class HeldMention:
    """The result of a photo names the person, without having recognized them on it."""

    photo_id: str
    kind: Literal["mention"] = "mention"


Held = HeldConsent | HeldFace | HeldPhoto | HeldSighting | HeldMention
