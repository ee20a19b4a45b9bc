"""Rights that functions need only when something goes wrong: it is made to, and they use them."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.support import CONSENT, eventually
from tests.faults.burst import THROTTLES, Proxy

LATER = {"times": 1, "latency": 4_000}  # milliseconds: of one call, before it is passed on


@pytest.fixture(scope="module")
def proxy(deployed, tmp_path_factory):
    log = tmp_path_factory.mktemp("rare-rights") / "microburst.log"
    with Proxy(deployed.cloud, seed=int(os.environ["FAULTS_SEED"]), log=log) as proxy:
        yield proxy


@pytest.fixture
def behind(deployed, proxy):
    """Has a function of the stack find AWS behind the proxy, which it returns, until the test ends."""
    functions = deployed.cloud.client("lambda")
    resources = deployed.cloud.client("cloudformation").describe_stack_resources(StackName=deployed.stack)
    before = {}

    def put(name, variables):
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})

    def behind(part):
        [name] = [
            found["PhysicalResourceId"]
            for found in resources["StackResources"]
            if found["ResourceType"] == "AWS::Lambda::Function" and found["LogicalResourceId"].startswith(part)
        ]
        before[name] = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        put(name, {**before[name], "AWS_ENDPOINT_URL": proxy.url})
        return proxy

    yield behind
    proxy.set([])
    for name, variables in before.items():
        put(name, variables)


def used(ledger, role):
    return {entry.action for entry in ledger.entries(role=role) if entry.allowed}


def test_a_photo_is_put_off_by_a_message_while_rekognition_throttles(user, samples, ledger, behind):
    proxy = behind("Photos")
    code, status = THROTTLES["rekognition"]
    proxy.set([{"service": "rekognition", "error": {"code": code, "status": status}}])
    begun = user.begin_recognition(content_type="image/jpeg")
    user.upload(begun.upload, (samples / "rocket.jpg").read_bytes())
    sent = "sqs:SendMessage"
    assert sent in eventually(lambda: used(ledger, "Photos"), lambda actions: sent in actions, seconds=30)
    assert user.recognition(begun.id).status == "processing"
    proxy.set([])
    assert user.wait_for_recognition(begun.id).status == "succeeded"


def test_a_face_is_taken_back_whose_person_withdrew_their_consent_meanwhile(
    deployed, operator, samples, ledger, behind
):
    person = operator.register_person("Niels Bohr", consent=CONSENT)
    behind("Photos").set([{"service": "rekognition", "operation": "AssociateFaces", **LATER}])
    begun = operator.begin_registration(person.id, content_type="image/jpeg")
    operator.upload(begun.upload, (samples / "sunak.jpg").read_bytes())
    stored = "rekognition:IndexFaces"
    eventually(lambda: used(ledger, "Photos"), lambda actions: stored in actions, seconds=30)
    operator.change_person(operator.person(person.id), withdraw_consent=True)
    ended = operator.wait_for_registration(begun.id)
    assert (ended.status, ended.error.code) == ("rejected", "person_erasing")
    assert used(ledger, "Photos") >= {stored, "rekognition:DisassociateFaces", "rekognition:DeleteFaces"}
    faces = deployed.cloud.client("rekognition").list_faces(CollectionId=deployed.outputs.collection_id)["Faces"]
    assert begun.id not in {face["ExternalImageId"] for face in faces}


def test_of_two_that_send_the_same_photo_together_the_versions_of_one_are_deleted(deployed, samples, ledger, behind):
    proxy, photo = behind("Immediate"), (samples / "rocket.jpg").read_bytes()

    def send(key):
        with deployed.client("user") as user:
            return user.recognize_now(photo, idempotency_key=key)

    with ThreadPoolExecutor() as threads:
        list(threads.map(send, ("rare-1", "rare-2")))  # two workers are up
        proxy.set([{"service": "s3", "operation": "PutObject", **LATER}])
        one, other = threads.map(send, ("rare-3", "rare-3"))
    assert one == other
    assert "s3:DeleteObjectVersion" in used(ledger, "Immediate")
    versions = deployed.cloud.client("s3").list_object_versions(
        Bucket=deployed.outputs.bucket_name, Prefix=f"immediate/recognition/{one.id}"
    )
    assert len(versions["Versions"]) == 1
    assert versions.get("DeleteMarkers", []) == []
