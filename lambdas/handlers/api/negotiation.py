"""Which content type to answer with: HTTP's proactive negotiation (RFC 9110, section 12.5.1), by Accept alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from domain.errors import NotAcceptableError


@dataclass(frozen=True)
class MediaType:
    """Something that can be answered with."""

    name: str
    parameters: Mapping[str, str]

    def __str__(self) -> str:
        return "; ".join([self.name, *(f"{name}={value}" for name, value in self.parameters.items())])


JSON = MediaType("application/json", MappingProxyType({}))
CSV = MediaType("text/csv", MappingProxyType({"charset": "utf-8", "header": "present"}))
_IMPLIED = {"charset": "utf-8"}  # of everything here: whoever asks for it by name means nothing else


def negotiated(accept: str | None, offered: Sequence[MediaType]) -> MediaType:
    """The offer that the client likes best; of those that it likes as much, the first one.

    Args:
        accept: The header, None where there is none, which accepts everything.

    Raises:
        NotAcceptableError: The client accepts none of them.
    """
    ranges = [one for one in map(_read, (accept or "*/*").split(",")) if one]
    best = max(offered, key=lambda offer: _quality(offer, ranges))  # the first of equals
    if _quality(best, ranges) <= 0:
        raise NotAcceptableError(f"Accept one of {', '.join(offer.name for offer in offered)}")
    return best


@dataclass(frozen=True)
class _Range:
    """One element of Accept; `quality` is 0, refused, to 1."""

    name: str
    parameters: Mapping[str, str]
    quality: float

    def fits(self, offer: MediaType) -> bool:
        kind = offer.name.partition("/")[0]
        return self.name in {offer.name, f"{kind}/*", "*/*"} and (
            self.parameters.items() <= (_IMPLIED | dict(offer.parameters)).items()
        )

    @property
    def precision(self) -> tuple[bool, bool, int]:
        """The most precise range that fits is the one that counts."""
        return not self.name.startswith("*/"), not self.name.endswith("/*"), len(self.parameters)


def _quality(offer: MediaType, ranges: Sequence[_Range]) -> float:
    fitting = [one for one in ranges if one.fits(offer)]
    return max(fitting, key=lambda one: one.precision).quality if fitting else 0.0


def _read(element: str) -> _Range | None:
    """A range; None for what is none, which then accepts nothing."""
    name, *members = (member.strip().lower() for member in element.split(";"))
    parameters = {key.strip(): value.strip().strip('"') for key, _, value in (one.partition("=") for one in members)}
    try:
        quality = float(parameters.pop("q", "1"))
    except ValueError:
        return None
    return _Range(name, parameters, quality) if 0 <= quality <= 1 else None
