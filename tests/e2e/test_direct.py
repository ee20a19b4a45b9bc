"""The direct trigger, end to end in a small stack of its own: S3 invokes the photo processor."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import httpx
import pytest
from botocore.config import Config

from adapters.people_table import PeopleTable
from adapters.photo_register import PhotoRegisterTable
from adapters.table import Table, values
from adapters.upload_signer import PresignedPosts
from domain import ids, times
from domain.people import Consent, Person
from domain.photos import ID_KINDS, Photo, Purpose, Status
from local.cloud import REGION
from local.deployment import Deployment
from tests.e2e.support import eventually


class Direct:
    """The small stack, and what the API would do for it."""

    def __init__(self, cloud, stack):
        self.cloud, self.stack = cloud, stack
        described = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        self.bucket = self.outputs["BucketName"]
        table = Table(cloud.client("dynamodb"), self.outputs["TableName"])
        self.table, self.photos, self.people = table, PhotoRegisterTable(table), PeopleTable(table)
        self.s3 = cloud.client("s3")

    def person(self):
        consent = Consent("test", "1", datetime(2026, 1, 1, tzinfo=UTC))
        now = times.now()
        person = Person(ids.new_id(ids.Kind.PERSON, now), name="Jacinda Ardern", created_at=now, consent=consent)
        self.people.add(person, by="operator")
        return person.id

    def photo(self, purpose=Purpose.RECOGNITION, person_id=None):
        now = times.now()
        photo_id = ids.new_id(ID_KINDS[purpose], now)
        return self.photos.add(Photo(photo_id, "somebody", purpose, "image/jpeg", now, person_id=person_id))

    def post(self, photo, content):
        """Upload as a browser does, by a presigned POST."""
        signer = boto3.client(
            "s3",
            endpoint_url=self.cloud.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(signature_version="s3v4"),
        )
        upload = PresignedPosts(signer, self.bucket).sign(photo, expires_at=times.now() + timedelta(minutes=5))
        files = {"file": ("photo.jpg", content, "image/jpeg")}
        answer = httpx.post(upload.url, data=dict(upload.fields), files=files)
        assert answer.status_code in {200, 204}, answer.text

    def result(self, photo):
        def read():
            found = self.photos.get(photo.id, now=times.now())
            return found[1] if found else None

        return eventually(read, bool)

    def versions(self, photo):
        return self.s3.list_object_versions(Bucket=self.bucket, Prefix=photo.key).get("Versions", [])

    def dead_letters(self):
        asked = {"QueueUrl": self.outputs["DeadLetterQueueUrl"], "WaitTimeSeconds": 1}
        found = self.cloud.client("sqs").receive_message(**asked).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]


@pytest.fixture(scope="module")
def direct(cloud, deployed):
    """Never destroyed: the cloud that it is in ends with the tests."""
    deployment = Deployment(cloud, name="Direct", app="-m tests.e2e.direct.app")
    deployment.deploy()
    return Direct(cloud, deployment.stack)


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


def test_what_fails_thrice_is_a_dead_letter_and_is_done_once_it_is_put_into_the_queue(direct, samples):
    photo = direct.photo()
    record = direct.table.get(f"R#{photo.id}", "A")
    spoilt = record | {"status": "no status that there is"}
    direct.table.client.put_item(TableName=direct.table.name, Item=values(spoilt))
    direct.post(photo, (samples / "rocket.jpg").read_bytes())
    [letter] = eventually(direct.dead_letters, bool)
    assert letter["requestContext"]["approximateInvokeCount"] == 3
    assert letter["requestPayload"]["Records"][0]["s3"]["object"]["key"] == photo.key

    direct.table.client.put_item(TableName=direct.table.name, Item=values(record))
    sqs = direct.cloud.client("sqs")
    sqs.send_message(QueueUrl=direct.outputs["QueueUrl"], MessageBody=json.dumps(letter["requestPayload"]))
    assert direct.result(photo).status is Status.SUCCEEDED
