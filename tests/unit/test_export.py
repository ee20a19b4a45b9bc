"""All that is held about a person, for the person to take along; and how many photos they should add."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from domain import errors
from domain.faces import Match
from domain.processing import Outcome
from handlers.api import context

from .conftest import as_operator, set_clock_forward

OTHERS_ID = "per_01JDZ6V8K2M3N4P5Q6R7S8T9V2"


@pytest.fixture
def ada(cloud):
    """Somebody with a face, recognized on one photo and a candidate on another."""
    person, other = cloud.person(), cloud.person("Grace Hopper", id=OTHERS_ID)
    photo = cloud.registration(person)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    for photo_id, matches in (
        ("rec_01JDZ6V8K2M3N4P5Q6R7S8T9V3", (Match(person.id, 99.0),)),
        ("rec_01JDZ6V8K2M3N4P5Q6R7S8T9V4", (Match(person.id, 97.0), Match(other.id, 96.0))),
    ):
        cloud.gallery.photo_matches = matches
        assert cloud.processor().process(cloud.upload(cloud.photo(photo_id))) is Outcome.COMMITTED
    return person


def export(call, person, *, groups="[admin]", **query):
    return call("GET", f"/people/{person.id}/export", groups=groups, query=query)


def themself(cloud, person):
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": person.id}, condition="attribute_not_exists(pk)")


def test_an_export_holds_all_that_is_known_about_the_person_and_nothing_of_others(call, cloud, ada):
    status, held, _ = export(call, ada)
    assert (status, held["person"]["name"], held["nextCursor"]) == (200, "Ada Lovelace", None)
    kinds = {item["kind"]: item for item in held["items"]}
    assert sorted(item["kind"] for item in held["items"]) == ["consent", "face", "mention", "photo", "sighting"]
    assert (kinds["consent"]["event"], kinds["consent"]["by"]) == ("given", "operator-1")
    assert kinds["face"]["registrationId"] == kinds["photo"]["id"] == "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VC"
    assert (kinds["sighting"]["photoId"], kinds["sighting"]["similarity"]) == ("rec_01JDZ6V8K2M3N4P5Q6R7S8T9V3", 99)
    assert kinds["mention"]["photoId"] == "rec_01JDZ6V8K2M3N4P5Q6R7S8T9V4"
    assert OTHERS_ID not in str(held)
    assert "Grace" not in str(held)


def test_every_item_of_the_persons_partition_is_in_the_export_or_told_by_another_item(call, cloud, ada):
    told = {"A": "person", "CONSENT": "consent", "HASH": "face", "PENDING": "person"}
    told |= {"FACE": "face", "PHOTO": "photo", "SEEN": "sighting", "MENTION": "mention"}
    kinds = {"person"} | {item["kind"] for item in export(call, ada)[1]["items"]}
    assert {told[sk.partition("#")[0]] for sk in cloud.items(f"P#{ada.id}")} == kinds


def test_photos_come_as_addresses_of_the_version_that_was_registered(call, cloud, ada):
    (photo,) = [item for item in export(call, ada)[1]["items"] if item["kind"] == "photo"]
    url = urlsplit(photo["url"])
    key = f"uploads/registration/{photo['id']}"
    assert url.path.endswith(key)
    query = parse_qs(url.query)
    assert query["versionId"] == cloud.versions(key)
    assert 290 <= int(query["X-Amz-Expires"][0]) <= 300
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]


def test_page_by_page_it_is_the_same(call, ada):
    whole, items, query = export(call, ada)[1]["items"], [], {"limit": "2"}
    while True:
        page = export(call, ada, **query)[1]
        items += page["items"]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    without_links = [[item | {"url": None} for item in found] for found in (items, whole)]
    assert without_links[0] == without_links[1]


def test_a_cursor_does_not_open_the_export_of_somebody_else(call, cloud, ada):
    cursor = export(call, ada, limit="2")[1]["nextCursor"]
    status, problem, _ = export(call, cloud.people.get(OTHERS_ID), cursor=cursor)
    assert (status, problem["code"]) == (400, "invalid_cursor")


def test_people_export_themselves_and_operators_nobody(call, cloud, ada):
    assert export(call, ada, groups="")[0] == 404
    status, problem, _ = export(call, ada, groups="[operator]")
    assert (status, problem["code"]) == (403, "forbidden")
    themself(cloud, ada)
    assert export(call, ada, groups="")[1]["person"]["id"] == ada.id
    assert export(call, cloud.people.get(OTHERS_ID), groups="")[0] == 404


def test_what_is_past_its_time_is_left_out_although_it_is_still_stored(call, ada, monkeypatch):
    set_clock_forward(monkeypatch, timedelta(days=91))
    assert {item["kind"] for item in export(call, ada)[1]["items"]} == {"consent", "face", "photo"}


def test_an_export_is_recorded_or_not_made(call, ada, monkeypatch):
    export(call, ada)
    trail = call("GET", "/audit", groups="[admin]", query={"personId": ada.id})[1]["items"]
    assert "exported" in {entry["action"] for entry in trail}

    def unavailable(*_):
        raise errors.AuditUnavailableError

    monkeypatch.setattr(type(context.wired().audit), "record", unavailable)
    status, problem, _ = export(call, ada)
    assert (status, problem["code"]) == (503, "audit_unavailable")


# -- guidance -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("faces", "missing"), [(0, 5), (3, 2), (5, 0), (9, 0)])
def test_a_registration_tells_how_many_poses_are_missing(call, cloud, faces, missing):
    person = cloud.person(faces=faces)
    made = as_operator(call)("POST", f"/people/{person.id}/faces", {"contentType": "image/jpeg"})[1]
    assert made["guidance"] == {"recommendedPoses": 5, "missingPoses": missing}
    read = as_operator(call)("GET", f"/registrations/{made['id']}")[1]
    assert read["guidance"] == made["guidance"]


def test_a_face_that_was_added_is_a_pose_less(call, cloud):
    photo = cloud.registration(cloud.person())
    cloud.processor().process(cloud.upload(photo))
    read = as_operator(call)("GET", f"/registrations/{photo.id}")[1]
    assert (read["status"], read["guidance"]["missingPoses"]) == ("succeeded", 4)
