"""Instants: aware UTC inside, ISO 8601 with milliseconds and ``Z`` outside.

The text form has one fixed width, so that comparing texts compares instants, in keys and in conditions.
"""

from datetime import UTC, datetime

FOREVER = datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)


def now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)


def to_text(instant: datetime) -> str:
    """Write an aware instant, cut to milliseconds, as in ``2026-11-24T08:00:00.000Z``."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Read an instant.

    Raises:
        ValueError: The text is not ISO 8601 or names no time zone.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    return instant.astimezone(UTC)
