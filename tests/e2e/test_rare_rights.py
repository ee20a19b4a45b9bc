"""Rights that functions need only when something goes wrong: it is made to, and they use them."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from client import ApiError
from tests.e2e.support import CONSENT, eventually, unused_ulid
from tests.faults.burst import THROTTLES, Proxy

LATER = {"times": 1, "latency": 3_000}  # milliseconds: of one call, before it is passed on; every client waits longer


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


def test_of_two_that_send_the_same_photo_together_one_finds_what_the_other_has_kept(deployed, samples, ledger, behind):
    with ThreadPoolExecutor() as threads:
        one, other = (sending.result() for sending in one_is_late(deployed, samples, behind, threads))
    assert one == other
    assert "s3:GetObject" in used(ledger, "Immediate")
    assert kept(deployed, one.id) == 1


def test_a_photo_that_arrives_when_its_recognition_was_deleted_is_deleted(deployed, user, samples, ledger, behind):
    with ThreadPoolExecutor() as threads:
        ended = as_completed(one_is_late(deployed, samples, behind, threads))
        recognition = next(ended).result()
        user.delete_recognition(recognition.id)
        with pytest.raises(ApiError) as refusal:
            next(ended).result()
    assert (refusal.value.status, refusal.value.code) == (404, "not_found")
    assert "s3:DeleteObjectVersion" in used(ledger, "Immediate")
    assert kept(deployed, recognition.id) == 0


def one_is_late(deployed, samples, behind, threads):
    """The same request sent twice at once, one of which is late to keep its photo."""
    proxy, photo = behind("Immediate"), (samples / "rocket.jpg").read_bytes()

    def send(key):
        with deployed.client("user") as user:
            return user.recognize_now(photo, idempotency_key=key)

    list(threads.map(send, (unused_ulid(), unused_ulid())))  # two workers are up
    proxy.set([{"service": "s3", "operation": "PutObject", **LATER}])
    key = unused_ulid()
    return [threads.submit(send, key) for _ in range(2)]


def test_a_photo_whose_keeping_was_not_answered_is_kept_once(deployed, user, samples, behind):
    behind("Immediate").set([{"service": "s3", "operation": "PutObject", "times": 1, "response": {"abort_bytes": 0}}])
    recognition = user.recognize_now((samples / "rocket.jpg").read_bytes())
    assert kept(deployed, recognition.id) == 1


def kept(deployed, recognition_id):
    """How many versions and delete markers the photo has."""
    versions = deployed.cloud.client("s3").list_object_versions(
        Bucket=deployed.outputs.bucket_name, Prefix=f"immediate/recognition/{recognition_id}"
    )
    return len(versions.get("Versions", [])) + len(versions.get("DeleteMarkers", []))
