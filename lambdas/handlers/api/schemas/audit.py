"""The audit, as JSON."""

from domain.audit import AuditAction, AuditEntry
from handlers.api.schemas.common import Instant, Out


class AuditEntryOut(Out):
    """Who learned of whom, or did something to them."""

    id: str
    at: Instant
    actor: str
    action: AuditAction
    person_id: str | None
    source: str

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditEntryOut":
        """An entry as JSON."""
        return cls.model_validate(vars(entry))


class AuditOut(Out):
    """A page of entries, newest first."""

    items: list[AuditEntryOut]
    next_cursor: str | None
