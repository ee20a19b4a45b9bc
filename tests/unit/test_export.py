"""All that is held about a person, for the person to take along; and how many photos they should add."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from domain import errors, times
from domain.decisions import DecisionPolicy
from domain.export import HeldSighting, Judged, Judgement
from domain.faces import Box, Decision, Match, Review
from domain.people import Consent, Person
from domain.processing import Outcome
from domain.sightings import Sighting
from handlers.api import context
from handlers.api.routes.export import MAX_PAGE
from handlers.api.schemas.export import ExportOut

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
    assert [item["kind"] for item in held["items"]] == ["consent", "face", "mention", "photo", "sighting", "audit"]
    assert (kinds["consent"]["event"], kinds["consent"]["by"]) == ("given", "operator-1")
    assert kinds["face"]["registrationId"] == kinds["photo"]["id"] == "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VC"
    assert (kinds["sighting"]["photoId"], kinds["sighting"]["similarity"]) == ("rec_01JDZ6V8K2M3N4P5Q6R7S8T9V3", 99)
    assert kinds["mention"]["photoId"] == "rec_01JDZ6V8K2M3N4P5Q6R7S8T9V4"
    assert (kinds["audit"]["action"], kinds["audit"]["source"]) == ("exported", f"GET /people/{ada.id}/export")
    assert OTHERS_ID not in str(held)
    assert "Grace" not in str(held)


def test_every_item_of_the_persons_partition_is_in_the_export_or_told_by_another_item(call, cloud, ada):
    told = {"A": "person", "CONSENT": "consent", "HASH": "face", "PENDING": "person"}
    told |= {"FACE": "face", "PHOTO": "photo", "SEEN": "sighting", "MENTION": "mention"}
    kinds = {"person"} | {item["kind"] for item in export(call, ada)[1]["items"]} - {"audit"}
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
    for _ in range(3):
        as_operator(call)("GET", f"/people/{ada.id}")
    whole, items, query = export(call, ada)[1]["items"], [], {"limit": "2"}
    while True:
        page = export(call, ada, **query)[1]
        items += page["items"]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]

    def comparable(found):  # each page of an export is in the audit, and has addresses of its own
        return [item | {"url": None} for item in found if item.get("action") != "exported"]

    assert comparable(items) == comparable(whole)
    assert [item["action"] for item in comparable(whole) if item["kind"] == "audit"] == ["saw"] * 3


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
    items = export(call, ada)[1]["items"]
    assert [item["kind"] for item in items] == ["consent", "face", "photo", "audit"]
    assert items[-1]["action"] == "exported"  # just now


def test_an_export_is_recorded_or_not_made(call, ada, monkeypatch):
    export(call, ada)
    trail = call("GET", "/audit", groups="[admin]", query={"personId": ada.id})[1]["items"]
    assert "exported" in {entry["action"] for entry in trail}

    def unavailable(*_):
        raise errors.AuditUnavailableError

    monkeypatch.setattr(type(context.wired().audit), "record", unavailable)
    status, problem, _ = export(call, ada)
    assert (status, problem["code"]) == (503, "audit_unavailable")


# -- what was decided -------------------------------------------------------------------------------------------------


def of_kind(call, person, kind):
    return [item for item in export(call, person)[1]["items"] if item["kind"] == kind]


def test_with_each_photo_comes_what_was_decided_about_them_and_by_which_measure(call, ada):
    [seen], [maybe] = of_kind(call, ada, "sighting"), of_kind(call, ada, "mention")
    for held, decision, themself, similarity in ((seen, "matched", True, 99), (maybe, "review", False, 97)):
        [face] = held["result"]["faces"]
        assert (face["n"], face["decision"], face["themself"], face["similarity"]) == (
            0,
            decision,
            themself,
            similarity,
        )
        assert face["review"] is None
        measure = (held["result"][name] for name in ("matchThreshold", "reviewThreshold", "modelVersion"))
        assert tuple(measure) == (95, 80, "7.0")


def test_humans_decisions_about_them_come_too_and_of_whom_else_they_thought_does_not(call, cloud, ada):
    decided = {ada.id: "rec_01JDZ6V8K2M3N4P5Q6R7S8T9V4", OTHERS_ID: "rec_01JDZ6V8K2M3N4P5Q6R7S8T9V3"}
    for person_id, photo_id in decided.items():
        body = {"decision": "matched", "personId": person_id}
        as_operator(call)("POST", f"/recognitions/{photo_id}/faces/0/review", body)
    [seen], [maybe] = of_kind(call, ada, "sighting"), of_kind(call, ada, "mention")
    assert (seen["photoId"], seen["reviewed"], seen["similarity"]) == (decided[ada.id], True, 97)
    for held, themself in ((seen, True), (maybe, False)):
        review = held["result"]["faces"][0]["review"]
        assert (review["decision"], review["themself"], review["by"]) == ("matched", themself, "operator-1")
    assert [face["themself"] for face in maybe["result"]["faces"]] == [True]  # so the service had thought
    assert OTHERS_ID not in str(export(call, ada)[1])


def test_a_likeness_that_only_a_human_saw_is_in_the_export_without_a_similarity(call, cloud, ada):
    photo = cloud.photo("rec_01JDZ6V8K2M3N4P5Q6R7S8T9V5")
    cloud.gallery.photo_matches = (Match(OTHERS_ID, 99.0),)
    cloud.processor().process(cloud.upload(photo))
    as_operator(call)("POST", f"/recognitions/{photo.id}/faces/0/review", {"decision": "matched", "personId": ada.id})
    [seen] = [held for held in of_kind(call, ada, "sighting") if held["photoId"] == photo.id]
    [face] = seen["result"]["faces"]
    assert (seen["similarity"], face["decision"], face["themself"], face["similarity"]) == (
        None,
        "matched",
        False,
        None,
    )
    assert face["review"]["themself"]


@pytest.mark.parametrize(("similarity", "kind"), [(99.0, "sighting"), (85.0, "mention"), (None, "mention")])
def test_verifications_tell_how_much_the_face_resembled_them(call, cloud, ada, similarity, kind):
    cloud.gallery.photo_matches = (Match(OTHERS_ID, 99.5), *([Match(ada.id, similarity)] if similarity else []))
    photo = cloud.verification(ada.id)
    cloud.processor().process(cloud.upload(photo))
    [held] = [held for held in of_kind(call, ada, kind) if held["photoId"] == photo.id]
    [face] = held["result"]["faces"]
    assert (face["themself"], face["similarity"]) == (kind == "sighting", similarity)


def test_the_largest_page_that_there_can_be_stays_below_what_a_function_may_answer():
    faces = 100  # that Rekognition finds on a photo, each of them said to be the person, and then not
    review = Review(Decision.UNKNOWN, None, "2f1e4c5a-0001-4a6b-9f8e-0123456789ab", times.now())
    box = Box(0.123456, 0.123456, 0.123456, 0.123456)
    judged = Judged(
        times.now(),
        DecisionPolicy(95.123456, 80.123456),
        "7.0",
        tuple(Judgement(n, box, 99.123456, Decision.NOT_SEARCHED, False, 99.123456, review) for n in range(faces)),
    )
    sighting = Sighting("rec_01JDZ6V8K2M3N4P5Q6R7S8T9V3", times.now(), 99, 99.123456, reviewed=True)
    name = "\N{GRINNING FACE}" * 100
    person = Person(OTHERS_ID, name, times.now(), Consent(name, name, times.now()), external_ref=name)
    page = ExportOut.of(person, [HeldSighting(sighting, judged)] * MAX_PAGE, "c" * 200, link=lambda _: None)
    assert len(json.dumps(page.model_dump(mode="json", by_alias=True))) < 6 * 1024 * 1024


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
