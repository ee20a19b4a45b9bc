"""Recognitions that there are: lists, photos, deletion."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters import ranges
from adapters.audit_table import AuditTable
from adapters.photo_removal import PhotoRemovalTable
from adapters.photo_versions import PhotoVersions
from adapters.recognition_lists import MAX_DAYS
from domain import times
from domain.errors import AuditUnavailableError
from domain.faces import Match
from domain.ids import Kind, new_id
from domain.photos import Status
from domain.processing import Outcome

from .conftest import as_operator, set_clock_forward
from .gallery import LARGEST

ADA, GRACE = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA", "per_01JDZ6V8K2M3N4P5Q6R7S8T9VZ"


def recognized(cloud, *matches, owner="user-1", face=LARGEST):
    """A photo on which the largest face resembles these people."""
    photo = cloud.photo(new_id(Kind.RECOGNITION, cloud.now()), owner=owner)
    cloud.gallery.photo_matches, cloud.gallery.photo_face = matches, face
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    return photo


def set_clock_back(monkeypatch, **by):
    """What follows happens in the past."""
    then = times.now() - timedelta(**by)
    monkeypatch.setattr(times, "now", lambda: then)


def ids(answer):
    status, body, _ = answer
    assert status == 200, body
    return [item["id"] for item in body["items"]]


def walked(call, **query):
    """All ids of a list, page by page, and the sizes of its pages."""
    found, sizes, cursor = [], [], None
    while True:
        page = call("GET", "/recognitions", query=query | ({"cursor": cursor} if cursor else {}))
        found += ids(page)
        sizes.append(len(page[1]["items"]))
        cursor = page[1]["nextCursor"]
        if cursor is None:
            return found, sizes


# -- lists ----------------------------------------------------------------------------------------------------------


def test_a_user_lists_their_own_newest_first_whatever_became_of_them(call, cloud):
    done, waiting = recognized(cloud), cloud.photo(new_id(Kind.RECOGNITION, cloud.now() + timedelta(seconds=1)))
    recognized(cloud, owner="user-2")
    status, listed, _ = call("GET", "/recognitions")
    assert status == 200
    assert {(item["id"], item["status"]) for item in listed["items"]} == {
        (done.id, "succeeded"),
        (waiting.id, "awaiting_upload"),
    }
    assert listed["nextCursor"] is None


def test_an_operator_lists_everybodys_that_have_ended_newest_first(call, cloud):
    photos = [recognized(cloud, owner=f"user-{n}").id for n in range(3)]
    cloud.photo()
    assert ids(as_operator(call)("GET", "/recognitions")) == photos[::-1]


def test_pages_hold_everything_once_over_the_days(call, cloud, monkeypatch):
    photos = []
    for days in (40, 39, 3, 1, 0):
        with monkeypatch.context() as past:
            set_clock_back(past, days=days)
            photos += [recognized(cloud).id for _ in range(2)]
    for caller in (call, as_operator(call)):
        for limit in ("1", "3", "50"):
            found, sizes = walked(caller, limit=limit)
            assert sorted(found) == sorted(photos), limit
            assert max(sizes) <= int(limit)


def test_the_newest_day_comes_first(call, cloud, monkeypatch):
    photos = []
    for days in (2, 1, 0):
        with monkeypatch.context() as past:
            set_clock_back(past, days=days)
            photos.append(recognized(cloud).id)
    assert walked(call, limit="1")[0] == walked(as_operator(call), limit="2")[0] == photos[::-1]


def test_one_request_looks_through_so_many_days_and_no_more(call, cloud, monkeypatch):
    with monkeypatch.context() as past:
        set_clock_back(past, days=80)
        old = recognized(cloud)
    queries, newest = [], ranges._newest

    def counted(*args, **kwargs):
        queries.append(args)
        return newest(*args, **kwargs)

    monkeypatch.setattr(ranges, "_newest", counted)
    first = as_operator(call)("GET", "/recognitions")[1]
    assert first["items"] == []
    assert first["nextCursor"]
    assert len(queries) == MAX_DAYS
    assert walked(as_operator(call)) == ([old.id], [0, 0, 1])


def test_times_bound_the_list(call, cloud, monkeypatch):
    photos, moments = [], []
    for days in (3, 2, 1):
        with monkeypatch.context() as past:
            set_clock_back(past, days=days)
            moments.append(times.now())
            photos.append(recognized(cloud).id)
    since, before = times.to_text(moments[1] - timedelta(hours=1)), times.to_text(moments[2] - timedelta(hours=1))
    for caller in (call, as_operator(call)):
        assert ids(caller("GET", "/recognitions", query={"from": since, "to": before})) == [photos[1]]
        assert ids(caller("GET", "/recognitions", query={"to": before})) == photos[1::-1]
        assert ids(caller("GET", "/recognitions", query={"from": since})) == photos[:0:-1]
        assert ids(caller("GET", "/recognitions", query={"to": "2020-01-01T00:00:00Z"})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"from": "yesterday"},
        {"from": "2026-01-02T00:00:00"},
        {"decision": "maybe"},
        {"limit": "51"},
        {"limit": "0"},
    ],
)
def test_a_query_that_means_nothing_is_refused(call, query):
    status, problem, _ = call("GET", "/recognitions", query=query)
    assert (status, problem["code"]) == (422, "invalid_request")


def test_decisions_and_people_select(call, cloud):
    cloud.person(), cloud.person("Grace", id=GRACE)
    ada, grace = recognized(cloud, Match(ADA, 99)).id, recognized(cloud, Match(GRACE, 99)).id
    review, nobody = recognized(cloud, Match(ADA, 90), Match(GRACE, 85)).id, recognized(cloud).id
    operator = as_operator(call)

    def found(**query):
        return set(walked(operator, **query)[0])

    assert found() == {ada, grace, review, nobody}
    assert found(decision="matched") == {ada, grace}
    assert found(decision="unknown") == {nobody}
    assert found(decision="not_searched") == set()
    assert found(personId=ADA) == {ada}
    assert found(personId=GRACE, decision="matched") == {grace}
    assert found(personId=ADA, decision="unknown") == set()


def test_who_is_on_a_listed_photo_is_told_to_operators_alone(call, cloud):
    cloud.person()
    recognized(cloud, Match(ADA, 99))
    (shown,) = as_operator(call)("GET", "/recognitions")[1]["items"]
    assert shown["faces"][0]["name"] == "Ada Lovelace"
    (withheld,) = call("GET", "/recognitions")[1]["items"]
    assert (withheld["faces"][0]["decision"], withheld["faces"][0]["name"]) == ("matched", None)
    assert withheld["faces"][0]["personId"] is None


def test_a_user_cannot_find_out_by_the_filter_whom_a_photo_shows(call, cloud):
    cloud.person()
    photo = recognized(cloud, Match(ADA, 99))
    assert walked(call, personId=ADA)[0] == []
    assert walked(call, decision="matched")[0] == [photo.id]
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": ADA}, condition="attribute_not_exists(pk)")
    assert walked(call, personId=ADA)[0] == [photo.id]


def test_a_cursor_is_good_for_its_caller_and_its_filters_alone(call, cloud):
    for _ in range(2):
        recognized(cloud)
    cursor = call("GET", "/recognitions", query={"limit": "1"})[1]["nextCursor"]
    for caller, query in (
        (as_operator(call), {}),
        (call, {"decision": "matched"}),
        (call, {"from": "2026-01-01T00:00:00Z"}),
        (lambda *a, **k: call(*a, **k, groups="[operator]"), {}),
    ):
        status, problem, _ = caller("GET", "/recognitions", query=query | {"cursor": cursor})
        assert (status, problem["code"]) == (400, "invalid_cursor")


def test_what_is_past_its_time_is_in_no_list_although_it_is_still_stored(call, cloud, monkeypatch):
    cloud.person()
    recognized(cloud, Match(ADA, 99))
    set_clock_forward(monkeypatch, timedelta(days=91))
    for query in ({}, {"personId": ADA}, {"decision": "matched"}):
        assert walked(as_operator(call), **query)[0] == []


# -- the photo ------------------------------------------------------------------------------------------------------


def test_the_photo_is_shown_by_an_address_for_its_version_that_is_good_for_a_minute(call, cloud):
    photo = recognized(cloud)
    before = times.now()
    for caller in (call, as_operator(call)):
        status, link, _ = caller("GET", f"/recognitions/{photo.id}/photo")
        assert (status, link["contentType"]) == (200, "image/jpeg")
        query = parse_qs(urlsplit(link["url"]).query)
        assert query["versionId"] == [cloud.read(photo)[0].version]
        assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert query["response-content-type"] == ["image/jpeg"]
        assert 55 <= int(query["X-Amz-Expires"][0]) <= 60
        assert times.from_text(link["expiresAt"]) - before < timedelta(seconds=90)


def test_a_photo_of_somebody_elses_one_not_uploaded_and_none_look_the_same(call, cloud):
    photo, waiting = recognized(cloud), cloud.photo()
    answers = [
        call("GET", f"/recognitions/{photo_id}/photo", sub=sub)[:2]
        for photo_id, sub in ((photo.id, "user-2"), (waiting.id, "user-1"), ("nonsense", "user-1"))
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404


# -- the audit ------------------------------------------------------------------------------------------------------


def test_who_is_listed_looked_at_or_deleted_is_recorded(call, cloud):
    cloud.person()
    photo = recognized(cloud, Match(ADA, 99))
    operator = as_operator(call)
    for method, path in (
        ("GET", "/recognitions"),
        ("GET", f"/recognitions/{photo.id}/photo"),
        ("DELETE", f"/recognitions/{photo.id}"),
    ):
        assert operator(method, path)[0] < 300
    entries = call("GET", "/audit", query={"personId": ADA}, groups="[admin]")[1]["items"]
    assert {(entry["actor"], entry["action"], entry["source"]) for entry in entries} == {
        ("operator-1", "saw", "GET /recognitions"),
        ("operator-1", "saw", f"GET /recognitions/{photo.id}/photo"),
        ("operator-1", "deleted", f"DELETE /recognitions/{photo.id}"),
    }


def test_what_is_withheld_from_a_user_is_not_recorded_as_seen(call, cloud):
    cloud.person()
    recognized(cloud, Match(ADA, 99))
    assert call("GET", "/recognitions")[0] == 200
    assert call("GET", "/audit", query={"personId": ADA}, groups="[admin]")[1]["items"] == []


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/{id}/photo"), ("DELETE", "/{id}")])
def test_without_the_audit_nothing_is_told_and_nothing_deleted(call, cloud, monkeypatch, method, path):
    cloud.person()
    photo = recognized(cloud, Match(ADA, 99))
    before = left_of(cloud, photo)

    def unavailable(*args):
        raise AuditUnavailableError

    monkeypatch.setattr(AuditTable, "record", unavailable)
    status, problem, _ = as_operator(call)(method, "/recognitions" + path.format(id=photo.id))
    assert (status, problem["code"]) == (503, "audit_unavailable")
    assert left_of(cloud, photo) == before


# -- deletion -------------------------------------------------------------------------------------------------------


def left_of(cloud, photo):
    """What the stores know of a photo, but for its tombstone and the audit."""
    found = cloud.dynamodb.scan(TableName="faces")["Items"]
    items = {(item["pk"]["S"], item["sk"]["S"]) for item in found if photo.id in str(item)}
    items = {(pk, sk) for pk, sk in items if not pk.startswith("AUDIT#")}
    return items - {(f"R#{photo.id}", "A")} | set(cloud.versions(photo.key))


@pytest.mark.parametrize("matches", [(), (Match(ADA, 99),), (Match(ADA, 90), Match(GRACE, 85))])
def test_deleting_leaves_nothing_and_doing_it_again_changes_nothing(call, cloud, matches):
    cloud.person(), cloud.person("Grace", id=GRACE)
    photo, other = recognized(cloud, *matches), recognized(cloud, *matches)
    before = left_of(cloud, other)
    for _ in range(2):
        assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
        assert left_of(cloud, photo) == set()
    assert left_of(cloud, other) == before
    for path in (f"/recognitions/{photo.id}", f"/recognitions/{photo.id}/photo"):
        assert call("GET", path)[0] == 404
    assert walked(call)[0] == walked(as_operator(call))[0] == [other.id]


def test_only_the_owner_and_operators_delete(call, cloud):
    photo = recognized(cloud)
    assert call("DELETE", f"/recognitions/{photo.id}", sub="user-2")[:2] == call("DELETE", "/recognitions/x")[:2]
    assert call("DELETE", f"/recognitions/{photo.id}", sub="user-2")[0] == 404
    assert as_operator(call)("DELETE", f"/recognitions/{photo.id}")[0] == 204
    assert call("DELETE", f"/recognitions/{photo.id}", sub="user-2")[0] == 404


def test_a_registration_is_not_deleted_as_a_recognition(call, cloud):
    registration = cloud.registration(cloud.person())
    assert as_operator(call)("DELETE", f"/recognitions/{registration.id}")[0] == 404
    assert cloud.read(registration) is not None


def test_what_arrives_after_the_deletion_is_deleted_too(call, cloud):
    photo = cloud.photo()
    early = cloud.upload(photo)
    assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
    late = cloud.upload(photo)
    for arrival in (late, early, late):
        assert cloud.processor().process(arrival) is Outcome.SUPERSEDED
    assert left_of(cloud, photo) == set()
    assert cloud.gallery.calls == []


def test_a_photo_that_is_deleted_while_it_is_processed_gets_no_result(call, cloud, monkeypatch):
    photo = cloud.photo()
    arrival = cloud.upload(photo)
    search = cloud.gallery.search

    def search_while_it_is_deleted(*args, **kwargs):
        assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
        return search(*args, **kwargs)

    monkeypatch.setattr(cloud.gallery, "search", search_while_it_is_deleted)
    assert cloud.processor().process(arrival) is Outcome.REPEATED
    assert left_of(cloud, photo) == set()


def test_a_photo_that_is_deleted_before_it_could_be_read_is_no_failure(call, cloud, monkeypatch):
    photo = cloud.photo()
    arrival = cloud.upload(photo)

    def search_what_is_gone(*_, **__):
        assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
        raise RuntimeError("there is no such object")

    monkeypatch.setattr(cloud.gallery, "search", search_what_is_gone)
    assert cloud.processor().process(arrival) is Outcome.REPEATED
    assert left_of(cloud, photo) == set()


def test_a_result_that_comes_while_the_photo_is_deleted_is_deleted_with_it(call, cloud, monkeypatch):
    cloud.person()
    photo = cloud.photo()
    cloud.gallery.photo_matches = (Match(ADA, 99),)
    arrival = cloud.upload(photo)
    forget = PhotoRemovalTable.forget

    def after_the_commit(self, found, result, *, now):
        if found.status is Status.AWAITING_UPLOAD:
            cloud.processor().process(arrival)
        return forget(self, found, result, now=now)

    monkeypatch.setattr(PhotoRemovalTable, "forget", after_the_commit)
    assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
    assert left_of(cloud, photo) == set()


@pytest.mark.parametrize(
    "step", [(PhotoVersions, "delete_all"), (PhotoRemovalTable, "forget")], ids=lambda step: step[1]
)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_deletion_that_dies_half_way_is_finished_by_the_next(call, cloud, monkeypatch, step, done):
    cloud.person()
    photo = recognized(cloud, Match(ADA, 99))
    take = getattr(*step)

    def dying(*args, **kwargs):
        if done:
            take(*args, **kwargs)
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(*step, dying)
        assert call("DELETE", f"/recognitions/{photo.id}")[0] == 500
    assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
    assert left_of(cloud, photo) == set()


def test_a_photo_that_keeps_changing_is_to_be_deleted_later(call, cloud, monkeypatch):
    photo = recognized(cloud)
    monkeypatch.setattr(PhotoRemovalTable, "forget", lambda *args, **kwargs: False)
    status, problem, headers = call("DELETE", f"/recognitions/{photo.id}")
    assert (status, problem["code"], problem["retryable"]) == (503, "service_busy", True)
    assert headers["retry-after"]
