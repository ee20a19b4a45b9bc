"""The audit, as JSON."""

from domain.audit import AuditAction, AuditEntry, Finding
from domain.faces import Decision
from handlers.api.schemas.common import Instant, Out


class FindingOut(Out):
    """How the service came to name somebody: similarity and thresholds in percent, and the face model."""

    decision: Decision | None
    similarity: float | None
    match_threshold: float | None
    review_threshold: float | None
    model_version: str | None

    @classmethod
    def of(cls, finding: Finding | None) -> "FindingOut | None":
        """A finding as JSON."""
        if finding is None:
            return None
        policy = finding.policy
        return cls(
            decision=finding.decision,
            similarity=finding.similarity,
            match_threshold=policy.match_threshold if policy else None,
            review_threshold=policy.review_threshold if policy else None,
            model_version=finding.model_version,
        )


class AuditEntryOut(Out):
    """Who learned of whom, or did something to them."""

    id: str
    at: Instant
    actor: str
    action: AuditAction
    person_id: str | None
    source: str
    finding: FindingOut | None

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditEntryOut":
        """An entry as JSON."""
        return cls(**vars(entry) | {"finding": FindingOut.of(entry.finding)})


class AuditOut(Out):
    """A page of entries, newest first."""

    items: list[AuditEntryOut]
    next_cursor: str | None
