"""A photo goes in, names come out, by one request."""

import httpx
import pytest

from client import ApiError
from local.demo import scenes
from tests.e2e.support import eventually

MIB = 2**20


def refusal(call, *arguments, **options):
    with pytest.raises(ApiError) as caught:
        call(*arguments, **options)
    return caught.value.status, caught.value.code


def versions(deployed, recognition_id):
    listed = deployed.cloud.client("s3").list_object_versions(
        Bucket=deployed.outputs.bucket_name, Prefix=f"immediate/recognition/{recognition_id}"
    )
    return [version["VersionId"] for version in listed.get("Versions", [])]


def test_somebody_registered_is_recognized_by_the_request_that_brings_the_photo(operator, samples, obama):
    recognition = operator.recognize_now((samples / "obama-2012.jpg").read_bytes())
    [face] = recognition.faces
    assert (recognition.status, face.decision, face.name, face.person_id) == (
        "succeeded",
        "matched",
        "Barack Obama",
        obama,
    )
    assert operator.recognition(recognition.id) == recognition


def test_the_answer_is_that_of_an_upload(operator, samples, obama, ardern):
    photo = scenes.side_by_side(["obama-2005.jpg", "ardern-2022.jpg", "sunak.jpg"])(samples)
    assert operator.recognize_now(photo).faces == operator.recognize(photo).faces


def test_only_the_largest_face_is_searched_when_asked(operator, samples, obama, ardern):
    photo = scenes.side_by_side(["obama-2005.jpg", "ardern-2022.jpg"])(samples)
    decisions = sorted(face.decision for face in operator.recognize_now(photo, faces="largest").faces)
    assert decisions == ["matched", "not_searched"]


def test_a_plain_user_learns_that_somebody_was_recognized_not_who(user, samples, obama):
    [face] = user.recognize_now((samples / "obama-2012.jpg").read_bytes()).faces
    assert (face.decision, face.name, face.person_id) == ("matched", None, None)


def test_a_png_is_as_good_as_a_jpeg_and_a_photo_without_a_face_has_none(user, samples):
    assert user.recognize_now((samples / "collins.png").read_bytes()).faces
    assert user.recognize_now((samples / "rocket.jpg").read_bytes()).faces == ()


def test_it_costs_one_search_and_starts_nothing_else(user, samples, obama, ledger):
    user.recognize_now((samples / "obama-2012.jpg").read_bytes())
    entries = ledger.entries(role="Immediate")
    assert [entry for entry in entries if not entry.allowed] == []
    searches = {entry.call for entry in entries if entry.action.startswith("rekognition:")}
    assert len(searches) == 1
    objects = {(entry.via, entry.action) for entry in entries if entry.action.startswith("s3:")}
    assert objects == {("request", "s3:PutObject"), ("rekognition", "s3:GetObjectVersion")}
    assert ledger.entries(role="Photos") == []


def test_its_photo_is_looked_at_and_deleted_like_an_uploaded_one(deployed, operator, samples):
    photo = (samples / "sunak.jpg").read_bytes()
    recognition = operator.recognize_now(photo)
    assert len(versions(deployed, recognition.id)) == 1
    shown = operator.call("GET", f"/recognitions/{recognition.id}/photo")
    assert httpx.get(shown["url"]).content == photo
    operator.call("DELETE", f"/recognitions/{recognition.id}")
    assert eventually(lambda: versions(deployed, recognition.id), lambda found: not found) == []


def test_a_photo_may_have_4_mib_and_not_a_byte_more(user, samples):
    photo = (samples / "rocket.jpg").read_bytes()
    assert user.recognize_now(photo + bytes(4 * MIB - len(photo))).status == "succeeded"
    assert refusal(user.recognize_now, photo + bytes(4 * MIB + 1 - len(photo))) == (413, "image_too_large")


def test_what_is_no_photo_is_refused(user):
    assert refusal(user.recognize_now, b"GIF89a, or so it says") == (415, "unsupported_image")
    assert refusal(user.call, "POST", "/recognitions/immediate", json={}) == (415, "unsupported_image")


def test_an_image_that_breaks_off_is_refused_and_stays_on_record(user, samples):
    assert refusal(user.recognize_now, (samples / "sunak.jpg").read_bytes()[:2000]) == (415, "unsupported_image")
    assert user.call("GET", "/recognitions")["items"][0]["status"] == "rejected"


def test_nobody_is_recognized_without_a_token(deployed, samples):
    photo = (samples / "sunak.jpg").read_bytes()
    headers = {"content-type": "image/jpeg"}
    assert httpx.post(f"{deployed.url}/recognitions/immediate", content=photo, headers=headers).status_code == 401


def test_the_same_request_sent_again_makes_nothing_twice(user, samples, ledger):
    photo = (samples / "sunak.jpg").read_bytes()
    headers = {"content-type": "image/jpeg", "idempotency-key": "immediate-e2e"}
    answers = [user.call("POST", "/recognitions/immediate", content=photo, headers=headers) for _ in range(2)]
    assert answers[0] == answers[1]
    calls = {entry.call for entry in ledger.entries(role="Immediate") if entry.action.startswith("rekognition:")}
    assert len(calls) == 1
