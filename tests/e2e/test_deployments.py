"""Deployments: several in one account, the other trigger, and gone and back again."""

import httpx
import pytest

from local.deployment import Deployment
from tests.e2e.support import CONSENT, Deployed, eventually, registered


@pytest.fixture(scope="module")
def direct(cloud, deployed):
    """A second deployment in the same account, in which S3 invokes the function itself."""
    deployment = Deployment(cloud, name="Direct", context={"trigger": "direct"})
    deployment.deploy()
    # Never destroyed: the cloud that it is in ends with the tests.
    return Deployed(cloud, deployment.outputs(), stack=deployment.stack)


def test_with_the_direct_trigger_a_photo_is_recognized_without_a_queue(direct, samples, ledger):
    person = registered(direct, "Jacinda Ardern", samples / "ardern-2018.jpg")
    with direct.client("operator") as operator:
        recognition = operator.recognize((samples / "ardern-2022.jpg").read_bytes())
    assert [face.person_id for face in recognition.faces] == [person]
    entries = ledger.entries(role=f"{direct.stack}-Photos")
    assert {entry.via for entry in entries} == {"request", "rekognition"}
    assert [entry for entry in entries if not entry.allowed] == []


def test_with_the_direct_trigger_recognition_at_once_starts_nothing_either(direct, samples, ledger):
    with direct.client("user") as user:
        assert user.recognize_now((samples / "sunak.jpg").read_bytes()).status == "succeeded"
    assert ledger.entries(role=f"{direct.stack}-Photos") == []
    assert [entry for entry in ledger.entries(role=f"{direct.stack}-Immediate") if not entry.allowed] == []


def test_with_the_direct_trigger_a_second_upload_changes_nothing(direct, samples):
    with direct.client("user") as user:
        begun = user.begin_recognition(content_type="image/jpeg")
        user.upload(begun.upload, (samples / "rocket.jpg").read_bytes())
        recognition = user.wait_for_recognition(begun.id)
        user.upload(begun.upload, (samples / "sunak.jpg").read_bytes())
        s3, bucket = direct.cloud.client("s3"), direct.outputs.bucket_name

        def versions():
            return len(s3.list_object_versions(Bucket=bucket, Prefix=begun.upload.fields["key"])["Versions"])

        assert eventually(versions, lambda count: count == 1) == 1
        assert user.recognition(begun.id) == recognition


def test_deployments_side_by_side_know_nothing_of_each_other(deployed, direct, samples, obama):
    ours, theirs = deployed.outputs, direct.outputs
    for name in ("api_id", "bucket_name", "collection_id", "queue_url", "table_name", "user_pool_id", "sign_in_url"):
        assert getattr(ours, name) != getattr(theirs, name), name
    with direct.client("operator") as stranger:
        [face] = stranger.recognize((samples / "obama-2012.jpg").read_bytes()).faces
    assert face.decision == "unknown"


def test_a_token_of_one_deployment_is_none_in_the_other(deployed, direct):
    headers = {"authorization": f"Bearer {deployed.session('user').access_token()}"}
    assert httpx.get(f"{direct.url}/me", headers=headers).status_code == 401


def test_destroyed_and_deployed_again_it_begins_anew(cloud, deployed, samples):
    deployment = Deployment(cloud, name="Again")
    deployment.deploy()
    before = Deployed(cloud, deployment.outputs(), stack=deployment.stack)
    registered(before, "Jacinda Ardern", samples / "ardern-2018.jpg")
    collections = cloud.client("rekognition").list_collections
    assert before.outputs.collection_id in collections()["CollectionIds"]

    deployment.destroy()
    assert before.outputs.collection_id not in collections()["CollectionIds"]

    deployment.deploy()
    after = Deployed(cloud, deployment.outputs(), stack=deployment.stack)
    with after.client("operator") as operator:
        assert list(operator.people()) == []
        [face] = operator.recognize((samples / "ardern-2022.jpg").read_bytes()).faces
        assert face.decision == "unknown"
        assert operator.register_person("Jacinda Ardern", consent=CONSENT).faces == 0


def test_what_is_deployed_is_not_deployed_again_unless_something_changed(cloud, deployed):
    assert Deployment(cloud).is_current()
    assert not Deployment(cloud, context={"trigger": "direct"}).is_current()
    assert not Deployment(cloud, name="Nothing").is_current()
