"""Every function acts with exactly its rights, and a photo costs exactly the calls that it must."""

import json

import httpx
import pytest

from local.demo import scenes
from tests.e2e.support import CONSENT, eventually, role_of, taken_away

OLD_USER, OLD_PHOTO = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA", "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VB"  # of November 2024


def calls(entries, service):
    """The API calls, as (number, operation)."""
    return {(entry.call, entry.operation) for entry in entries if entry.action.startswith(f"{service}:")}


def finished(ledger, count):
    """Wait until the photo function has answered to `count` events: nothing of it is still to come."""
    eventually(lambda: calls(ledger.entries(role="Photos"), "dynamodb"), lambda found: len(found) >= count)


def test_a_photo_with_one_face_costs_one_rekognition_call_and_two_dynamodb_calls(user, samples, obama, ledger):
    [face] = user.recognize((samples / "obama-2012.jpg").read_bytes()).faces
    assert face.decision == "matched"
    entries = ledger.entries(role="Photos")
    assert [operation for _, operation in calls(entries, "rekognition")] == ["SearchUsersByImage"]
    assert len(calls(entries, "dynamodb")) == 2


def test_no_byte_of_a_photo_with_one_face_passes_through_the_function(user, samples, obama, ledger):
    user.recognize((samples / "obama-2012.jpg").read_bytes())
    reads = [entry for entry in ledger.entries(role="Photos") if entry.action.startswith("s3:")]
    assert {(entry.via, entry.action) for entry in reads} == {("rekognition", "s3:GetObjectVersion")}


def test_four_faces_cost_four_rekognition_calls(user, samples, obama, ardern, ledger):
    names = ["obama-2005.jpg", "ardern-2022.jpg", "sunak.jpg", "obama-2012.jpg"]
    recognition = user.recognize(scenes.side_by_side(names)(samples))
    assert len(recognition.faces) == 4
    entries = ledger.entries(role="Photos")
    assert [operation for _, operation in calls(entries, "rekognition")] == ["SearchUsersByImage"] * 4
    assert len(calls(entries, "dynamodb")) == 2


def test_a_photo_without_a_face_costs_one_rekognition_call(user, samples, ledger):
    assert user.recognize((samples / "rocket.jpg").read_bytes()).faces == ()
    assert len(calls(ledger.entries(role="Photos"), "rekognition")) == 1


def test_what_functions_have_rights_for_works(deployed, operator, user, samples, ledger):
    person = operator.register_person("Joe Biden", consent=CONSENT, external_ref="biden")
    photo = (samples / "biden.jpg").read_bytes()
    assert operator.add_face(person.id, photo).status == "succeeded"
    for other, code in (("rocket.jpg", "no_face"), ("sunak.jpg", "face_mismatch")):
        assert operator.add_face(person.id, (samples / other).read_bytes()).error.code == code
    assert list(operator.people(name_prefix="Joe"))
    assert operator.change_person(operator.person(person.id), name="Joseph Biden").name == "Joseph Biden"
    assert list(operator.people(external_ref="biden"))
    user.me()
    begun = user.begin_recognition(content_type="image/jpeg")
    user.upload(begun.upload, scenes.side_by_side(["biden.jpg", "sunak.jpg"])(samples))
    assert user.wait_for_recognition(begun.id).status == "succeeded"
    assert operator.recognition(begun.id).faces
    assert operator.call("GET", "/recognitions")["items"]
    assert httpx.get(operator.call("GET", f"/recognitions/{begun.id}/photo")["url"]).is_success
    for n in (0, 1):
        operator.call("POST", f"/recognitions/{begun.id}/faces/{n}/review", json={"decision": "unknown"})
    operator.call("DELETE", f"/recognitions/{begun.id}")
    for client in (operator, user):
        assert client.recognize_now(scenes.side_by_side(["biden.jpg", "sunak.jpg"])(samples)).faces
    with deployed.client("admin") as admin:
        [photo] = [held for held in admin.call("GET", f"/people/{person.id}/export")["items"] if held.get("url")]
    assert httpx.get(photo["url"]).is_success
    [face] = operator.call("GET", f"/people/{person.id}/faces")["items"]
    operator.call("DELETE", f"/people/{person.id}/faces/{face['id']}")
    deployed.cloud.client("s3").put_object(Bucket=deployed.outputs.bucket_name, Key="uploads/strange", Body=b"x")
    tagging = "s3:PutObjectVersionTagging"
    eventually(lambda: {entry.action for entry in ledger.entries(role="Photos")}, lambda found: tagging in found)
    told = "events:PutEvents"
    eventually(lambda: {entry.action for entry in ledger.entries(role="Announcer")}, lambda found: told in found)

    with deployed.client("admin") as admin:
        erasure = admin.call("DELETE", f"/people/{person.id}")
        eventually(lambda: admin.call("GET", f"/erasures/{erasure['id']}"), lambda now: now["status"] == "complete")

    reconcile(deployed, samples)


def reconcile(deployed, samples):
    """Have the reconciliation remove somebody who stands for nobody, with a face."""
    rekognition, collection = deployed.cloud.client("rekognition"), deployed.outputs.collection_id
    rekognition.create_user(CollectionId=collection, UserId=OLD_USER)
    image = {"Bytes": (samples / "sunak.jpg").read_bytes()}
    indexed = rekognition.index_faces(CollectionId=collection, Image=image, ExternalImageId=OLD_PHOTO)["FaceRecords"]
    faces = [face["Face"]["FaceId"] for face in indexed]
    rekognition.associate_faces(CollectionId=collection, UserId=OLD_USER, FaceIds=faces)
    role = role_of(deployed, "Reconciler")
    [function] = [
        one["FunctionName"]
        for one in deployed.cloud.client("lambda").list_functions()["Functions"]
        if one["Role"].endswith(role)
    ]
    answer = deployed.cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"mostPercent": 100}))
    assert json.loads(answer["Payload"].read())["counts"]["removed_faces"] == 1


@pytest.fixture
def without(deployed):
    """Takes an action away from the photo function's role, and gives it back in the end."""
    with taken_away(deployed, role_of(deployed, "Photos")) as take_away:
        yield take_away
    # What was denied would come again in minutes, while other tests count the messages.
    deployed.cloud.client("sqs").purge_queue(QueueUrl=deployed.outputs.queue_url)


@pytest.mark.parametrize(
    "right",
    [
        ("rekognition:SearchUsersByImage", "request"),
        ("s3:GetObjectVersion", "rekognition"),
        ("dynamodb:UpdateItem", "request"),
        ("sqs:ReceiveMessage", "poller"),
    ],
)
def test_what_is_taken_away_is_denied(without, user, samples, ledger, right):
    without(right[0])
    begun = user.begin_recognition(content_type="image/jpeg")
    user.upload(begun.upload, (samples / "rocket.jpg").read_bytes())

    def denied():
        return {(entry.action, entry.via) for entry in ledger.entries(role="Photos") if not entry.allowed}

    assert eventually(denied, bool) == {right}
    assert user.recognition(begun.id).status != "succeeded"


def test_what_is_given_back_is_allowed_again(without, user, samples):
    without("rekognition:SearchUsersByImage")
    without("nothing")
    assert user.recognize((samples / "rocket.jpg").read_bytes()).status == "succeeded"
