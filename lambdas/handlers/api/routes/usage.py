"""GET /usage."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from domain import errors, times
from domain.prices import PRICES
from domain.usage import month_of
from handlers.api.context import Router, wired
from handlers.api.documented import documented
from handlers.api.schemas.usage import UsageOut

router = Router()


@router.get("/usage")
@documented(errors.ForbiddenError)
def read_usage(
    month: Annotated[
        str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="As in 2026-11. Default: the current one.")
    ] = None,
) -> UsageOut:
    """Read what was used in a month (UTC, by default the current one), and what it costs. Admins only."""
    router.caller.require_admin()
    wanted = month or month_of(times.now())
    used = list(wired().usage.of_month(wanted))
    return UsageOut.of(wanted, used, prices=PRICES, budget_dollars=wired().budget.dollars)
