"""Who was seen when, on the deployed service: at once for one person, soon for a day, as JSON and as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from client import ApiError
from tests.e2e.support import eventually

SYDNEY = "Australia/Sydney"


@pytest.fixture
def seen(user, samples, obama):
    """Two recognitions of somebody, one just after the other, the first one first."""
    photos = [(samples / name).read_bytes() for name in ("obama-2012.jpg", "obama-speaking.jpg")]
    recognitions = [user.recognize_now(photo) for photo in photos]
    assert {face.decision for recognition in recognitions for face in recognition.faces} == {"matched"}
    return recognitions


def raw(deployed, url, **params):
    token = deployed.session("operator").access_token()
    headers = {"authorization": f"Bearer {token}", "accept": "text/csv"}
    return httpx.get(url, params=params or None, headers=headers)


def test_a_person_is_seen_on_visits_and_each_sighting_can_be_told_by_itself(operator, seen, obama):
    first, last = seen
    since = first.created_at - timedelta(milliseconds=1)
    [visit] = operator.visits(obama, since=since)
    assert (visit.photo_id, visit.sightings, visit.reviewed) == (first.id, 2, False)
    assert first.created_at <= visit.first_seen_at < visit.last_seen_at
    each = list(operator.visits(obama, since=since, debounce=timedelta()))
    assert [one.photo_id for one in each] == [last.id, first.id]
    assert [one.last_seen_at for one in each] == [visit.last_seen_at, visit.first_seen_at]


@pytest.mark.usefixtures("seen")
def test_a_day_shows_who_was_there_by_the_clock_of_any_place(deployed, operator, obama):
    [visit, *_] = operator.visits(obama)
    day = visit.last_seen_at.astimezone(ZoneInfo(SYDNEY)).date()

    def there():
        return {one.person_id: one for one in operator.attendance(day, time_zone=SYDNEY)}

    shown = eventually(there, lambda found: obama in found and found[obama].last_seen_at == visit.last_seen_at)[obama]
    assert (shown.name, shown.last_seen_at) == ("Barack Obama", visit.last_seen_at)
    [row] = [row for row in all_rows(deployed, "/attendance", date=day, tz=SYDNEY, limit=1) if row["personId"] == obama]
    assert (row["name"], row["visits"]) == ("Barack Obama", str(shown.visits))
    on_the_wall = datetime.fromisoformat(row["lastSeen"]).replace(tzinfo=ZoneInfo(SYDNEY))
    assert on_the_wall.astimezone(UTC) == shown.last_seen_at.replace(microsecond=0)


def all_rows(deployed, path, **query):
    """The rows of a table, by following its links."""
    answer = raw(deployed, deployed.url + path, **query)
    while True:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8; header=present")
        yield from csv.DictReader(io.StringIO(answer.text, newline=""))
        if "next" not in answer.links:
            return
        answer = raw(deployed, str(answer.url.join(answer.links["next"]["url"])))


def test_operators_only_and_only_for_time_zones_that_there_are(operator, user, obama):
    today = datetime.now(UTC).date()
    for refused in (lambda: list(user.attendance(today)), lambda: list(user.visits(obama))):
        with pytest.raises(ApiError) as failure:
            refused()
        assert (failure.value.status, failure.value.code) == (403, "forbidden")
    with pytest.raises(ApiError) as failure:
        list(operator.attendance(today, time_zone="Mars/Olympus_Mons"))
    assert (failure.value.status, failure.value.code) == (422, "unknown_time_zone")
