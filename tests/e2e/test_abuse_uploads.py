"""Photos that are not what was agreed on, or not whose they are said to be."""

import itertools
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import boto3
import httpx
import pytest
from botocore.config import Config

from adapters.upload_signer import PresignedPosts
from client import ApiError, Upload, UploadRefusedError
from domain.photos import Photo, Purpose
from local.cloud import REGION, ROOT_KEYS
from tests.e2e.support import CONSENT, eventually, refused_to_clients, unused_ulid

ODD_KEYS = [
    "uploads/recognition/{}+",
    "uploads/recognition/ {}",
    "uploads/recognition/../registration/{}",
    "uploads/recognition/%2e%2e/{}",
    "uploads/recognition/{}/{}",
    "uploads/registration/{}",  # the id of a recognition
    "uploads/Recognition/{}",
    "uploads//recognition/{}",
    "uploads/recognition/{}\u0661",
    "uploads/recognition/\u202e{}",
]


@pytest.fixture
def newcomer(deployed):
    """A plain user of whom no other test knows."""
    with deployed.client(f"newcomer-{unused_ulid().lower()}") as client:
        yield client


def versions(deployed, key):
    found = deployed.cloud.client("s3").list_object_versions(Bucket=deployed.outputs.bucket_name, Prefix=key)
    return [version["VersionId"] for version in found.get("Versions", [])]


@pytest.mark.parametrize("field", ["bucket", "key", "Content-Type", "policy", "x-amz-date", "x-amz-signature"])
def test_a_form_that_was_changed_is_refused(deployed, user, field):
    begun, another = (user.begin_recognition(content_type="image/jpeg").upload for _ in range(2))
    changed = begun.fields | {
        field: {
            "bucket": "another",
            "key": another.fields["key"],
            "Content-Type": "text/html",
            "policy": another.fields["policy"],
            "x-amz-date": "20260101T000000Z",
            "x-amz-signature": another.fields["x-amz-signature"],
        }[field]
    }
    with pytest.raises(UploadRefusedError) as refused:
        user.upload(Upload(begun.url, changed, begun.expires_at), b"x")
    assert refused.value.status in {400, 403}
    assert versions(deployed, begun.fields["key"]) == versions(deployed, another.fields["key"]) == []


def test_an_added_field_is_refused(deployed, user):
    begun = user.begin_recognition(content_type="image/jpeg").upload
    for field in ({"acl": "public-read"}, {"x-amz-meta-owner": "admin"}, {"tagging": "<Tagging/>"}):
        with pytest.raises(UploadRefusedError):
            user.upload(Upload(begun.url, begun.fields | field, begun.expires_at), b"x")
    assert versions(deployed, begun.fields["key"]) == []


def test_a_form_works_until_it_expires(deployed, user):
    """Signed by the service's own signer, as for the API, but for seconds instead of five minutes."""
    begun = user.begin_recognition(content_type="image/jpeg")
    assert timedelta(minutes=4) < begun.upload.expires_at - datetime.now(UTC) <= timedelta(minutes=5)
    s3 = boto3.client(
        "s3",
        endpoint_url=deployed.cloud.endpoint,
        region_name=REGION,
        config=Config(signature_version="s3v4"),
        aws_access_key_id=ROOT_KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ROOT_KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    photo = Photo(begun.id, "user", Purpose.RECOGNITION, "image/jpeg", datetime.now(UTC))
    expires_at = datetime.now(UTC) + timedelta(seconds=2)
    signed = PresignedPosts(s3, deployed.outputs.bucket_name).sign(photo, expires_at=expires_at)
    form = Upload(signed.url, dict(signed.fields), expires_at)
    user.upload(form, b"x")
    assert len(versions(deployed, photo.key)) == 1
    time.sleep(2.1)
    with pytest.raises(UploadRefusedError) as refused:
        user.upload(form, b"y")
    assert refused.value.status == 403
    assert len(versions(deployed, photo.key)) <= 1


def test_a_photo_that_is_overwritten_at_once_is_judged_by_the_version_that_is_kept(deployed, user, samples):
    begun = user.begin_recognition(content_type="image/jpeg")
    faces = {(samples / name).read_bytes(): count for name, count in (("rocket.jpg", 0), ("sunak.jpg", 1))}
    for photo in faces:
        user.upload(begun.upload, photo)
    recognition = user.wait_for_recognition(begun.id)
    assert eventually(lambda: len(versions(deployed, begun.upload.fields["key"])), lambda count: count == 1) == 1
    assert len(recognition.faces) == faces[user.download(user.photo_link(begun.id).url)]


def test_objects_under_odd_keys_are_never_looked_at(deployed, user, samples, ledger):
    s3, bucket = deployed.cloud.client("s3"), deployed.outputs.bucket_name
    own = user.begin_recognition(content_type="image/jpeg").id
    keys = [key.format(*[own] * key.count("{}")) for key in ODD_KEYS]
    put = [(key, s3.put_object(Bucket=bucket, Key=key, Body=(samples / "sunak.jpg").read_bytes())) for key in keys]

    def marked():
        tags = [s3.get_object_tagging(Bucket=bucket, Key=key, VersionId=made["VersionId"]) for key, made in put]
        return [key for key, tagged in zip(keys, tags, strict=True) if tagged["TagSet"]]

    assert eventually(marked, lambda found: found == keys) == keys
    assert not [entry for entry in ledger.entries() if entry.action.startswith("rekognition:")]
    assert user.recognition(own).status == "awaiting_upload"


def test_the_address_of_a_photo_cannot_be_bent_to_another(deployed, user, samples):
    first, second = (user.recognize_now((samples / name).read_bytes()).id for name in ("rocket.jpg", "sunak.jpg"))
    link = user.photo_link(first).url
    with refused_to_clients(deployed):
        for bent in (link.replace(first, second), link.replace(quote(first), ".."), link + "0", link.partition("?")[0]):
            assert httpx.get(bent).status_code in {400, 403, 404}, bent
        assert httpx.put(link, content=b"x").status_code == 403


def refusal(call, *arguments, **options):
    with pytest.raises(ApiError) as caught:
        call(*arguments, **options)
    return caught.value.status, caught.value.code


def test_a_strangers_photo_verifies_nobody_and_tells_nobody(operator, newcomer, samples, obama):
    me = newcomer.register_person("Eve", consent=CONSENT)
    photo = (samples / "sunak.jpg").read_bytes()
    assert refusal(newcomer.begin_verification, me.id, content_type="image/jpeg") == (409, "person_pending")
    face = newcomer.add_face(me.id, photo).face.id
    operator.call("PATCH", f"/people/{me.id}", json={"status": "active"}, headers={"if-match": "*"})
    assert newcomer.verify(me.id, photo).verified
    verification = newcomer.verify(me.id, (samples / "obama-2012.jpg").read_bytes())
    assert (verification.verified, verification.similarity) == (False, None)
    assert obama not in str(newcomer.call("GET", f"/verifications/{verification.id}"))
    newcomer.remove_face(me.id, face)


def test_the_face_of_a_stranger_is_not_removed_by_ones_own_path(operator, newcomer, obama):
    me = newcomer.register_person("Eve", consent=CONSENT)
    [face, *_] = operator.faces_of(obama)
    newcomer.remove_face(me.id, face.id)  # removing what is not there is no error
    assert face in list(operator.faces_of(obama))


def test_whose_photo_it_is_is_told_by_the_record_alone(deployed, operator, user, samples, obama):
    """Metadata, tags and the name of the file say nothing to the service."""
    begun = user.begin_recognition(content_type="image/jpeg")
    fields = begun.upload.fields
    files = {"file": (f"{obama}.jpg", (samples / "rocket.jpg").read_bytes(), "image/png")}
    assert httpx.post(begun.upload.url, data=fields, files=files).is_success
    recognition = user.wait_for_recognition(begun.id)
    assert (recognition.status, recognition.faces) == ("succeeded", ())


def test_a_burst_of_uploads_under_one_form_costs_one_search(user, samples, ledger):
    begun = user.begin_recognition(content_type="image/jpeg")
    photo = (samples / "rocket.jpg").read_bytes()
    for _ in itertools.repeat(None, 10):
        user.upload(begun.upload, photo)
    user.wait_for_recognition(begun.id)
    searches = {entry.call for entry in ledger.entries(role="Photos") if entry.action.startswith("rekognition:")}
    assert len(searches) == 1
