"""What is held about a person: values of several kinds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from client.models.administration import AuditAction, Finding
from client.models.people import Consent
from client.models.photos import Box, Decision


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
class JudgementReview:
    """A human's decision about a face, which counts instead of the service's.

    Attributes:
        themself: Whether it was for the person.
        by: The `sub` of the user who decided.
    """

    decision: Decision
    themself: bool
    by: str
    at: datetime


@dataclass(frozen=True)
class Judgement:
    """What was decided about one face, as far as it concerns the person.

    Attributes:
        decision: The service's own.
        themself: Whether the service took the face for the person.
        similarity: To the person; None where the service saw none worth telling.
    """

    n: int
    box: Box
    confidence: float
    decision: Decision
    themself: bool
    similarity: float | None
    review: JudgementReview | None


@dataclass(frozen=True)
class Judged:
    """The result of a photo as far as it concerns the person: the faces that were, or might have been, theirs."""

    completed_at: datetime
    match_threshold: float | None
    review_threshold: float | None
    model_version: str | None
    faces: tuple[Judgement, ...]


@dataclass(frozen=True)
class HeldSighting:
    """The person was recognized on a photo, as its face `n`; without a similarity where only a human saw one."""

    photo_id: str
    seen_at: datetime
    n: int
    similarity: float | None
    reviewed: bool
    result: Judged | None
    kind: Literal["sighting"] = "sighting"


@dataclass(frozen=True)
class HeldMention:
    """The result of a photo concerns the person, without their having been recognized on it."""

    photo_id: str
    result: Judged | None
    kind: Literal["mention"] = "mention"


@dataclass(frozen=True)
class HeldAudit:
    """Somebody learned of the person, or did something to them: an entry of the audit."""

    id: str
    at: datetime
    actor: str
    action: AuditAction
    person_id: str | None
    source: str
    finding: Finding | None
    kind: Literal["audit"] = "audit"


Held = HeldConsent | HeldFace | HeldPhoto | HeldSighting | HeldMention | HeldAudit
