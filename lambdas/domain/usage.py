"""What was used in a month (UTC), what it costs, and the budget after which no new photo is taken.

Calls are counted in the transaction that writes a photo's result, so an event that comes twice is counted once; the
calls of a worker that died before are not. What costs little is left out: stored vectors and photos, and every other
service.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain import times
from domain.errors import BudgetSpentError
from domain.photos import Call, Purpose
from domain.prices import PriceList

REMEMBERED_FOR = timedelta(seconds=10)


@dataclass(frozen=True)
class PurposeUsage:
    """What photos of one purpose used in a month; `calls` are those that are billed, by kind."""

    purpose: Purpose
    photos: int
    calls: Mapping[Call, int]


class UsageCounters(Protocol):
    """Where usage is counted."""

    def of_month(self, month: str) -> Sequence[PurposeUsage]:
        """What was used in a month such as ``2026-11``, by purpose; purposes that were not used are left out.

        Raises:
            ServiceBusyError: The counters cannot be read for now.
        """


def month_of(now: datetime) -> str:
    """The month in which an instant lies, in UTC."""
    return times.to_text(now)[:7]


class MonthlyBudget:
    """Refuses new photos once a month's calls cost as much as they may. Reading goes on.

    The counters are read again only after some seconds, and photos that were let in before are still processed: so a
    little more than the budget can be spent.

    Args:
        dollars: A month; ``math.inf`` for no limit.
        watch: Is told how many percent of it are spent, whenever that is read.
    """

    def __init__(
        self,
        dollars: float,
        *,
        counters: UsageCounters,
        prices: PriceList,
        watch: Callable[[float], None] | None = None,
    ) -> None:
        self.dollars = dollars
        self._counters, self._prices, self._watch = counters, prices, watch
        self._read_at: datetime | None = None
        self._spent = 0.0

    def require_left(self, now: datetime) -> None:
        """Check that a new photo may be taken.

        Raises:
            BudgetSpentError: Tells in how many seconds the next month begins.
            ServiceBusyError: The counters cannot be read for now.
        """
        if self._spent_in_month_of(now) >= self.dollars:
            seconds = (_next_month(now) - now).total_seconds()
            raise BudgetSpentError(f"{self.dollars:g} dollars a month are spent", retry_after=int(seconds) + 1)

    def _spent_in_month_of(self, now: datetime) -> float:
        read_at = self._read_at
        if read_at is None or now - read_at >= REMEMBERED_FOR or month_of(now) != month_of(read_at):
            used = self._counters.of_month(month_of(now))
            self._spent = sum(self._prices.dollars(purpose.calls) for purpose in used)
            self._read_at = now
            if self._watch:
                self._watch(100 * self._spent / self.dollars if self.dollars else 100)
        return self._spent


def _next_month(now: datetime) -> datetime:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
