"""A photo compared with one claimed person: yes or no, and nothing about anybody else."""

from datetime import timedelta

import pytest

from domain import times
from domain.errors import ServiceBusyError
from domain.faces import Box, DetectedFace, Match
from domain.gallery import Search, UnsearchedFace
from domain.photos import Status
from domain.processing import Outcome
from tests.rights import ERASURES

from .acting import as_function
from .conftest import as_operator
from .gallery import LARGEST
from .stored import TABLE

OTHER = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VZ"
SMALLER, LARGER = DetectedFace(Box(0, 0, 0.1, 0.1), 95), DetectedFace(Box(0, 0, 0.5, 0.5), 95)


def verified(cloud, *matches, person=None):
    """Verify a photo whose face resembles people as told."""
    photo = cloud.verification((person or cloud.person()).id)
    cloud.gallery.photo_matches = matches
    outcome = cloud.processor().process(cloud.upload(photo))
    record, result = cloud.read(photo)
    return outcome, record, result


@pytest.mark.parametrize(
    ("similarity", "is_them"), [(99.5, True), (95.0, True), (94.9, False), (80.0, False), (None, False)]
)
def test_the_face_is_the_persons_from_the_match_threshold_on(cloud, similarity, is_them):
    person = cloud.person()
    matches = [Match(person.id, similarity)] if similarity else []
    outcome, record, result = verified(cloud, *matches, person=person)
    assert (outcome, record.status) == (Outcome.COMMITTED, Status.SUCCEEDED)
    (face,) = result.faces
    assert (face.decision == "matched", face.person_id) == (is_them, person.id if is_them else None)
    assert (face.similarity, face.box, face.candidates) == (similarity, LARGEST.box, ())
    assert cloud.gallery.calls == ["search"]


@pytest.mark.parametrize("similarity", [99.9, 96.0, 85.0])
def test_nobody_else_is_named_or_counts(cloud, similarity):
    person = cloud.person()
    _, _, result = verified(cloud, Match(OTHER, similarity), Match(person.id, 95.5), person=person)
    assert result.mentions == {person.id}
    _, _, result = verified_again(cloud, person, Match(OTHER, similarity))
    assert (result.mentions, result.faces[0].similarity) == (set(), None)
    assert OTHER not in str(cloud.dynamodb.scan(TableName=TABLE)["Items"])


def verified_again(cloud, person, *matches):
    photo = cloud.verification(person.id, "ver_01JDZ6V8K2M3N4P5Q6R7S8T9VF")
    cloud.gallery.photo_matches = matches
    return cloud.processor().process(cloud.upload(photo)), *cloud.read(photo)


def test_a_verified_person_was_seen_and_one_who_was_not_is_pointed_to(cloud):
    person = cloud.person()
    _, record, _ = verified(cloud, Match(person.id, 99), person=person)
    kinds = {sk.partition("#")[0] for sk in cloud.items(f"P#{person.id}")}
    assert kinds == {"A", "CONSENT", "PHOTO", "SEEN"}
    _, record, _ = verified_again(cloud, person)
    assert f"MENTION#{record.id}" in cloud.items(f"P#{person.id}")


def test_a_verification_delivered_twice_is_done_once(cloud):
    person = cloud.person()
    photo = cloud.verification(person.id)
    arrival = cloud.upload(photo)
    assert cloud.processor().process(arrival) is Outcome.COMMITTED
    assert cloud.processor().process(arrival) is Outcome.REPEATED
    assert cloud.gallery.calls == ["search"]


def test_a_photo_without_a_face_is_no_answer(cloud):
    cloud.gallery.photo_face = None
    outcome, _, result = verified(cloud)
    assert (outcome, result.problem.code, result.faces) == (Outcome.REJECTED, "no_face", ())


def test_people_in_the_background_do_not_matter(cloud):
    person = cloud.person()
    cloud.gallery.others = (SMALLER,)
    _, _, result = verified(cloud, Match(person.id, 99), person=person)
    assert [face.person_id for face in result.faces] == [person.id]


@pytest.mark.parametrize("searched", [None, LARGEST], ids=["no other face", "somebody in the background"])
def test_a_largest_face_that_is_not_clear_enough_is_not_stood_in_for(cloud, searched):
    person = cloud.person()
    blurred = UnsearchedFace(LARGER, ("LOW_SHARPNESS",))
    found = Search(searched, (Match(person.id, 99),) if searched else (), (blurred,), "7.0")
    cloud.gallery.search = lambda *args, **kwargs: found
    outcome, _, result = verified(cloud, person=person)
    assert (outcome, result.problem.code, result.problem.reasons) == (
        Outcome.REJECTED,
        "low_quality",
        ("LOW_SHARPNESS",),
    )


def test_no_face_is_compared_once_consent_has_ended(cloud):
    person = cloud.person(expires_at=cloud.now() + timedelta(hours=1))
    cloud.later = timedelta(hours=2)
    outcome, _, result = verified(cloud, Match(person.id, 99), person=person)
    assert (outcome, result.problem.code) == (Outcome.REJECTED, "consent_missing")
    assert cloud.gallery.calls == []


def test_consent_that_ends_while_the_face_is_compared_leaves_no_answer(cloud):
    person = cloud.person(expires_at=cloud.now() + timedelta(hours=1))
    search = cloud.gallery.search

    def search_slowly(*args, **kwargs):
        cloud.later = timedelta(hours=2)
        return search(*args, **kwargs)

    cloud.gallery.search = search_slowly
    outcome, _, result = verified(cloud, Match(person.id, 99), person=person)
    assert (outcome, result.problem.code, result.mentions) == (Outcome.REJECTED, "consent_missing", set())
    assert not any(sk.startswith(("SEEN#", "MENTION#")) for sk in cloud.items(f"P#{person.id}"))


@pytest.mark.parametrize(("change", "code"), [("erasing", "person_erasing"), (None, "consent_missing")])
def test_somebody_erased_while_the_face_is_compared_is_not_named(cloud, change, code):
    person = cloud.person()
    search = cloud.gallery.search

    def meanwhile(*args, **kwargs):
        key = {"pk": {"S": f"P#{person.id}"}, "sk": {"S": "A"}}
        if change:
            cloud.table.put(
                cloud.table.get(f"P#{person.id}", "A") | {"status": change}, condition="attribute_exists(pk)"
            )
        else:
            as_function(ERASURES, cloud.dynamodb.delete_item)(TableName=TABLE, Key=key)
        return search(*args, **kwargs)

    cloud.gallery.search = meanwhile
    _, _, result = verified(cloud, Match(person.id, 99), person=person)
    assert (result.status, result.problem.code) == (Status.REJECTED, code)
    assert not any(sk.startswith(("SEEN#", "MENTION#")) for sk in cloud.items(f"P#{person.id}"))


def test_a_throttled_verification_is_put_off(cloud):
    photo = cloud.verification(cloud.person().id)
    arrival = cloud.upload(photo)
    cloud.gallery.failures = [ServiceBusyError()]
    assert cloud.processor().process(arrival) is Outcome.POSTPONED
    assert cloud.processor().process(arrival) is Outcome.COMMITTED


# -- by the API -----------------------------------------------------------------------------------------------------


def test_an_operator_has_a_photo_compared_with_a_person(call, cloud):
    person = cloud.person()
    path, body = f"/people/{person.id}/verifications", {"contentType": "image/jpeg"}
    status, made, headers = as_operator(call)("POST", path, body)
    assert (status, headers["location"]) == (201, f"/verifications/{made['id']}")
    assert made["upload"]["fields"]["key"] == f"uploads/verification/{made['id']}"
    assert (made["status"], made["personId"], made["verified"], made["similarity"], made["face"]) == (
        "awaiting_upload",
        person.id,
        None,
        None,
        None,
    )
    cloud.gallery.photo_matches = (Match(person.id, 99), Match(OTHER, 98))
    cloud.processor().process(cloud.upload(made["upload"]["fields"]["key"]))
    status, read, _ = as_operator(call)("GET", f"/verifications/{made['id']}")
    assert (status, read["status"], read["verified"], read["similarity"]) == (200, "succeeded", True, 99)
    assert read["face"] == {"box": vars(LARGEST.box), "confidence": LARGEST.confidence}
    assert OTHER not in str(read)
    assert person.name not in str(read)


def test_somebody_has_themself_verified_and_nobody_else(call, cloud):
    person, stranger = cloud.person(), cloud.person("Grace", id=OTHER)
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": person.id}, condition="attribute_not_exists(pk)")
    body = {"contentType": "image/png"}
    status, made, _ = call("POST", f"/people/{person.id}/verifications", body)
    assert (status, made["personId"]) == (201, person.id)
    assert call("GET", f"/verifications/{made['id']}")[0] == 200
    hidden = call("POST", f"/people/{stranger.id}/verifications", body)
    missing = call("POST", "/people/per_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ/verifications", body)
    assert (hidden[0], hidden[1]) == (missing[0], missing[1])
    assert hidden[0] == 404


def test_a_verification_is_its_owners_and_operators_and_no_recognition(call, cloud):
    photo = cloud.verification(cloud.person().id)
    assert as_operator(call)("GET", f"/verifications/{photo.id}")[0] == 200
    assert call("GET", f"/verifications/{photo.id}", sub="user-2")[0] == 404
    assert as_operator(call)("GET", f"/recognitions/{photo.id}")[0] == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [({"status": "erasing"}, "person_erasing"), ({"expires_at": times.now()}, "consent_missing")],
)
def test_no_upload_is_signed_for_somebody_who_may_not_be_compared(call, cloud, change, code):
    person = cloud.person(**change)
    status, problem, _ = as_operator(call)("POST", f"/people/{person.id}/verifications", {"contentType": "image/png"})
    assert (status, problem["code"]) == (409, code)
