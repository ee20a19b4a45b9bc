"""Usage by month, what it costs, and the budget."""

import math
from datetime import UTC, date, datetime, timedelta

import pytest

from domain import times
from domain.errors import BudgetSpentError
from domain.faces import Match
from domain.photos import Call, Purpose
from domain.prices import PRICES, PriceList
from domain.usage import REMEMBERED_FOR, MonthlyBudget, PurposeUsage, month_of

from .conftest import as_operator, set_clock_forward

PHOTO = {"contentType": "image/jpeg"}


def as_admin(call):
    return lambda *args, **kwargs: call(*args, **{"groups": "[admin]", "sub": "admin-1"} | kwargs)


def use(cloud, calls, month=None):
    """Have so many searches counted in a month."""
    cloud.table.put(
        {"pk": f"USAGE#{month or month_of(times.now())}", "sk": "recognition#07", "photos": calls, "search": calls},
        condition="attribute_not_exists(pk)",
    )


# -- GET /usage -------------------------------------------------------------------------------------------------------


def test_calls_are_added_up_by_purpose_and_priced(call, cloud):
    person = cloud.person()
    cloud.processor().process(cloud.upload(cloud.registration(person)))
    cloud.gallery.photo_matches = (Match(person.id, 99),)
    for n in range(5):
        cloud.processor().process(cloud.upload(cloud.photo(f"rec_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}")))
    status, usage, _ = as_admin(call)("GET", "/usage")
    assert (status, usage["month"]) == (200, month_of(times.now()))
    assert usage["items"] == [
        {"purpose": "recognition", "photos": 5, "calls": {"search": 5, "index": 0}, "dollars": 0.005},
        {"purpose": "registration", "photos": 1, "calls": {"search": 1, "index": 1}, "dollars": 0.002},
    ]
    assert (usage["dollars"], usage["budgetDollars"]) == (0.007, 50)
    assert usage["prices"] == {"asOf": PRICES.as_of.isoformat(), "region": "us-east-1"}


def test_each_month_stands_by_itself(call, cloud):
    use(cloud, 2000, "2026-02")
    assert as_admin(call)("GET", "/usage", query={"month": "2026-02"})[1]["dollars"] == 2
    assert as_admin(call)("GET", "/usage", query={"month": "2026-03"})[1]["items"] == []


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-00", "2026-1", "2026-01-01", "now"])
def test_what_is_no_month_is_refused(call, month):
    status, problem, _ = as_admin(call)("GET", "/usage", query={"month": month})
    assert (status, problem["code"]) == (422, "invalid_request")


def test_only_admins_read_usage(call):
    for groups in ("", "[operator]"):
        status, problem, _ = call("GET", "/usage", groups=groups)
        assert (status, problem["code"]) == (403, "forbidden")


def test_no_limit_is_shown_as_none(call, monkeypatch):
    from handlers.api import context  # noqa: PLC0415 - the wiring has to be that of `call`

    monkeypatch.setenv("MONTHLY_BUDGET_DOLLARS", str(math.inf))
    context.wired.cache_clear()
    assert as_admin(call)("GET", "/usage")[1]["budgetDollars"] is None
    assert call("POST", "/recognitions", PHOTO)[0] == 201


def test_every_kind_of_call_has_a_price():
    assert set(PRICES.per_million) == set(Call)


# -- the budget --------------------------------------------------------------------------------------------------------


def test_a_spent_budget_refuses_new_photos_and_reading_goes_on(call, cloud):
    person, photo = cloud.person(), cloud.photo()
    use(cloud, 50_000)
    for path in ("/recognitions", f"/people/{person.id}/faces", f"/people/{person.id}/verifications"):
        status, problem, headers = as_operator(call)("POST", path, PHOTO)
        assert (status, problem["code"], problem["retryable"]) == (429, "budget_spent", True)
        assert 0 < int(headers["retry-after"]) <= 31 * 24 * 3600
    assert as_operator(call)("GET", f"/people/{person.id}")[0] == 200
    assert call("GET", f"/recognitions/{photo.id}")[0] == 200
    kept = {item["pk"]["S"] for item in cloud.dynamodb.scan(TableName="faces")["Items"]}
    assert {pk for pk in kept if pk.startswith("R#")} == {f"R#{photo.id}"}  # what is refused leaves no record


def test_somebody_who_may_not_see_a_person_does_not_learn_of_the_budget_from_them(call, cloud):
    use(cloud, 50_000)
    assert call("POST", f"/people/{cloud.person().id}/faces", PHOTO)[0] == 404


def test_one_call_below_the_budget_a_photo_is_taken(call, cloud):
    use(cloud, 49_999)
    assert call("POST", "/recognitions", PHOTO)[0] == 201


def test_a_new_month_begins_with_nothing_spent(call, cloud, monkeypatch):
    use(cloud, 50_000)
    assert call("POST", "/recognitions", PHOTO)[0] == 429
    set_clock_forward(monkeypatch, timedelta(days=31))
    assert call("POST", "/recognitions", PHOTO)[0] == 201


class CountedReads:
    """Counters that tell how often they were read."""

    def __init__(self, searches):
        self.searches, self.months = searches, []

    def of_month(self, month):
        self.months.append(month)
        return [PurposeUsage(Purpose.RECOGNITION, self.searches, {Call.SEARCH: self.searches})]


def budget(counters, dollars=1.0):
    return MonthlyBudget(dollars, counters=counters, prices=PriceList(date(2026, 1, 1), "x", {Call.SEARCH: 1000}))


def test_the_counters_are_read_again_only_after_some_seconds():
    counters = CountedReads(0)
    watched, now = budget(counters), datetime(2026, 11, 24, tzinfo=UTC)
    for milliseconds in range(0, 9000, 100):
        watched.require_left(now + timedelta(milliseconds=milliseconds))
    assert len(counters.months) == 1
    counters.searches = 1000
    with pytest.raises(BudgetSpentError):
        watched.require_left(now + REMEMBERED_FOR)


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (datetime(2026, 11, 30, 23, 59, 50, tzinfo=UTC), 11),
        (datetime(2026, 12, 31, 0, 0, 0, tzinfo=UTC), 86401),
        (datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC), 43201),
    ],
)
def test_who_is_refused_learns_when_the_month_is_over(now, seconds):
    counters = CountedReads(1000)
    watched = budget(counters)
    with pytest.raises(BudgetSpentError) as refused:
        watched.require_left(now)
    assert refused.value.retry_after == seconds
    counters.searches = 0
    watched.require_left(now + timedelta(seconds=seconds))
    assert len(set(counters.months)) == 2
