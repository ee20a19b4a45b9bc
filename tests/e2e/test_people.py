"""People over time: renamed, and recognized for as long as their consent holds."""

from datetime import UTC, datetime

import httpx
import pytest

from client import ApiError, Consent
from tests.e2e.support import CONSENT, eventually, unused_ulid

PHOTO = "obama-2012.jpg"


@pytest.fixture
def person(operator, obama):
    """Somebody registered, who in the end is again as other tests expect him."""
    yield operator.person(obama)
    operator.change_person(operator.person(obama), name="Barack Obama", consent=CONSENT)


def who(client, samples):
    return [face.name for face in client.recognize((samples / PHOTO).read_bytes()).faces]


def refusal(call, *arguments, **options):
    with pytest.raises(ApiError) as caught:
        call(*arguments, **options)
    return caught.value.status, caught.value.code


def test_a_new_name_is_told_by_old_results_too(operator, samples, person):
    before = operator.recognize((samples / PHOTO).read_bytes())
    operator.change_person(person, name="Barry Obama")
    assert who(operator, samples) == ["Barry Obama"]
    assert [face.name for face in operator.recognition(before.id).faces] == ["Barry Obama"]
    assert [found.id for found in operator.people(name_prefix="barry")] == [person.id]


def test_a_change_to_a_version_that_is_gone_is_refused(operator, person):
    operator.change_person(person, name="Barry Obama")
    assert refusal(operator.change_person, person, name="B. Obama") == (412, "precondition_failed")
    path = f"/people/{person.id}"
    assert refusal(operator.call, "PATCH", path, json={"name": "B. Obama"}) == (428, "precondition_required")


def test_whose_consent_is_withdrawn_is_nobody_at_once_and_then_gone(operator, samples):
    photo = (samples / "biden.jpg").read_bytes()
    person = operator.register_person("Joe Biden", consent=CONSENT)
    assert operator.add_face(person.id, photo).status == "succeeded"
    renewed = operator.change_person(
        operator.person(person.id), consent=Consent("test", "2", datetime(2026, 2, 1, tzinfo=UTC))
    )
    assert [face.name for face in operator.recognize(photo).faces] == ["Joe Biden"]
    assert operator.change_person(renewed, withdraw_consent=True).status == "erasing"
    assert [face.name for face in operator.recognize(photo).faces] == [None]

    def found():
        try:
            return operator.person(person.id)
        except ApiError as error:
            return error.code

    assert eventually(found, lambda answer: answer == "not_found") == "not_found"


def test_a_face_that_is_removed_recognizes_nobody_and_can_be_registered_again(deployed, operator, samples):
    photo, s3 = (samples / "biden.jpg").read_bytes(), deployed.cloud.client("s3")
    biden = operator.register_person("Joe Biden", consent=CONSENT)
    faces = f"/people/{biden.id}/faces"
    for _ in range(2):
        registration = operator.add_face(biden.id, photo)
        assert (registration.status, registration.duplicate) == ("succeeded", False)
        assert [face.name for face in operator.recognize(photo).faces] == ["Joe Biden"]
        [face] = operator.call("GET", faces)["items"]
        assert (face["id"], face["registrationId"]) == (registration.face.id, registration.id)
        for _ in range(2):
            operator.call("DELETE", f"{faces}/{face['id']}")
        assert operator.call("GET", faces) == {"items": [], "nextCursor": None}
        assert [face.name for face in operator.recognize(photo).faces] == [None]
        key = f"uploads/registration/{registration.id}"
        assert not s3.list_object_versions(Bucket=deployed.outputs.bucket_name, Prefix=key).get("Versions")
        assert operator.person(biden.id).faces == 0


@pytest.fixture
def newcomer(deployed):
    """A plain user of whom no other test knows."""
    with deployed.client(f"newcomer-{unused_ulid().lower()}") as client:
        yield client


def test_who_registers_themself_is_recognized_once_an_operator_has_approved_it(operator, newcomer, samples):
    photo = (samples / "biden.jpg").read_bytes()
    me = newcomer.register_person("Joe Biden", consent=CONSENT)
    assert (me.status, newcomer.me().person.id) == ("pending", me.id)
    assert refusal(newcomer.register_person, "Joe Biden", consent=CONSENT) == (409, "already_registered")
    registration = newcomer.add_face(me.id, photo)
    assert registration.status == "succeeded", registration.error
    assert [face.decision for face in newcomer.recognize(photo).faces] == ["unknown"]
    assert refusal(
        newcomer.call, "PATCH", f"/people/{me.id}", json={"status": "active"}, headers={"if-match": "*"}
    ) == (
        403,
        "forbidden",
    )
    assert me.id in [found["id"] for found in operator.call("GET", "/people", params={"status": "pending"})["items"]]
    operator.call("PATCH", f"/people/{me.id}", json={"status": "active"}, headers={"if-match": "*"})
    assert [face.name for face in newcomer.recognize(photo).faces] == ["Joe Biden"]
    newcomer.call("DELETE", f"/people/{me.id}/faces/{registration.face.id}")


def test_whose_face_is_somebody_elses_does_not_learn_whose(operator, newcomer, samples, obama):
    me = newcomer.register_person("Somebody New", consent=CONSENT)
    registration = newcomer.add_face(me.id, (samples / PHOTO).read_bytes())
    assert (registration.status, registration.error.code) == ("rejected", "not_accepted")
    assert operator.registration(registration.id).error.code == "duplicate_person"
    assert newcomer.me().person.faces == 0


def test_everybody_takes_along_what_is_held_about_them(deployed, operator, user, samples, obama):
    seen = user.recognize((samples / PHOTO).read_bytes())
    path = f"/people/{obama}/export"
    assert refusal(operator.call, "GET", path) == (403, "forbidden")
    assert refusal(user.call, "GET", path) == (404, "not_found")
    with deployed.client("admin") as admin:
        export = list(admin.export(obama))
    [photo, *_] = [held for held in export if held.kind == "photo" and held.url]
    assert httpx.get(photo.url).content == (samples / "obama-2005.jpg").read_bytes()
    [sighting] = [held for held in export if held.kind == "sighting" and held.photo_id == seen.id]
    [face] = sighting.result.faces
    assert (face.decision, face.themself, face.similarity) == ("matched", True, sighting.similarity)
    assert (sighting.result.match_threshold, sighting.result.review_threshold) == (95, 80)
    assert "exported" in {held.action for held in export if held.kind == "audit"}
    assert {"consent", "face"} <= {held.kind for held in export}


def test_a_registration_says_how_many_poses_are_missing(operator, samples, obama):
    registration = operator.add_face(obama, (samples / "obama-2005.jpg").read_bytes())
    guidance = operator.call("GET", f"/registrations/{registration.id}")["guidance"]
    assert guidance == {"recommendedPoses": 5, "missingPoses": 5 - operator.person(obama).faces}
