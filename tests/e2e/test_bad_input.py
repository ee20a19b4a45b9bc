"""What is not as it should be is refused, or quietly set aside."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from client import ApiError, Consent, UploadRefusedError
from tests.e2e.support import CONSENT, eventually, unused_ulid

MIB = 2**20


def versions(deployed, key):
    found = deployed.cloud.client("s3").list_object_versions(Bucket=deployed.outputs.bucket_name, Prefix=key)
    return [version["VersionId"] for version in found.get("Versions", [])]


def waiting(deployed, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = deployed.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


@pytest.fixture
def quiet(deployed):
    """A queue in which nothing is left, so that what comes next is this test's."""
    eventually(lambda: waiting(deployed, deployed.outputs.queue_url), lambda count: count == 0)


@pytest.mark.parametrize("content_type", ["image/heic", "image/gif", "text/plain", ""])
def test_other_content_types_are_refused(user, content_type):
    with pytest.raises(ApiError) as refused:
        user.begin_recognition(content_type=content_type)
    assert refused.value.status in {415, 422}
    assert not refused.value.retryable


def test_an_upload_may_hold_15_mib_and_not_a_byte_more(user):
    begun = user.begin_recognition(content_type="image/jpeg")
    with pytest.raises(UploadRefusedError) as refused:
        user.upload(begun.upload, b"\xff\xd8\xff" + bytes(15 * MIB - 2))
    assert refused.value.code == "EntityTooLarge"
    user.upload(begun.upload, b"\xff\xd8\xff" + bytes(15 * MIB - 3))


def test_an_empty_upload_is_refused(user):
    begun = user.begin_recognition(content_type="image/jpeg")
    with pytest.raises(UploadRefusedError) as refused:
        user.upload(begun.upload, b"")
    assert refused.value.code == "EntityTooSmall"


@pytest.mark.parametrize("field", ["key", "Content-Type", "policy"])
def test_an_upload_that_is_not_the_agreed_one_is_refused(user, field):
    begun = user.begin_recognition(content_type="image/jpeg")
    begun.upload.fields[field] = {"key": f"uploads/recognition/rec_{unused_ulid()}"}.get(field, "image/png")
    with pytest.raises(UploadRefusedError):
        user.upload(begun.upload, b"x")


def test_a_file_that_is_no_image_is_rejected(user):
    recognition = user.recognize(b"GIF89a, or so it says")
    assert recognition.status == "rejected"
    assert recognition.error.code == "unsupported_image"
    assert recognition.faces == ()


def test_a_registration_without_a_face_is_rejected_and_its_photo_deleted(deployed, operator, samples):
    person = operator.register_person("Nobody", consent=CONSENT)
    registration = operator.add_face(person.id, (samples / "rocket.jpg").read_bytes())
    assert (registration.status, registration.error.code) == ("rejected", "no_face")
    key = f"uploads/registration/{registration.id}"
    assert eventually(lambda: versions(deployed, key), lambda found: not found) == []


def test_of_two_uploads_under_one_key_the_first_one_counts(deployed, user, samples):
    begun = user.begin_recognition(content_type="image/jpeg")
    user.upload(begun.upload, (samples / "rocket.jpg").read_bytes())
    key = begun.upload.fields["key"]
    [first] = versions(deployed, key)
    recognition = user.wait_for_recognition(begun.id)
    user.upload(begun.upload, (samples / "sunak.jpg").read_bytes())
    assert eventually(lambda: versions(deployed, key), lambda found: found == [first]) == [first]
    assert user.recognition(begun.id) == recognition
    assert recognition.faces == ()


def test_an_object_without_a_record_is_quarantined_unseen(deployed, samples, ledger, quiet):
    s3, key = deployed.cloud.client("s3"), f"uploads/recognition/rec_{unused_ulid()}"
    photo = (samples / "sunak.jpg").read_bytes()
    version = s3.put_object(Bucket=deployed.outputs.bucket_name, Key=key, Body=photo)["VersionId"]

    def tags():
        found = s3.get_object_tagging(Bucket=deployed.outputs.bucket_name, Key=key, VersionId=version)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    assert eventually(tags, bool) == {"quarantine": "true"}
    assert versions(deployed, key) == [version]
    actions = {entry.action for entry in ledger.entries(role="Photos")}
    assert not {action for action in actions if action.startswith("rekognition:")}


def test_an_event_of_another_bucket_is_ignored(deployed, samples, ledger, quiet):
    s3, key = deployed.cloud.client("s3"), f"uploads/recognition/rec_{unused_ulid()}"
    s3.create_bucket(Bucket="of-a-stranger")
    s3.put_object(Bucket="of-a-stranger", Key=key, Body=(samples / "sunak.jpg").read_bytes())
    record = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Post",
        "eventTime": "2026-01-01T00:00:00.000Z",
        "s3": {"bucket": {"name": "of-a-stranger"}, "object": {"key": key, "size": 1, "versionId": "v", "eTag": "e"}},
    }
    sqs = deployed.cloud.client("sqs")
    sqs.send_message(QueueUrl=deployed.outputs.queue_url, MessageBody=json.dumps({"Records": [record]}))
    assert eventually(lambda: waiting(deployed, deployed.outputs.queue_url), lambda count: count == 0) == 0
    assert waiting(deployed, deployed.outputs.dead_letter_queue_url) == 0
    touched = {entry.action for entry in ledger.entries(role="Photos", via="request")}
    assert not {action for action in touched if action.startswith(("rekognition:", "s3:"))}


def test_nobody_is_registered_without_consent(operator):
    with pytest.raises(ApiError) as refused:
        operator.call("POST", "/people", json={"name": "Ada"})
    assert refused.value.status in {409, 422}


def test_consent_that_has_run_out_registers_no_face(operator, samples, ledger):
    soon = datetime.now(UTC) + timedelta(seconds=3)
    consent = Consent("test", "1", datetime(2026, 1, 1, tzinfo=UTC), expires_at=soon)
    person = operator.register_person("Ada", consent=consent)
    begun = operator.begin_registration(person.id, content_type="image/jpeg")
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds() + 1))
    operator.upload(begun.upload, (samples / "sunak.jpg").read_bytes())
    registration = operator.wait_for_registration(begun.id)
    assert (registration.status, registration.error.code) == ("rejected", "consent_missing")
    assert "rekognition:IndexFaces" not in {entry.action for entry in ledger.entries()}
    with pytest.raises(ApiError) as refused:
        operator.begin_registration(person.id, content_type="image/jpeg")
    assert (refused.value.status, refused.value.code) == (409, "consent_missing")


def test_an_unknown_person_gets_no_face(operator):
    with pytest.raises(ApiError) as refused:
        operator.begin_registration(f"per_{unused_ulid()}", content_type="image/jpeg")
    assert (refused.value.status, refused.value.code) == (404, "not_found")
