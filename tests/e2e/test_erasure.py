"""Somebody who is erased is in no store any more, and nobody else loses anything."""

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image, ImageEnhance

from client import ApiError, Consent
from local.demo import scenes
from tests.e2e.support import CONSENT, eventually, unused_ulid

# Nobody else registers him: to the other tests he is a stranger, before and after.
NAME, PORTRAIT = "Rishi Sunak", "sunak.jpg"


def looks(samples, count):
    """Photos of the same person, each of other bytes."""
    with Image.open(samples / PORTRAIT) as image:
        for n in range(count):
            encoded = io.BytesIO()
            ImageEnhance.Brightness(image.convert("RGB")).enhance(0.7 + n * 0.1).save(encoded, "JPEG", quality=95)
            yield encoded.getvalue()


def register(operator, samples, count, **more):
    person = operator.register_person(NAME, consent=more.pop("consent", CONSENT), **more)
    for photo in looks(samples, count):
        assert operator.add_face(person.id, photo).status == "succeeded"
    return person.id


def erased(client, person_id, *, seconds=60):
    """Erase somebody and return the finished erasure."""
    begun = client.call("DELETE", f"/people/{person_id}")
    assert begun["status"] == "pending"
    return eventually(
        lambda: client.call("GET", f"/erasures/{begun['id']}"), lambda now: now["status"] == "complete", seconds=seconds
    )


def refusal(client, method, path):
    with pytest.raises(ApiError) as caught:
        client.call(method, path)
    return caught.value.status, caught.value.code


def items(deployed):
    pages = deployed.cloud.client("dynamodb").get_paginator("scan").paginate(TableName=deployed.outputs.table_name)
    return [item for page in pages for item in page["Items"]]


def keys(deployed):
    """Keys of all versions and delete markers in the bucket."""
    s3 = deployed.cloud.client("s3")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=deployed.outputs.bucket_name)
    return {
        found["Key"].rpartition("/")[2]
        for page in pages
        for found in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
    }


def vectors(deployed):
    """External image ids of all faces, and the ids of all users."""
    rekognition, collection = deployed.cloud.client("rekognition"), deployed.outputs.collection_id
    faces = rekognition.get_paginator("list_faces").paginate(CollectionId=collection)
    users = rekognition.get_paginator("list_users").paginate(CollectionId=collection)
    return (
        {face["ExternalImageId"] for page in faces for face in page["Faces"]},
        {user["UserId"] for page in users for user in page["Users"]},
    )


@pytest.fixture
def admin(deployed):
    with deployed.client("admin") as client:
        yield client


def test_five_photos_and_fifty_sightings_are_gone_within_ten_seconds(deployed, operator, admin, samples, obama):
    person_id = register(operator, samples, 5, external_ref="erasure-sunak")
    portrait = (samples / PORTRAIT).read_bytes()
    with ThreadPoolExecutor(4) as threads:
        alone = list(threads.map(lambda _: operator.recognize(portrait), range(49)))
    together = operator.recognize(scenes.side_by_side([PORTRAIT, "obama-2005.jpg"])(samples))
    named = [face.person_id for face in together.faces]
    assert sorted(named) == sorted([person_id, obama])
    others_before = vectors(deployed)[0]

    begun = time.monotonic()
    done = erased(admin, person_id)
    assert time.monotonic() - begun <= 10

    receipt = done["receipt"]
    assert done["personId"] is None
    assert receipt | {"remains": []} == {
        "faces": 5,
        "photos": 5 + 49,
        "sightings": 50,
        "mentions": 0,
        "results": 50,
        "sharedPhotos": 1,
        "remains": [],
    }
    assert [left["what"] for left in receipt["remains"]] == ["shared_photos", "table_stream", "account_trails"]
    # What names the person by its opaque id, apart from the audit: nothing. What names them otherwise: nothing at all.
    stored = [item for item in items(deployed) if not item["pk"]["S"].startswith(("AUDIT#", "I#"))]
    assert person_id not in json.dumps(stored)
    assert NAME not in json.dumps(items(deployed))
    assert "erasure-sunak" not in json.dumps(items(deployed))
    assert not keys(deployed) & {photo.id for photo in alone}
    assert together.id in keys(deployed)
    faces, users = vectors(deployed)
    assert person_id not in users
    assert len(others_before - faces) == 5
    assert not keys(deployed) & (others_before - faces)
    seen = {(face.decision, face.person_id) for face in operator.recognition(together.id).faces}
    assert seen == {("matched", obama), ("unknown", None)}
    assert [face.decision for face in operator.recognition(alone[0].id).faces] == ["unknown"]
    assert [face.decision for face in operator.recognize(portrait).faces] == ["unknown"]
    assert refusal(operator, "GET", f"/people/{person_id}") == (404, "not_found")


def test_only_an_admin_or_the_person_themself_erases_and_follows_it(operator, admin, user, samples):
    person_id = register(operator, samples, 1)
    assert refusal(operator, "DELETE", f"/people/{person_id}") == (403, "forbidden")
    assert refusal(user, "DELETE", f"/people/{person_id}") == (404, "not_found")
    assert refusal(admin, "DELETE", f"/people/per_{unused_ulid()}") == (404, "not_found")
    begun = admin.call("DELETE", f"/people/{person_id}")
    for stranger in (operator, user):
        assert refusal(stranger, "GET", f"/erasures/{begun['id']}") == (404, "not_found")
    eventually(lambda: admin.call("GET", f"/erasures/{begun['id']}")["status"], lambda status: status == "complete")
    assert refusal(admin, "DELETE", f"/people/{person_id}") == (404, "not_found")


def test_a_photo_that_comes_late_brings_nobody_back(deployed, operator, admin, samples):
    person_id = register(operator, samples, 0)
    late = operator.begin_registration(person_id, content_type="image/jpeg")
    erased(admin, person_id)
    operator.upload(late.upload, (samples / PORTRAIT).read_bytes())
    assert eventually(lambda: late.id in keys(deployed), lambda there: not there) is False
    assert refusal(operator, "GET", f"/registrations/{late.id}") == (404, "not_found")
    faces, users = vectors(deployed)
    assert late.id not in faces
    assert person_id not in users


def test_whose_consent_has_ended_is_erased_on_schedule(deployed, operator, samples):
    soon = datetime.now(UTC) + timedelta(seconds=8)
    consent = Consent("test", "1", datetime(2026, 1, 1, tzinfo=UTC), soon)
    person_id = register(operator, samples, 1, consent=consent)
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()))
    resources = deployed.cloud.client("cloudformation").describe_stack_resources(StackName=deployed.stack)
    [eraser] = [
        found["PhysicalResourceId"]
        for found in resources["StackResources"]
        if found["ResourceType"] == "AWS::Lambda::Function" and found["LogicalResourceId"].startswith("Eraser")
    ]
    answer = deployed.cloud.client("lambda").invoke(
        FunctionName=eraser, Payload=json.dumps({"source": "aws.events", "detail-type": "Scheduled Event"})
    )
    assert "FunctionError" not in answer, answer["Payload"].read()

    def gone():
        left = [item for item in items(deployed) if not item["pk"]["S"].startswith(("AUDIT#", "I#"))]
        return person_id not in json.dumps(left)

    assert eventually(gone, bool)
    assert person_id not in vectors(deployed)[1]


def test_verifications_and_photos_that_came_with_a_request_are_gone_too(deployed, operator, admin, samples):
    person_id = register(operator, samples, 1)
    portrait = (samples / PORTRAIT).read_bytes()
    verified = operator.verify(person_id, portrait)
    refuted = operator.verify(person_id, (samples / "rocket.jpg").read_bytes())
    somebody_else = operator.verify(person_id, (samples / "collins.png").read_bytes())
    awaited = operator.begin_verification(person_id, content_type="image/jpeg")
    at_once = operator.recognize_now(portrait)
    assert (verified.verified, refuted.verified, somebody_else.verified) == (True, None, False)
    photos = {verified.id, refuted.id, somebody_else.id, at_once.id}
    assert photos <= keys(deployed)

    erased(admin, person_id)
    stored = [item for item in items(deployed) if not item["pk"]["S"].startswith(("AUDIT#", "I#"))]
    assert person_id not in json.dumps(stored)
    assert not keys(deployed) & photos
    assert operator.recognition(at_once.id).faces[0].decision == "unknown"
    for verification in (verified, refuted, somebody_else, awaited):
        with pytest.raises(ApiError) as gone:
            operator.verification(verification.id)
        assert gone.value.status == 404
