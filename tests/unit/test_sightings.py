"""When a person was seen: sightings that follow one another closely are one visit, page by page, as JSON or CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from adapters import sightings as table
from domain import errors, sightings, times
from domain.erasures import Reason
from domain.faces import Decision, Match, Review
from domain.recognition_lists import Span
from handlers.api import context

from .conftest import as_admin, as_operator, every_page

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GRACES_ID = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VZ"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(times, "now", lambda: NOON)


@pytest.fixture
def ada(cloud):
    return cloud.person()


@pytest.fixture
def read(call, ada):
    """The sightings of Ada, as an operator; the answer is (status, body, headers)."""

    def read(person_id=ada.id, *, headers=None, sub="operator-1", **query):
        path = f"/people/{person_id}/sightings"
        return as_operator(call)("GET", path, query=query, headers=headers, sub=sub)

    return read


def ago(**time):
    return NOON - timedelta(**time)


def visits(body):
    return [(item["firstSeenAt"][11:16], item["lastSeenAt"][11:16], item["sightings"]) for item in body["items"]]


# -- visits -----------------------------------------------------------------------------------------------------------


def test_sightings_that_follow_closely_are_one_visit_newest_first(read, cloud, ada):
    first, *_ = [cloud.seen(ada.id, ago(minutes=minutes)) for minutes in (190, 186, 182)]
    cloud.seen(ada.id, ago(minutes=60), similarity=97.5)
    status, body, _ = read()
    assert (status, visits(body), body["nextCursor"]) == (200, [("11:00", "11:00", 1), ("08:50", "08:58", 3)], None)
    assert [item["similarity"] for item in body["items"]] == [97.5, 99]
    assert body["items"][1]["photoId"] == first


@pytest.mark.parametrize(
    ("seconds", "found"),
    [("0", 4), ("1", 3), ("60", 3), ("61", 2), ("600", 2), ("601", 1), ("86400", 1)],
)
def test_how_closely_is_for_the_caller_to_say(read, cloud, ada, seconds, found):
    for after in (timedelta(), timedelta(), timedelta(minutes=1), timedelta(minutes=11)):
        cloud.seen(ada.id, ago(hours=2) + after)
    assert len(read(debounceSeconds=seconds)[1]["items"]) == found


def test_what_a_photo_adds_is_there_at_once_and_what_it_decides_for_somebody_else_is_not(read, cloud, ada):
    other = cloud.person("Grace Hopper", id=GRACES_ID)
    photo = cloud.photo()
    cloud.gallery.photo_matches = (Match(ada.id, 99),)
    cloud.processor().process(cloud.upload(photo))
    [seen] = read()[1]["items"]
    assert (seen["photoId"], seen["n"], seen["similarity"], seen["reviewed"]) == (photo.id, 0, 99, False)
    assert read(other.id)[1]["items"] == []


def test_a_human_decides_who_was_seen(read, call, cloud, ada):
    cloud.person("Grace Hopper", id=GRACES_ID)
    photo = cloud.photo()
    cloud.gallery.photo_matches = (Match(ada.id, 99),)
    cloud.processor().process(cloud.upload(photo))
    decided = {"decision": "matched", "personId": GRACES_ID}
    as_operator(call)("POST", f"/recognitions/{photo.id}/faces/0/review", decided)
    assert read()[1]["items"] == []
    [seen] = read(GRACES_ID)[1]["items"]
    assert (seen["photoId"], seen["reviewed"], seen["similarity"]) == (photo.id, True, None)
    as_operator(call)("POST", f"/recognitions/{photo.id}/faces/0/review", {"decision": "unknown"})
    assert read(GRACES_ID)[1]["items"] == []


def test_the_similarity_of_whom_the_service_did_not_see_is_unknown(read, cloud, ada):
    review = Review(Decision.MATCHED, ada.id, "operator-1", NOON)
    cloud.seen(ada.id, ago(minutes=1), decision=Decision.UNKNOWN, person_id=None, similarity=None, review=review)
    [seen] = read()[1]["items"]
    assert (seen["similarity"], seen["reviewed"]) == (None, True)


def test_from_is_part_of_what_is_asked_for_and_to_is_not(read, cloud, ada):
    for hours in (4, 3, 2, 1):
        cloud.seen(ada.id, ago(hours=hours))
    found = read(**{"from": "2026-11-24T09:00:00Z", "to": "2026-11-24T12:00:00+01:00"})[1]
    assert visits(found) == [("10:00", "10:00", 1), ("09:00", "09:00", 1)]
    status, problem, _ = read(**{"from": "2026-11-24T09:00:00Z", "to": "2026-11-24T09:00:00Z"})
    assert (status, problem["code"]) == (422, "invalid_request")


# -- pages ------------------------------------------------------------------------------------------------------------


def test_pages_hold_every_visit_once_and_whole(read, cloud, ada):
    for visit in range(7):
        for sighting in range(3):
            cloud.seen(ada.id, ago(hours=visit, minutes=2 * sighting))
    pages = every_page(read, limit="2")
    assert [len(page["items"]) for page in pages] == [2, 2, 2, 1]
    assert [item for page in pages for item in page["items"]] == read()[1]["items"]
    assert {item["sightings"] for page in pages for item in page["items"]} == {3}


def test_a_visit_that_a_page_cannot_hold_is_told_by_the_next_one(read, cloud, ada, monkeypatch):
    monkeypatch.setattr(sightings, "MOST_READ", 5)
    for minutes in (0, 1, 2, 60, 61, 62, 63):
        cloud.seen(ada.id, ago(minutes=minutes))
    assert [visits(page) for page in every_page(read)] == [[("11:58", "12:00", 3)], [("10:57", "11:00", 4)]]


def test_a_visit_of_more_sightings_than_a_page_may_read_is_told_in_parts(read, cloud, ada, monkeypatch):
    monkeypatch.setattr(sightings, "MOST_READ", 4)
    for minutes in range(10):
        cloud.seen(ada.id, ago(minutes=minutes))
    assert [visits(page) for page in every_page(read)] == [
        [("11:57", "12:00", 4)],
        [("11:53", "11:56", 4)],
        [("11:51", "11:52", 2)],
    ]


def test_a_page_reads_little_more_than_it_tells(cloud, ada, monkeypatch):
    monkeypatch.setattr(table, "PACE", 20)
    for seconds in range(70):
        cloud.seen(ada.id, ago(seconds=seconds))
    asked, query = [], cloud.dynamodb.query

    def counting(**request):
        answer = query(**request)
        asked.append(answer["Count"])
        return answer

    monkeypatch.setattr(cloud.dynamodb, "query", counting)
    page = sightings.list_visits(
        ada,
        Span(ago(days=1), NOON + timedelta(minutes=1)),
        debounce=timedelta(),
        limit=25,
        after=None,
        sightings=table.SightingsTable(cloud.table),
        record=lambda *_: None,
        now=NOON,
    )
    assert len(page.items) == 25
    assert asked == [21, 21]


def test_a_cursor_is_good_for_its_caller_person_and_question_only(read, cloud, ada):
    cloud.person("Grace Hopper", id=GRACES_ID)
    for hours in range(3):
        cloud.seen(ada.id, ago(hours=hours))
    cursor = read(limit="1")[1]["nextCursor"]
    others = (
        {"person_id": GRACES_ID},
        {"sub": "operator-2"},
        {"from": "2026-11-24T00:00:00Z"},
        {"debounceSeconds": "0"},
        {"cursor": cursor[:-2] + "AA"},
    )
    for other in others:
        status, problem, _ = read(**{"cursor": cursor, "limit": "1"} | other)
        assert (status, problem["code"]) == (400, "invalid_cursor"), other
    assert visits(read(cursor=cursor, limit="2")[1]) == [("11:00", "11:00", 1), ("10:00", "10:00", 1)]


# -- who, and what is not told ----------------------------------------------------------------------------------------


def test_operators_only_and_nobody_learns_who_there_is(read, call, cloud, ada):
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": ada.id}, condition="attribute_not_exists(pk)")
    for person_id in (ada.id, "per_01JDZ6V8K2M3N4P5Q6R7S8T9V9"):
        status, problem, _ = call("GET", f"/people/{person_id}/sightings")
        assert (status, problem["code"]) == (403, "forbidden")
    assert read("per_01JDZ6V8K2M3N4P5Q6R7S8T9V9")[0] == 404
    assert as_admin(call)("GET", f"/people/{ada.id}/sightings")[0] == 200


def test_whoever_is_being_erased_or_whose_consent_has_ended_is_not_told_about(read, cloud, ada, monkeypatch):
    until_one = cloud.person("Grace Hopper", id=GRACES_ID, expires_at=NOON + timedelta(hours=1))
    cloud.seen(until_one.id, ago(minutes=1))
    assert read(until_one.id)[0] == 200
    monkeypatch.setattr(times, "now", lambda: NOON + timedelta(hours=1))
    status, problem, _ = read(until_one.id)
    assert (status, problem["code"]) == (409, "consent_missing")
    cloud.erasures.start(ada.id, Reason.REQUESTED)
    status, problem, _ = read()
    assert (status, problem["code"]) == (409, "person_erasing")


def test_what_is_past_its_time_is_not_told_although_it_is_still_stored(read, cloud, ada):
    cloud.seen(ada.id, ago(days=2), life=timedelta(days=1))
    cloud.seen(ada.id, ago(days=95), life=timedelta(days=100))  # kept longer than by now
    cloud.seen(ada.id, ago(days=1, hours=1), life=timedelta(days=2))
    assert visits(read()[1]) == [("11:00", "11:00", 1)]


def test_who_looks_is_recorded_also_when_there_is_nothing_to_see(read, call, ada):
    read()
    trail = as_admin(call)("GET", "/audit", query={"personId": ada.id})[1]["items"]
    seen = [(entry["actor"], entry["action"], entry["source"]) for entry in trail]
    assert ("operator-1", "saw", f"GET /people/{ada.id}/sightings") in seen


def test_what_cannot_be_recorded_is_not_told(read, cloud, ada, monkeypatch):
    cloud.seen(ada.id, ago(minutes=1))

    def unavailable(*_):
        raise errors.AuditUnavailableError

    monkeypatch.setattr(type(context.wired().audit), "record", unavailable)
    for accept in ("application/json", "text/csv"):
        status, problem, _ = read(headers={"accept": accept})
        assert (status, problem["code"]) == (503, "audit_unavailable")


# -- CSV --------------------------------------------------------------------------------------------------------------


def test_as_csv_it_says_the_same(read, cloud, ada):
    photo = cloud.seen(ada.id, ago(minutes=3))
    cloud.seen(ada.id, ago(minutes=2))
    status, text, headers = read(headers={"accept": "text/csv"})
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8; header=present")
    assert headers["content-disposition"] == f'attachment; filename="sightings-{ada.id}.csv"'
    assert list(csv.DictReader(io.StringIO(text, newline=""))) == [
        {
            "firstSeenAt": "2026-11-24T11:57:00.000Z",
            "lastSeenAt": "2026-11-24T11:58:00.000Z",
            "sightings": "2",
            "photoId": photo,
            "n": "0",
            "similarity": "99.0",
            "reviewed": "false",
        }
    ]
