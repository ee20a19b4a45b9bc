"""The collection and the table compared, in the deployed stack."""

import json

import pytest

OLD_USER, OLD_PHOTO = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA", "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VB"  # of November 2024


@pytest.fixture
def reconcile(deployed, ledger):
    """Invokes the reconciliation, which in the end was denied nothing."""
    resources = deployed.cloud.client("cloudformation").describe_stack_resources(StackName=deployed.stack)
    [reconciler] = [
        found["PhysicalResourceId"]
        for found in resources["StackResources"]
        if found["ResourceType"] == "AWS::Lambda::Function" and found["LogicalResourceId"].startswith("Reconciler")
    ]

    def invoke(**event):
        answer = deployed.cloud.client("lambda").invoke(FunctionName=reconciler, Payload=json.dumps(event))
        body = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, body
        return body["ending"], body["counts"]

    yield invoke
    assert [entry for entry in ledger.entries(role="Reconciler") if not entry.allowed] == []


def test_what_stands_for_nobody_goes_and_everybody_else_is_recognized_as_before(
    deployed, operator, samples, obama, reconcile
):
    rekognition, collection = deployed.cloud.client("rekognition"), deployed.outputs.collection_id
    ending, before = reconcile()
    assert (ending, before["stray_users"], before["stray_faces"], before["missing_faces"]) == ("done", 0, 0, 0)
    rekognition.create_user(CollectionId=collection, UserId=OLD_USER)
    image = {"Bytes": (samples / "sunak.jpg").read_bytes()}
    [indexed] = rekognition.index_faces(CollectionId=collection, Image=image, ExternalImageId=OLD_PHOTO)["FaceRecords"]
    face_id = indexed["Face"]["FaceId"]
    rekognition.associate_faces(CollectionId=collection, UserId=OLD_USER, FaceIds=[face_id])

    ending, counts = reconcile()  # one of a few is more than 1 percent
    assert (ending, counts["stray_users"], counts["stray_faces"]) == ("stopped", 1, 1)
    assert rekognition.list_faces(CollectionId=collection, FaceIds=[face_id])["Faces"]

    ending, counts = reconcile(mostPercent=100)
    assert (ending, counts["removed_users"], counts["removed_faces"]) == ("done", 1, 1)
    assert rekognition.list_faces(CollectionId=collection, FaceIds=[face_id])["Faces"] == []
    assert reconcile() == ("done", before)
    [face] = operator.recognize((samples / "obama-2012.jpg").read_bytes()).faces
    assert face.person_id == obama
