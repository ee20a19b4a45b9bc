"""The API's handler, event in and answer out, on moto."""

import base64
import inspect
import json
from datetime import timedelta

import pytest

from domain import errors, times
from domain.faces import Box, Decision, Match, RecognizedFace
from domain.photos import SEARCHABLE_AFTER, Result, Status
from handlers.api import context
from handlers.api.problems import STATUS
from handlers.wiring.clients import PROMPT

from .conftest import ADA, CONSENT, as_operator, set_clock_forward

# -- people -------------------------------------------------------------------------------------------------------


def test_an_operator_registers_a_person_with_their_consent(call):
    status, made, headers = as_operator(call)("POST", "/people", ADA | {"externalRef": "badge-7"})
    assert status == 201
    assert headers["location"] == f"/people/{made['id']}"
    assert (made["name"], made["externalRef"], made["status"], made["faces"]) == (
        "Ada Lovelace",
        "badge-7",
        "active",
        0,
    )
    assert made["consent"] == CONSENT | {
        "givenAt": "2026-01-02T03:04:05.000Z",
        "expiresAt": None,
        "withdrawnAt": None,
    }
    status, read, _ = as_operator(call)("GET", f"/people/{made['id']}")
    assert (status, read) == (200, made)


@pytest.mark.parametrize("groups", ["[admin]", "[admin operator]", "[other operator more]"])
def test_roles_are_read_exactly_from_the_claim(call, groups):
    assert call("POST", "/people", ADA, groups=groups)[0] == 201


@pytest.mark.parametrize("groups", ["", "[]", "[operators]", "[not-operator]", "[Operator]", "operator-x"])
def test_a_name_that_only_resembles_a_role_is_no_role(call, groups):
    status, problem, _ = call("POST", "/people", ADA, groups=groups)
    assert (status, problem["code"]) == (403, "forbidden")


def test_an_id_token_is_refused(call):
    for method, path, body in (("GET", "/me", None), ("POST", "/people", ADA), ("GET", "/people", None)):
        status, problem, _ = as_operator(call)(method, path, body, token_use="id")
        assert (status, problem["code"]) == (403, "access_token_required")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "Ada\nLovelace"}, "name"),
        ({"name": " Ada"}, "name"),
        ({"name": None}, "name"),
        ({"consent": None}, "consent"),
        ({"consent": CONSENT | {"givenAt": "yesterday"}}, "givenAt"),
        ({"consent": CONSENT | {"givenAt": "2026-01-02T03:04:05"}}, "givenAt"),
        ({"consent": {"purpose": "x", "textVersion": "1"}}, "givenAt"),
        ({"role": "admin"}, "role"),
    ],
)
def test_a_wrong_field_is_named_and_what_it_held_is_not_repeated(call, change, field):
    status, problem, headers = as_operator(call)("POST", "/people", ADA | change)
    assert (status, problem["code"]) == (422, "invalid_request")
    assert any(field in error["field"] for error in problem["errors"])
    assert "Lovelace" not in json.dumps(problem)
    assert headers["content-type"] == "application/problem+json"


def test_consent_that_is_missing_is_refused(call):
    status, problem, _ = as_operator(call)("POST", "/people", {"name": "Ada"})
    assert (status, problem["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "consent",
    [{"givenAt": "2999-01-01T00:00:00Z"}, {"expiresAt": "2026-01-03T00:00:00Z"}],
    ids=["given in the future", "over already"],
)
def test_consent_that_does_not_hold_now_is_refused(call, consent):
    status, problem, _ = as_operator(call)("POST", "/people", ADA | {"consent": CONSENT | consent})
    assert (status, problem["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("raw", ["", "{", "[1]", '"text"', "null", "\ud83d"])
def test_a_body_that_is_no_object_is_refused(call, raw):
    status, problem, _ = as_operator(call)("POST", "/people", raw=raw)
    assert status in {400, 422}
    assert problem["code"] in {"malformed_request", "invalid_request"}


def test_two_people_cannot_share_an_external_reference(call):
    assert as_operator(call)("POST", "/people", ADA | {"externalRef": "badge-7"})[0] == 201
    status, problem, _ = as_operator(call)("POST", "/people", {**ADA, "name": "Grace", "externalRef": "badge-7"})
    assert (status, problem["code"]) == (409, "external_ref_taken")
    assert [p["name"] for p in as_operator(call)("GET", "/people")[1]["items"]] == ["Ada Lovelace"]


def test_people_are_found_by_the_beginning_of_their_name_and_by_reference(call):
    for name, reference in (("Ada Lovelace", "a"), ("ADA Yonath", "b"), ("Grace Hopper", "c")):
        as_operator(call)("POST", "/people", ADA | {"name": name, "externalRef": reference})
    listed = as_operator(call)("GET", "/people", query={"namePrefix": "ada "})[1]
    assert [person["name"] for person in listed["items"]] == ["Ada Lovelace", "ADA Yonath"]
    found = as_operator(call)("GET", "/people", query={"externalRef": "c"})[1]
    assert [person["name"] for person in found["items"]] == ["Grace Hopper"]
    assert as_operator(call)("GET", "/people", query={"externalRef": "d"})[1]["items"] == []


def test_pages_hold_everybody_once(call):
    names = [f"Person {n:02}" for n in range(7)]
    for name in names:
        as_operator(call)("POST", "/people", ADA | {"name": name})
    seen, query = [], {"limit": "3"}
    while True:
        page = as_operator(call)("GET", "/people", query=query)[1]
        seen += [person["name"] for person in page["items"]]
        if page["nextCursor"] is None:
            break
        query = query | {"cursor": page["nextCursor"]}
    assert seen == names


def test_a_cursor_that_was_changed_or_is_anothers_is_refused(call):
    for n in range(3):
        as_operator(call)("POST", "/people", ADA | {"name": f"Person {n}"})
    cursor = as_operator(call)("GET", "/people", query={"limit": "1"})[1]["nextCursor"]
    changed = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    for query, sub in (
        ({"cursor": changed}, "operator-1"),
        ({"cursor": cursor}, "operator-2"),
        ({"cursor": cursor, "namePrefix": "p"}, "operator-1"),
        ({"cursor": "§"}, "operator-1"),
    ):
        status, problem, _ = as_operator(call)("GET", "/people", query=query, sub=sub)
        assert (status, problem["code"]) == (400, "invalid_cursor")


def test_a_plain_user_sees_only_themself(call, cloud):
    person = cloud.person()
    for path in (f"/people/{person.id}", "/people/per_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ", "/people/x"):
        status, problem, _ = call("GET", path)
        assert (status, problem["code"]) == (404, "not_found")
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": person.id}, condition="attribute_not_exists(pk)")
    assert call("GET", f"/people/{person.id}")[0] == 200
    assert call("GET", "/me")[1]["person"]["id"] == person.id
    assert call("GET", "/people")[0] == 403


def test_me_tells_roles_and_no_person_when_there_is_none(call):
    assert call("GET", "/me", groups="[operator admin]")[1] == {
        "sub": "user-1",
        "roles": ["admin", "operator"],
        "person": None,
    }


# -- uploads ------------------------------------------------------------------------------------------------------


def policy_of(upload):
    return json.loads(base64.b64decode(upload["fields"]["policy"]))["conditions"]


def test_an_upload_allows_one_key_one_type_and_15_mebibytes_for_five_minutes(call):
    before = times.now()
    status, made, headers = call("POST", "/recognitions", {"contentType": "image/png"})
    assert (status, made["status"]) == (201, "awaiting_upload")
    assert headers["location"] == f"/recognitions/{made['id']}"
    conditions = policy_of(made["upload"])
    assert {"key": f"uploads/recognition/{made['id']}"} in conditions
    assert {"Content-Type": "image/png"} in conditions
    assert ["content-length-range", 1, 15 * 1024 * 1024] in conditions
    assert made["upload"]["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    left = times.from_text(made["upload"]["expiresAt"]) - before
    assert timedelta(minutes=4, seconds=59) < left < timedelta(minutes=5, seconds=30)


@pytest.mark.parametrize("content_type", ["image/heic", "image/gif", "text/html", "", None])
def test_other_content_types_are_refused(call, content_type):
    status, problem, _ = call("POST", "/recognitions", {"contentType": content_type})
    assert (status, problem["code"]) == (422, "invalid_request")


def test_a_registration_needs_an_operator_and_a_person(call, cloud):
    person = cloud.person()
    path, body = f"/people/{person.id}/faces", {"contentType": "image/jpeg"}
    assert call("POST", path, body)[0] == 404
    status, made, _ = as_operator(call)("POST", path, body)
    assert (status, made["personId"], made["face"], made["searchable"]) == (201, person.id, None, False)
    assert as_operator(call)("POST", "/people/per_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ/faces", body)[0] == 404


def test_a_face_that_was_not_worked_in_at_once_is_taken_for_searchable_a_minute_later(call, cloud, monkeypatch):
    photo = cloud.registration(cloud.person())
    associate = cloud.gallery.associate
    monkeypatch.setattr(cloud.gallery, "associate", lambda *face: not associate(*face))
    cloud.processor().process(cloud.upload(photo))

    def read():
        registration = as_operator(call)("GET", f"/registrations/{photo.id}")[1]
        return registration["status"], registration["searchable"]

    assert read() == ("succeeded", False)
    set_clock_forward(monkeypatch, SEARCHABLE_AFTER)
    assert read() == ("succeeded", True)


def test_no_upload_is_signed_once_consent_has_ended(call, cloud):
    person = cloud.person(expires_at=times.now() - timedelta(seconds=1))
    status, problem, _ = as_operator(call)("POST", f"/people/{person.id}/faces", {"contentType": "image/jpeg"})
    assert (status, problem["code"]) == (409, "consent_missing")


def test_no_upload_is_signed_for_somebody_who_is_being_erased(call, cloud):
    person = cloud.person(status="erasing")
    status, problem, _ = as_operator(call)("POST", f"/people/{person.id}/faces", {"contentType": "image/jpeg"})
    assert (status, problem["code"]) == (409, "person_erasing")


def test_no_call_is_waited_for_longer_than_the_function_lives(call):
    made = context.wired()
    for client in (made.people.table.client, made.versions.client, made.vectors.client):
        assert PROMPT.items() <= vars(client.meta.config).items()


# -- results ------------------------------------------------------------------------------------------------------


@pytest.fixture
def recognized(cloud):
    """A photo of user-1's on which Ada was recognized."""
    person, photo = cloud.person(), cloud.photo()
    cloud.gallery.photo_matches = (Match(person.id, 99.123456789),)
    cloud.processor().process(cloud.upload(photo))
    return photo


def test_an_operator_sees_who_is_on_a_photo(call, recognized):
    status, read, _ = as_operator(call)("GET", f"/recognitions/{recognized.id}")
    assert (status, read["status"], read["error"]) == (200, "succeeded", None)
    (face,) = read["faces"]
    assert (face["n"], face["decision"], face["name"]) == (0, "matched", "Ada Lovelace")
    assert face["similarity"] == pytest.approx(99.123457)
    assert face["box"] == {"left": 0.4, "top": 0.2, "width": 0.2, "height": 0.3}


def test_the_owner_sees_decision_and_similarity_but_no_identity(call, recognized):
    (face,) = call("GET", f"/recognitions/{recognized.id}")[1]["faces"]
    assert (face["decision"], face["personId"], face["name"], face["candidates"]) == ("matched", None, None, [])
    assert face["similarity"] > 99


def test_the_owner_sees_their_own_name(call, cloud, recognized):
    cloud.table.put(
        {"pk": "U#user-1", "sk": "A", "personId": "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA"},
        condition="attribute_not_exists(pk)",
    )
    (face,) = call("GET", f"/recognitions/{recognized.id}")[1]["faces"]
    assert face["name"] == "Ada Lovelace"


def test_a_stage_can_show_names_to_users(call, recognized, monkeypatch):
    monkeypatch.setenv("NAMES_FOR_USERS", "true")
    context.wired.cache_clear()
    assert call("GET", f"/recognitions/{recognized.id}")[1]["faces"][0]["name"] == "Ada Lovelace"


def test_somebody_elses_photo_and_no_photo_look_the_same(call, recognized):
    answers = [
        call("GET", f"/recognitions/{photo_id}", sub="user-2")[:2]
        for photo_id in (recognized.id, "rec_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ", "nonsense")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404


def test_a_photo_is_only_found_under_its_own_purpose(call, recognized):
    assert as_operator(call)("GET", f"/registrations/{recognized.id}")[0] == 404


def test_a_photo_that_was_not_uploaded_within_a_day_is_shown_as_expired(call, cloud, monkeypatch):
    photo = cloud.photo()
    assert call("GET", f"/recognitions/{photo.id}")[1]["status"] == "awaiting_upload"
    set_clock_forward(monkeypatch, timedelta(days=1, minutes=1))
    assert call("GET", f"/recognitions/{photo.id}")[1]["status"] == "expired"


def test_a_result_past_its_time_is_not_shown_although_it_is_still_stored(call, recognized, monkeypatch):
    set_clock_forward(monkeypatch, timedelta(days=91))
    assert as_operator(call)("GET", f"/recognitions/{recognized.id}")[0] == 404


def test_a_rejected_registration_tells_why(call, cloud):
    person = cloud.person()
    photo = cloud.registration(person)
    cloud.gallery.photo_face = None
    cloud.processor().process(cloud.upload(photo))
    read = as_operator(call)("GET", f"/registrations/{photo.id}")[1]
    assert (read["status"], read["error"]["code"], read["error"]["retryable"]) == ("rejected", "no_face", False)


def test_candidates_are_shown_with_their_names(call, cloud):
    person, photo = cloud.person(), cloud.photo()
    cloud.processor().records.claim(photo.purpose, photo.id, cloud.upload(photo), now=cloud.now(), until=cloud.now())
    face = RecognizedFace(
        0, Box(0, 0, 1, 1), 99, Decision.REVIEW, similarity=90, candidates=(Match(person.id, 90), Match("per_x", 85))
    )
    claimed = cloud.read(photo)[0]
    with pytest.raises(Exception, match="changed"):
        cloud.records.commit(claimed, Result(Status.SUCCEEDED, cloud.now(), faces=(face,)))
    face = RecognizedFace(0, face.box, 99, Decision.REVIEW, similarity=90, candidates=face.candidates[:1])
    assert cloud.records.commit(claimed, Result(Status.SUCCEEDED, cloud.now(), faces=(face,)))
    (shown,) = as_operator(call)("GET", f"/recognitions/{photo.id}")[1]["faces"]
    assert shown["candidates"] == [{"personId": person.id, "name": "Ada Lovelace", "similarity": 90}]


# -- failures -----------------------------------------------------------------------------------------------------


def test_health_needs_nobody(call):
    assert call("GET", "/health")[:2] == (200, {"status": "ok"})


def test_a_busy_table_is_503_with_retry_after(call, cloud, monkeypatch):
    def busy(*args, **kwargs):
        raise errors.ServiceBusyError

    monkeypatch.setattr(type(context.wired().photos), "add", busy)
    status, problem, headers = call("POST", "/recognitions", {"contentType": "image/jpeg"})
    assert (status, problem["code"], problem["retryable"]) == (503, "service_busy", True)
    assert int(headers["retry-after"]) > 0


def test_a_bug_is_answered_without_a_word_about_the_inside(call, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret table faces-prod")

    monkeypatch.setattr(type(context.wired().photos), "add", broken)
    status, problem, _ = call("POST", "/recognitions", {"contentType": "image/jpeg"})
    assert (status, problem["code"], problem["requestId"]) == (500, "internal_error", "request-1")
    assert "secret" not in json.dumps(problem)


def test_every_expected_failure_has_a_status_and_a_code_of_its_own():
    bases = {errors.FaceError, errors.PhotoRejectedError, errors.RetryableError}
    classes = [
        found
        for _, found in inspect.getmembers(errors, inspect.isclass)
        if issubclass(found, errors.FaceError) and found not in bases
    ]
    assert classes
    assert set(classes) == set(STATUS)
    assert len({found.code for found in classes}) == len(classes)
