"""Lists of ten thousand, page by page: a page costs the same wherever it is, and no item is read for nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.people_table import PeopleTable
from adapters.recognition_lists import RecognitionListsTable
from domain import times
from domain.recognition_lists import Span

from .capacity import metered
from .stored import fill

MANY, PAGE = 10_000, 50
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
EVERY = timedelta(minutes=4)  # a result: ten thousand in four weeks
CONSENT = {"purpose": "access control", "textVersion": "1", "givenAt": times.to_text(BEGIN)}


def ulid(n):
    return f"01JDZ6V8K2M3N4P5Q6R7S{n:05}"


def people(count):
    for n in range(count):
        pk = f"P#per_{ulid(n)}"
        yield {
            "pk": pk,
            "sk": "A",
            "gsi1pk": "PEOPLE",
            "gsi1sk": name_position(n),
            "id": pk.removeprefix("P#"),
            "name": f"Person {n:05}",
            "status": "active",
            "faces": 0,
            "revision": 1,
            "createdAt": CONSENT["givenAt"],
        }
        yield {"pk": pk, "sk": "CONSENT", **CONSENT}


def name_position(n):
    return f"person {n:05}#per_{ulid(n)}"


def results(count):
    for n in range(count):
        pk, at = f"R#rec_{ulid(n)}", times.to_text(BEGIN + n * EVERY)
        common = {"pk": pk, "ttl": int(BEGIN.timestamp()) + 10**8}
        yield {
            **common,
            "sk": "A",
            "id": pk.removeprefix("R#"),
            "owner": "user-1",
            "purpose": "recognition",
            "contentType": "image/jpeg",
            "createdAt": at,
            "facesWanted": "all",
            "status": "succeeded",
        }
        yield {
            **common,
            "sk": "RESULT",
            "gsi1pk": f"DAY#{at[:10]}#recognition",
            "gsi1sk": result_position(n),
            "status": "succeeded",
            "completedAt": at,
            "faces": [],
            "calls": {},
        }


def result_position(n):
    return f"{times.to_text(BEGIN + n * EVERY)}#rec_{ulid(n)}"


@pytest.fixture
def list_people(cloud):
    return lambda after: PeopleTable(cloud.table).by_name("", limit=PAGE, after=after)


@pytest.fixture
def list_results(cloud):
    end = BEGIN + MANY * EVERY
    lists = RecognitionListsTable(cloud.table)
    return lambda after: lists.of_everybody(Span(BEGIN, end), limit=PAGE, after=after, now=end)


def cost_of(cloud, page, after):
    """How many requests a page takes, and how many items it reads of each that it shows."""
    with metered(cloud.dynamodb) as meter:
        shown = page(after)
    assert len(shown.items) == PAGE
    return len(meter.calls), meter.items_read


def test_a_page_of_ten_thousand_people_costs_the_same_wherever_it_is(cloud, list_people):
    fill(people(MANY))
    places = [None, *(name_position(n) for n in (PAGE - 1, MANY // 2, MANY - PAGE - 1))]
    # Their keys by one query, then person and consent of each by one request.
    assert {cost_of(cloud, list_people, place) for place in places} == {(2, 3 * PAGE)}


def test_a_page_of_ten_thousand_results_costs_the_same_wherever_it_is(cloud, list_results):
    fill(results(MANY))
    places = [None, *(result_position(n) for n in (MANY - PAGE, MANY // 2, 2 * PAGE))]
    # One key more tells whether more follow, on each of two days if the page lies in both.
    assert {cost_of(cloud, list_results, place) for place in places} <= {(2, 3 * PAGE + 1), (3, 3 * PAGE + 1)}


@pytest.mark.parametrize(("items", "lister"), [(people, "list_people"), (results, "list_results")])
def test_page_by_page_all_are_shown_and_hardly_any_item_is_read_twice(cloud, request, items, lister):
    pages, page, shown, after = 6, request.getfixturevalue(lister), 0, None
    fill(items(pages * PAGE))
    with metered(cloud.dynamodb) as meter:
        while True:
            found = page(after)
            shown, after = shown + len(found.items), found.position
            if after is None:
                break
    assert shown == pages * PAGE
    assert meter.items_read <= 1.05 * 3 * shown
    assert len(meter.calls) <= 3 * pages + 28  # so many days of results, each asked once when it is left
