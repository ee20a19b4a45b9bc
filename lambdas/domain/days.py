"""Days as people live them: from one local midnight to the next, which is 23, 24 or 25 hours, or none at all."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.errors import InvalidRequestError


def bounds_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and the next one does, in UTC.

    Where clocks change at midnight, a midnight that comes twice is the first one, and one that does not come is the
    instant of the change.

    Raises:
        InvalidRequestError: The day is too near to either end of the calendar.
    """
    try:
        return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    except OverflowError as error:
        raise InvalidRequestError("date is out of range") from error


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
