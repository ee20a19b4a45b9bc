"""Who was seen when."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from client.decoding import written
from client.models.sightings import Attendance, Visit
from client.transport import Transport, path


class Sightings(Transport):
    """The calls of operators about who was seen when."""

    def visits(
        self,
        person_id: str,
        *,
        since: datetime | None = None,
        before: datetime | None = None,
        debounce: timedelta | None = None,
    ) -> Iterator[Visit]:
        """When a person was seen, newest first, page by page.

        Args:
            person_id: Who.
            since: The first time.
            before: The time after the last.
            debounce: Sightings that follow one another in less than this are one visit; in whole seconds, zero for
                each by itself. Default: as the service does.
        """
        return self._pages(
            Visit,
            path("people", person_id, "sightings"),
            **{"from": written(since) if since else None, "to": written(before) if before else None},
            debounceSeconds=_seconds(debounce),
        )

    def attendance(
        self, day: date, *, time_zone: str | None = None, debounce: timedelta | None = None
    ) -> Iterator[Attendance]:
        """Who was seen on a day, in the order in which they were registered, page by page.

        Args:
            day: As it is lived in the time zone.
            time_zone: Its IANA name, as in Europe/Berlin. Default: UTC.
            debounce: As for `visits`.
        """
        query = {"date": day.isoformat(), "tz": time_zone, "debounceSeconds": _seconds(debounce)}
        return self._pages(Attendance, "/attendance", **query)


def _seconds(time: timedelta | None) -> str | None:
    return None if time is None else str(int(time.total_seconds()))
