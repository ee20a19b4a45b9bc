"""The direct trigger, end to end in a small stack of its own: S3 invokes the photo processor."""

from domain import ids, times
from domain.photos import Purpose, Status
from tests.e2e.support import eventually


def test_a_photo_is_recognized_without_a_queue(direct, samples, ledger):
    person = direct.person()
    registration = direct.photo(Purpose.REGISTRATION, person)
    direct.post(registration, (samples / "ardern-2018.jpg").read_bytes())
    assert direct.result(registration).status is Status.SUCCEEDED
    recognition = direct.photo()
    direct.post(recognition, (samples / "ardern-2022.jpg").read_bytes())
    assert [face.person_id for face in direct.result(recognition).faces] == [person]
    entries = ledger.entries(role=f"{direct.stack}-Photos")
    assert {entry.via for entry in entries} == {"request", "rekognition"}
    assert [entry for entry in entries if not entry.allowed] == []


def test_a_second_upload_changes_nothing(direct, samples):
    photo = direct.photo()
    direct.post(photo, (samples / "rocket.jpg").read_bytes())
    result = direct.result(photo)
    direct.post(photo, (samples / "sunak.jpg").read_bytes())
    assert len(eventually(lambda: direct.versions(photo), lambda versions: len(versions) == 1)) == 1
    assert direct.result(photo) == result


def test_what_is_put_under_the_quiet_prefix_starts_nothing(direct, samples, ledger):
    content = (samples / "rocket.jpg").read_bytes()
    quiet, loud = f"immediate/recognition/{ids.new_id(ids.Kind.RECOGNITION, times.now())}", direct.photo()
    direct.s3.put_object(Bucket=direct.bucket, Key=quiet, Body=content)
    direct.post(loud, content)  # and what comes after it is done
    assert direct.result(loud).status is Status.SUCCEEDED
    touched = {entry.resource for entry in ledger.entries(role=f"{direct.stack}-Photos") if "s3" in entry.action}
    assert not {resource for resource in touched if "immediate" in resource}
