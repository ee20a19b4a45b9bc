"""The photo pipeline of a deployed stack, without an API: records by the adapters, uploads as browsers do them."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import boto3
import httpx
from botocore.config import Config

from adapters.people_table import PeopleTable
from adapters.photo_register import PhotoRegisterTable
from adapters.table import Table
from adapters.upload_signer import PresignedPosts
from domain import ids, times
from domain.people import Consent, Person
from domain.photos import ID_KINDS, Photo, Purpose, Result
from infra import redrive
from local.cloud import REGION, LocalCloud
from tests.e2e.support import eventually

# Seconds, when time runs faster; a photo takes a tenth of one, once a worker has started.
TIMEOUT, LEASE, VISIBILITY = 8, 9, 11


class Pipeline:
    """A stack with an upload pipeline, and what the API would do for it."""

    def __init__(self, cloud: LocalCloud, stack: str) -> None:
        self.cloud, self.stack = cloud, stack
        described = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        self.bucket = self.outputs["BucketName"]
        table = Table(cloud.client("dynamodb"), self.outputs["TableName"])
        self.table, self.photos, self.people = table, PhotoRegisterTable(table), PeopleTable(table)
        self.s3 = cloud.client("s3")

    @cached_property
    def function(self) -> str:
        """The name of the photo function."""
        resources = self.cloud.client("cloudformation").describe_stack_resources(StackName=self.stack)
        [name] = [
            found["PhysicalResourceId"]
            for found in resources["StackResources"]
            if found["ResourceType"] == "AWS::Lambda::Function" and found["LogicalResourceId"].startswith("Photos")
        ]
        return str(name)

    @contextlib.contextmanager
    def sooner(self, *, visibility: int = VISIBILITY, most_receives: int = 5, **variables: str) -> Iterator[None]:
        """Have time run faster for the photo function, and its environment be different, for a while.

        The order between its timeout, a claim and a message that is hidden is that of the deployed service.
        """
        assert TIMEOUT < LEASE < VISIBILITY
        functions, sqs = self.cloud.client("lambda"), self.cloud.client("sqs")
        queue, changed = self.outputs["QueueUrl"], ["VisibilityTimeout", "RedrivePolicy"]
        before = functions.get_function_configuration(FunctionName=self.function)
        hidden = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=changed)["Attributes"]
        environment = {**before["Environment"]["Variables"], "LEASE_SECONDS": str(LEASE), **variables}
        redrive_policy = json.loads(hidden["RedrivePolicy"]) | {"maxReceiveCount": most_receives}
        attributes = {"VisibilityTimeout": str(visibility), "RedrivePolicy": json.dumps(redrive_policy)}
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=attributes)
        functions.update_function_configuration(
            FunctionName=self.function, Timeout=TIMEOUT, Environment={"Variables": environment}
        )
        try:
            yield
        finally:
            kept = {key: before[key] for key in ("Timeout", "Environment")}
            functions.update_function_configuration(FunctionName=self.function, **kept)
            sqs.set_queue_attributes(QueueUrl=queue, Attributes=hidden)

    def person(self) -> str:
        """Somebody new, who consents; the id."""
        consent = Consent("test", "1", datetime(2026, 1, 1, tzinfo=UTC))
        now = times.now()
        person = Person(ids.new_id(ids.Kind.PERSON, now), name="Jacinda Ardern", created_at=now, consent=consent)
        self.people.add(person, by="operator")
        return person.id

    def photo(self, purpose: Purpose = Purpose.RECOGNITION, person_id: str | None = None) -> Photo:
        """The record of a photo that may be uploaded."""
        now = times.now()
        photo_id = ids.new_id(ID_KINDS[purpose], now)
        return self.photos.add(Photo(photo_id, "somebody", purpose, "image/jpeg", now, person_id=person_id))

    def post(self, photo: Photo, content: bytes) -> None:
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

    def tell(self, event: dict[str, Any], *, after: int = 0) -> None:
        """Tell of an upload as S3 does, by the stack's own trigger; only a queue can keep it some seconds first."""
        found = self.s3.get_bucket_notification_configuration(Bucket=self.bucket)
        body = json.dumps(event)
        if "QueueConfigurations" in found:
            sqs = self.cloud.client("sqs")
            sqs.send_message(QueueUrl=self.outputs["QueueUrl"], MessageBody=body, DelaySeconds=after)
        else:
            self.cloud.client("lambda").invoke(FunctionName=self.function, InvocationType="Event", Payload=body)

    def result(self, photo: Photo, *, seconds: float = 15.0) -> Result | None:
        """What came of a photo, once there is something."""

        def read() -> Result | None:
            found = self.photos.get(photo.id, now=times.now())
            return found[1] if found else None

        return eventually(read, bool, seconds=seconds)

    def versions(self, photo: Photo) -> list[dict[str, Any]]:
        """All versions of the photo's object."""
        return list(self.s3.list_object_versions(Bucket=self.bucket, Prefix=photo.key).get("Versions", []))

    def waiting(self, output: str = "QueueUrl") -> int:
        """Messages in the queue that this output names, also those in work or not due yet."""
        sqs = self.cloud.client("sqs")
        found = sqs.get_queue_attributes(QueueUrl=self.outputs[output], AttributeNames=["All"])["Attributes"]
        return sum(int(count) for name, count in found.items() if name.startswith("ApproximateNumberOfMessages"))

    def put_back(self) -> list[str]:
        """Send the dead letters back by the command that operators have; of which photos they were."""
        found = redrive.Redrive(self._queues(), sqs=self.cloud.client("sqs"), replay=lambda _body: None)
        letters = list(found.run(["photos"], go=True))
        assert {outcome for _, outcome in letters} <= {"went back"}
        return [letter.subject for letter, _ in letters]

    def _queues(self) -> redrive.Stack:
        if "ApiId" in self.outputs:
            return redrive.find(self.stack, self.cloud.client("cloudformation"))
        dead, source = self.outputs["DeadLetterQueueUrl"], self.outputs["QueueUrl"]
        return redrive.Stack({"photos": dead}, {"photos": source}, announcer="")  # a stack of a pipeline only

    def dead_letters(self) -> list[dict[str, Any]]:
        """Take from the dead letters what is there, ten at most."""
        sqs, url = self.cloud.client("sqs"), self.outputs["DeadLetterQueueUrl"]
        found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found]
