"""Who was seen when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Visit:
    """A person was seen, from the first of some sightings to the last; the other fields tell of the first one.

    Attributes:
        photo_id: The recognition or verification.
        n: Which face on it.
        similarity: None where a human saw a likeness and the service none.
        reviewed: Whether a human decided that it was them.
    """

    first_seen_at: datetime
    last_seen_at: datetime
    sightings: int
    photo_id: str
    n: int
    similarity: float | None
    reviewed: bool


@dataclass(frozen=True)
class Attendance:
    """When a person was first and last seen on a day, and on how many visits."""

    person_id: str
    name: str
    first_seen_at: datetime
    last_seen_at: datetime
    visits: int
