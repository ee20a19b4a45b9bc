"""Who was seen on a day: first, last and how often, by the clock of any time zone, page by page, as JSON or CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit
from zoneinfo import reset_tzpath

import pytest

from adapters.time_zones import time_zone
from domain import errors, sightings, times
from domain.erasures import Reason
from domain.faces import Match
from handlers.api import context

from . import stored
from .capacity import metered
from .conftest import as_admin, as_operator, every_page

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
IDS = [f"per_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}" for n in range(8)]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(times, "now", lambda: NOW)


@pytest.fixture
def people(cloud):
    """Some people, in the order in which they were registered."""

    def register(*names):
        return [cloud.person(name, id=IDS[n]).id for n, name in enumerate(names)]

    return register


@pytest.fixture
def read(call):
    """A day's attendance as an operator; the answer is (status, body, headers)."""

    def read(date="2026-11-24", *, sub="operator-1", headers=None, **query):
        return as_operator(call)("GET", "/attendance", query={"date": date, **query}, sub=sub, headers=headers)

    return read


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def rows(body):
    return [(item["name"], item["firstSeenAt"][:16], item["lastSeenAt"][:16], item["visits"]) for item in body["items"]]


# -- the day ----------------------------------------------------------------------------------------------------------


def test_everybody_who_was_seen_is_there_once_with_first_last_and_visits(read, cloud, people):
    ada, grace, _ = people("Ada", "Grace", "Nobody")
    for time in ("17:00", "08:00", "08:03", "12:30", "08:04"):
        cloud.seen(ada, at(f"2026-11-24T{time}Z"))
    cloud.seen(grace, at("2026-11-24T09:00Z"))
    for day in (23, 25):
        cloud.seen(grace, at(f"2026-11-{day}T09:00Z"))
    status, body, _ = read()
    assert (status, body["date"], body["timeZone"], body["nextCursor"]) == (200, "2026-11-24", "UTC", None)
    assert rows(body) == [
        ("Ada", "2026-11-24T08:00", "2026-11-24T17:00", 3),
        ("Grace", "2026-11-24T09:00", "2026-11-24T09:00", 1),
    ]
    assert [item["personId"] for item in body["items"]] == [ada, grace]
    assert [item["visits"] for item in read(debounceSeconds="0")[1]["items"]] == [5, 1]


@pytest.mark.parametrize(
    "case",
    [
        ("2026-11-24T12:00Z", "2026-11-24", "UTC", ("T00:00:00Z", "T23:59:59.999Z"), ("23T23:59:59.999Z", "25T00:00Z")),
        (  # the clock is put forward: 23 hours
            "2026-03-30T12:00Z",
            "2026-03-29",
            "Europe/Berlin",
            ("T00:00:00+01:00", "T23:59:59.999+02:00"),
            ("28T23:59:59.999+01:00", "30T00:00+02:00"),
        ),
        (  # the clock is put back: 25 hours
            "2026-10-26T12:00Z",
            "2026-10-25",
            "Europe/Berlin",
            ("T00:00:00+02:00", "T23:59:59.999+01:00"),
            ("24T23:59:59.999+02:00", "26T00:00+01:00"),
        ),
        (
            "2026-11-24T12:00Z",
            "2026-11-24",
            "Pacific/Kiritimati",
            ("T00:00:00+14:00", "T23:59:59.999+14:00"),
            ("23T23:59:59.999+14:00", "25T00:00+14:00"),
        ),
        (
            "2026-11-24T12:00Z",
            "2026-11-22",
            "America/St_Johns",
            ("T00:00:00-03:30", "T23:59:59.999-03:30"),
            ("21T23:59:59.999-03:30", "23T00:00-03:30"),
        ),
    ],
)
def test_a_day_is_one_as_it_is_lived_there(read, cloud, people, monkeypatch, case):
    now, day, zone, inside, outside = case
    monkeypatch.setattr(times, "now", lambda: at(now))
    ada, grace = people("Ada", "Grace")
    begin, end = (at(day + time) for time in inside)
    for instant in (begin, end):
        cloud.seen(ada, instant)
    for time in outside:
        cloud.seen(grace, at(day[:8] + time))
    [item] = read(day, tz=zone)[1]["items"]
    assert (item["name"], at(item["firstSeenAt"]), at(item["lastSeenAt"])) == ("Ada", begin, end)


@pytest.mark.parametrize(
    ("midnight", "hours"),
    [("2026-03-29T00:00+01:00", 23), ("2026-10-25T00:00+02:00", 25), ("2026-11-24T00:00+01:00", 24)],
)
def test_a_day_has_as_many_hours_as_its_clocks_show(read, cloud, people, monkeypatch, *, midnight, hours):
    begin = at(midnight)
    monkeypatch.setattr(times, "now", lambda: begin + timedelta(days=2))
    [ada] = people("Ada")
    for hour in range(-2, 28):
        cloud.seen(ada, begin + timedelta(hours=hour))
    [item] = read(midnight[:10], tz="Europe/Berlin")[1]["items"]
    assert item["visits"] == hours


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../UTC", "/etc/localtime", "Europe", "+02:00", "europe/berlin"])
def test_a_time_zone_that_is_none_is_refused_by_a_code_of_its_own(read, zone):
    status, problem, _ = read(tz=zone)
    assert (status, problem["code"]) == (422, "unknown_time_zone")


@pytest.mark.parametrize("day", ["2026-02-30", "20261124", "", "0001-01-01", "9999-12-31", "2026-11-24T00:00Z"])
def test_a_day_that_is_none_is_refused(read, day):
    status, problem, _ = read(day, tz="Asia/Tokyo")
    assert (status, problem["code"]) == (422, "invalid_request")


def test_every_name_of_the_database_is_a_time_zone():
    names = (files("tzdata") / "zones").read_text(encoding="ascii").split()
    assert len(names) > 500
    assert {time_zone(name).key for name in names} == set(names)


def test_time_zones_do_not_depend_on_the_machine(read, tmp_path):
    (tmp_path / "Machine").write_bytes((files("tzdata.zoneinfo") / "UTC").read_bytes())
    (tmp_path / "Iceland").write_bytes(b"TZif, but broken")
    reset_tzpath([tmp_path])
    try:
        assert read(tz="Iceland")[0] == 200
        assert read(tz="Machine")[1]["code"] == "unknown_time_zone"
    finally:
        reset_tzpath()


# -- pages ------------------------------------------------------------------------------------------------------------


def test_pages_hold_everybody_once_also_where_a_day_lies_in_two_of_utc(read, cloud, people):
    zone = {"tz": "America/New_York"}
    everybody = people(*"ABCDEFG")
    for person in everybody:
        for time in ("T05:30Z", "T23:00Z"):
            cloud.seen(person, at(f"2026-11-22{time}"))
        cloud.seen(person, at("2026-11-23T04:00Z"))  # still the evening before in New York
        cloud.seen(person, at("2026-11-23T06:00Z"))
    pages = every_page(read, date="2026-11-22", limit="3", **zone)
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    assert [row for page in pages for row in rows(page)] == rows(read("2026-11-22", **zone)[1])
    assert [item["personId"] for page in pages for item in page["items"]] == everybody
    assert {(item["lastSeenAt"], item["visits"]) for page in pages for item in page["items"]} == {
        ("2026-11-23T04:00:00.000Z", 3)
    }


def test_a_page_goes_on_until_a_person_is_told_whole(read, cloud, people):
    ada, grace = people("Ada", "Grace")
    for minutes in range(0, 300, 10):  # more than one request to the table reads for a page of one
        cloud.seen(ada, NOW - timedelta(minutes=minutes))
    cloud.seen(grace, NOW)
    assert [rows(page) for page in every_page(read, limit="1")] == [
        [("Ada", "2026-11-24T07:10", "2026-11-24T12:00", 30)],
        [("Grace", "2026-11-24T12:00", "2026-11-24T12:00", 1)],
    ]


def test_a_page_ends_early_with_a_person_whom_it_tells_whole_when_it_has_read_a_lot(read, cloud, people, monkeypatch):
    monkeypatch.setattr(sightings, "MOST_SEEN", 5)
    for person in people("Ada", "Grace", "Kept"):
        for minutes in range(4):
            cloud.seen(person, NOW - timedelta(minutes=minutes))
    pages = every_page(read, debounceSeconds="0")
    assert [[(row[0], row[3]) for row in rows(page)] for page in pages] == [[("Ada", 4), ("Grace", 4)], [("Kept", 4)]]


def keys_of(person, count):
    """Sightings as far as attendance looks at them."""
    for n in range(count):
        at = times.to_text(NOW - timedelta(minutes=count - n))
        yield {"pk": f"P#{person}", "sk": f"SEEN#{at}#x", "gsi1pk": "SEEN#2026-11-24", "gsi1sk": f"{person}#{at}"}


def test_page_by_page_hardly_a_key_is_read_twice(read, cloud, people):
    everybody = [f"per_01JDZ6V8K2M3N4P5Q6R7S8T{n:03}" for n in range(40)]
    stored.fill(key for person in everybody for key in keys_of(person, 3))
    with metered(cloud.dynamodb) as meter:
        pages = every_page(read, limit="5")
    assert len(pages) == 8
    assert meter.items_read <= 2 * 3 * len(everybody)
    assert meter.calls.count("Query") <= 2 * len(pages)


def test_a_day_before_a_camera_takes_few_requests(read, cloud, people):
    [ada] = people("Ada")
    stored.fill(keys_of(ada, 180))
    with metered(cloud.dynamodb) as meter:
        [item] = read(limit="1", debounceSeconds="0")[1]["items"]
    assert item["visits"] == 180
    assert meter.calls.count("Query") <= 7


def test_a_cursor_is_good_for_its_caller_and_question_only(read, cloud, people):
    for person in people("Ada", "Grace"):
        cloud.seen(person, NOW)
    cursor = read(limit="1")[1]["nextCursor"]
    others = ({"sub": "operator-2"}, {"date": "2026-11-23"}, {"tz": "Europe/Berlin"}, {"debounceSeconds": "0"})
    for other in others:
        status, problem, _ = read(**{"cursor": cursor} | other)
        assert (status, problem["code"]) == (400, "invalid_cursor"), other
    assert len(read(cursor=cursor)[1]["items"]) == 1


# -- who, and what is not told ----------------------------------------------------------------------------------------


def test_operators_only(call, read):
    assert read()[0] == 200
    assert as_admin(call)("GET", "/attendance", query={"date": "2026-11-24"})[0] == 200
    status, problem, _ = call("GET", "/attendance", query={"date": "2026-11-24"})
    assert (status, problem["code"]) == (403, "forbidden")


def test_whoever_is_being_erased_or_whose_consent_has_ended_is_left_out(read, cloud, people, monkeypatch):
    ada, grace, kept = people("Ada", "Grace", "Kept")
    until_one = cloud.person("Until one", id=IDS[7], expires_at=NOW + timedelta(hours=1)).id
    for person in (ada, grace, kept, until_one):
        cloud.seen(person, NOW)
    cloud.erasures.start(ada, Reason.REQUESTED)
    cloud.erase(cloud.people.get(grace))
    assert [row[0] for row in rows(read()[1])] == ["Kept", "Until one"]
    monkeypatch.setattr(times, "now", lambda: NOW + timedelta(hours=1))
    pages = every_page(read, limit="1")
    assert [row[0] for page in pages for row in rows(page)] == ["Kept"]


def test_what_is_kept_no_longer_is_not_told(read, cloud, people):
    [ada] = people("Ada")
    for hours in (1, -1):
        cloud.seen(ada, NOW - timedelta(days=90, hours=hours), life=timedelta(days=100))
    assert rows(read("2026-08-26")[1]) == [("Ada", "2026-08-26T13:00", "2026-08-26T13:00", 1)]
    assert read("2026-08-25")[1]["items"] == []
    assert read("2027-01-01")[1]["items"] == []


def test_a_human_decides_who_was_there(read, call, cloud, people):
    ada, grace = people("Ada", "Grace")
    photo = cloud.photo()
    cloud.gallery.photo_matches = (Match(ada, 99),)
    cloud.processor().process(cloud.upload(photo))
    for decision, shown in ((grace, ["Grace"]), (None, []), (ada, ["Ada"])):
        body = {"decision": "matched", "personId": decision} if decision else {"decision": "unknown"}
        as_operator(call)("POST", f"/recognitions/{photo.id}/faces/0/review", body)
        assert [row[0] for row in rows(read()[1])] == shown


def test_everybody_who_is_shown_has_an_entry_in_the_audit_and_nobody_else(read, call, cloud, people):
    everybody = people("Ada", "Grace", "Nobody")
    for person in everybody[:2]:
        cloud.seen(person, NOW)
    read(limit="1")

    def entries(person):
        found = as_admin(call)("GET", "/audit", query={"personId": person})[1]["items"]
        return [(one["actor"], one["action"]) for one in found if one["source"] == "GET /attendance"]

    assert [entries(person) for person in everybody] == [[("operator-1", "saw")], [], []]


def test_who_cannot_be_recorded_is_not_told(read, cloud, people, monkeypatch):
    [ada] = people("Ada")
    cloud.seen(ada, NOW)

    def unavailable(*_):
        raise errors.AuditUnavailableError

    monkeypatch.setattr(type(context.wired().audit), "record", unavailable)
    for accept in ("application/json", "text/csv"):
        status, problem, _ = read(headers={"accept": accept})
        assert (status, problem["code"]) == (503, "audit_unavailable")
        assert "Ada" not in str(problem)


# -- CSV --------------------------------------------------------------------------------------------------------------


def table(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_as_csv_it_says_the_same_by_the_clock_on_the_wall_too(read, cloud, people):
    [zoe] = people('Zoë "Zo", van Ríjn')
    for time in ("2026-10-25T00:30Z", "2026-10-25T01:30Z"):  # both half past two in Berlin
        cloud.seen(zoe, at(time))
    status, text, headers = read("2026-10-25", tz="Europe/Berlin", headers={"accept": "text/csv"})
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8; header=present")
    assert headers["content-disposition"] == 'attachment; filename="attendance-2026-10-25.csv"'
    assert table(text) == [
        {
            "date": "2026-10-25",
            "timeZone": "Europe/Berlin",
            "personId": zoe,
            "name": 'Zoë "Zo", van Ríjn',
            "firstSeen": "2026-10-25 02:30:00",
            "lastSeen": "2026-10-25 02:30:00",
            "visits": "2",
            "firstSeenAt": "2026-10-25T00:30:00.000Z",
            "lastSeenAt": "2026-10-25T01:30:00.000Z",
        }
    ]


def test_pages_of_csv_follow_the_link_and_each_has_its_header(read, cloud, people):
    for person in people(*"ABC"):
        cloud.seen(person, NOW)
    names, query = [], {"limit": "2", "tz": "Africa/Porto-Novo"}
    while True:
        _, text, headers = read(headers={"accept": "text/csv"}, **query)
        assert headers["vary"] == "Accept"
        names += [row["name"] for row in table(text)]
        if "link" not in headers:
            break
        address, _, relation = headers["link"].partition("; ")
        assert relation == 'rel="next"'
        query = {name: value for name, [value] in parse_qs(urlsplit(address.strip("<>")).query).items()}
        assert query.pop("date") == "2026-11-24"
    assert names == ["A", "B", "C"]


@pytest.mark.parametrize("begin", "=+-@\uff1d\uff0b\uff0d\uff20")
def test_no_name_becomes_a_formula(read, cloud, people, begin):
    [mallory] = people(f'{begin}cmd|"/c calc"!A1')
    cloud.seen(mallory, NOW)
    [row] = table(read(headers={"accept": "text/csv"})[1])
    assert row["name"] == f'\'{begin}cmd|"/c calc"!A1'
    assert read()[1]["items"][0]["name"] == f'{begin}cmd|"/c calc"!A1'
