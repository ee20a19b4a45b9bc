"""Is it them? A photo compared with one claimed person."""

import pytest

from client import ApiError
from local.demo import scenes
from tests.e2e.support import CONSENT, unused_ulid


def test_somebody_is_who_they_say_they_are(operator, samples, obama):
    verification = operator.verify(obama, (samples / "obama-2012.jpg").read_bytes())
    assert (verification.status, verification.verified, verification.person_id) == ("succeeded", True, obama)
    assert 95 <= verification.similarity <= 100
    assert 0.3 < verification.face.box.left < 0.8


def test_somebody_else_is_not_and_stays_unnamed(operator, samples, obama, ardern):
    verification = operator.verify(obama, (samples / "ardern-2022.jpg").read_bytes())
    assert (verification.status, verification.verified, verification.similarity) == ("succeeded", False, None)
    assert ardern not in str(operator.call("GET", f"/verifications/{verification.id}"))


def test_the_largest_face_counts(operator, samples, obama, ardern):
    photo = scenes.side_by_side(["obama-2005.jpg", "ardern-2022.jpg"])(samples)
    largest = operator.recognize(photo).faces[0].person_id
    verified = {person: operator.verify(person, photo).verified for person in (obama, ardern)}
    assert verified == {person: person == largest for person in (obama, ardern)}


def test_a_photo_without_a_face_is_no_answer(operator, samples, obama):
    verification = operator.verify(obama, (samples / "rocket.jpg").read_bytes())
    assert (verification.status, verification.verified) == ("rejected", None)
    assert verification.error.code == "no_face"


def test_somebody_without_a_face_cannot_be_verified(operator, samples):
    person = operator.register_person("Nobody yet", consent=CONSENT)
    assert operator.verify(person.id, (samples / "sunak.jpg").read_bytes()).verified is False


def test_a_plain_user_has_nobody_else_verified(deployed, user, operator, obama):
    for person in (obama, f"per_{unused_ulid()}"):
        with pytest.raises(ApiError) as refused:
            user.begin_verification(person, content_type="image/jpeg")
        assert (refused.value.status, refused.value.code) == (404, "not_found")
    begun = operator.begin_verification(obama, content_type="image/jpeg")
    with pytest.raises(ApiError) as refused:
        user.verification(begun.id)
    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_a_verification_costs_one_search_and_three_calls_to_the_table(operator, samples, obama, ledger):
    assert operator.verify(obama, (samples / "obama-2012.jpg").read_bytes()).verified
    entries = ledger.entries(role="Photos")
    assert [entry for entry in entries if not entry.allowed] == []
    calls = {
        (entry.call, entry.operation) for entry in entries if entry.action.startswith(("rekognition:", "dynamodb:"))
    }
    assert sorted(operation for _, operation in calls) == [
        "BatchGetItem",
        "SearchUsersByImage",
        "TransactWriteItems",
        "UpdateItem",
    ]
