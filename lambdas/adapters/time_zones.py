"""Time zones from the package tzdata: the machine's may be old, or missing."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from domain.errors import UnknownTimeZoneError


def time_zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name, as in ``Europe/Berlin``.

    Raises:
        UnknownTimeZoneError: There is none of that name.
    """
    if name not in _names():
        raise UnknownTimeZoneError
    return _zone(name)


@cache
def _names() -> frozenset[str]:
    return frozenset((files("tzdata") / "zones").read_text(encoding="ascii").split())


@cache
def _zone(name: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
