"""Deployments: several in one account, and gone and back again."""

import httpx
import pytest

from local.deployment import Deployment
from tests.e2e.support import CONSENT, Deployed, registered


@pytest.fixture(scope="module")
def second(cloud, deployed):
    """A second deployment in the same account."""
    deployment = Deployment(cloud, name="Second")
    deployment.deploy()
    return deployment


@pytest.fixture(scope="module")
def other(cloud, second):
    """The second deployment, as long as it is there."""
    return Deployed(cloud, second.outputs(), stack=second.stack)


def test_deployments_side_by_side_know_nothing_of_each_other(deployed, other, samples, obama):
    ours, theirs = deployed.outputs, other.outputs
    for name in ("api_id", "bucket_name", "collection_id", "queue_url", "table_name", "user_pool_id", "sign_in_url"):
        assert getattr(ours, name) != getattr(theirs, name), name
    with other.client("operator") as stranger:
        [face] = stranger.recognize((samples / "obama-2012.jpg").read_bytes()).faces
    assert face.decision == "unknown"


def test_a_token_of_one_deployment_is_none_in_the_other(deployed, other):
    headers = {"authorization": f"Bearer {deployed.session('user').access_token()}"}
    assert httpx.get(f"{other.url}/me", headers=headers).status_code == 401


def test_what_is_deployed_is_not_deployed_again_unless_something_changed(cloud, deployed):
    assert Deployment(cloud).is_current()
    assert not Deployment(cloud, context={"trigger": "direct"}).is_current()
    assert not Deployment(cloud, name="Nothing").is_current()


def test_destroyed_and_deployed_again_it_begins_anew(cloud, second, other, samples):
    registered(other, "Jacinda Ardern", samples / "ardern-2018.jpg")
    collections = cloud.client("rekognition").list_collections
    assert other.outputs.collection_id in collections()["CollectionIds"]

    second.destroy()
    assert other.outputs.collection_id not in collections()["CollectionIds"]

    second.deploy()
    after = Deployed(cloud, second.outputs(), stack=second.stack)
    with after.client("operator") as operator:
        assert list(operator.people()) == []
        [face] = operator.recognize((samples / "ardern-2022.jpg").read_bytes()).faces
        assert face.decision == "unknown"
        assert operator.register_person("Jacinda Ardern", consent=CONSENT).faces == 0
