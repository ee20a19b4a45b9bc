"""What Amazon Rekognition's calls cost: list prices as of a day, to be renewed by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.photos import Call

_MILLION = 1_000_000


@dataclass(frozen=True)
class PriceList:
    """Prices of calls on images.

    Attributes:
        as_of: The day whose prices these are. Today's: https://aws.amazon.com/rekognition/pricing/
        region: For which they hold; other regions may cost more.
        per_million: Dollars for a million calls of each kind, in the first and dearest tier.
    """

    as_of: date
    region: str
    per_million: Mapping[Call, int]

    def dollars(self, calls: Mapping[Call, int]) -> float:
        """What so many calls of each kind cost."""
        return sum(self.per_million[call] * count for call, count in calls.items()) / _MILLION


PRICES = PriceList(date(2025, 11, 1), "us-east-1", MappingProxyType({Call.SEARCH: 1000, Call.INDEX: 1000}))
