"""Erasures, the audit, usage and health."""

from collections.abc import Iterator
from datetime import date

from client.models.administration import AuditEntry, Erasure, Health, Usage
from client.transport import Transport, path


class Administration(Transport):
    """The calls of admins; erasing is also everybody's own."""

    def begin_erasure(self, person_id: str) -> Erasure:
        """Begin to erase a person, everywhere; begun again, it is the same erasure."""
        return self._answer(Erasure, "DELETE", path("people", person_id))

    def erase(self, person_id: str) -> Erasure:
        """Erase a person, everywhere, and wait for the receipt.

        Raises:
            ApiError: The API refused.
            NotFinishedError: It took too long; the erasure goes on.
        """
        return self.wait_for_erasure(self.begin_erasure(person_id).id)

    def erasure(self, erasure_id: str) -> Erasure:
        """One erasure, as it is now."""
        return self._answer(Erasure, "GET", path("erasures", erasure_id))

    def wait_for_erasure(self, erasure_id: str) -> Erasure:
        """One erasure, once it is complete; or as it is, if it is late (`failed`), for that may take long.

        Raises:
            NotFinishedError: It took too long; the erasure goes on.
        """
        return self._until(lambda: self.erasure(erasure_id), open_={"pending"})

    def audit_of_day(self, day: date) -> Iterator[AuditEntry]:
        """Who learned of whom or did something to them on a day (UTC), newest first, page by page."""
        return self._pages(AuditEntry, "/audit", day=day.isoformat())

    def audit_of_person(self, person_id: str) -> Iterator[AuditEntry]:
        """Who learned of a person or did something to them, newest first, page by page."""
        return self._pages(AuditEntry, "/audit", personId=person_id)

    def usage(self, month: str | None = None) -> Usage:
        """What was used in a month (UTC, as in 2026-11; by default the current one), and what it costs."""
        return self._answer(Usage, "GET", "/usage", params={"month": month} if month else {})

    def health(self) -> Health:
        """Whether the API answers; needs no token."""
        return self._answer(Health, "GET", "/health")
