"""Usage and cost, as JSON."""

from datetime import date
from math import isfinite

from domain.photos import Call, Purpose
from domain.prices import PriceList
from domain.usage import PurposeUsage
from handlers.api.schemas.common import Out


class PurposeUsageOut(Out):
    """What photos of one purpose used. `calls` are Rekognition's billed ones, by kind: none that was throttled."""

    purpose: Purpose
    photos: int
    calls: dict[Call, int]
    dollars: float


class PricesOut(Out):
    """The list prices that `dollars` rest on: when they were read, and for which region."""

    as_of: date
    region: str


class UsageOut(Out):
    """A month's usage by purpose. `dollars` are Rekognition's calls alone, at list price without any discount."""

    month: str
    items: list[PurposeUsageOut]
    dollars: float
    budget_dollars: float | None
    prices: PricesOut

    @classmethod
    def of(cls, month: str, used: list[PurposeUsage], *, prices: PriceList, budget_dollars: float) -> "UsageOut":
        """Usage as JSON."""
        items = [
            PurposeUsageOut(
                purpose=purpose.purpose,
                photos=purpose.photos,
                calls=dict(purpose.calls),
                dollars=round(prices.dollars(purpose.calls), 6),
            )
            for purpose in used
        ]
        return cls(
            month=month,
            items=items,
            dollars=round(sum(item.dollars for item in items), 6),
            budget_dollars=budget_dollars if isfinite(budget_dollars) else None,
            prices=PricesOut(as_of=prices.as_of, region=prices.region),
        )
