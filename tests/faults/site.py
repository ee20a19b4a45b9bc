"""What a photo processor works on, in the local AWS of the whole run: a deployed stack's, or made for one test."""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config

from adapters.people_table import PeopleTable
from adapters.photo_register import PhotoRegisterTable
from adapters.table import Table, plain
from domain import ids, times
from domain.people import Consent, Person
from domain.photos import Photo
from local.cloud import LocalCloud

AS_BROWSERS_DO = Config(request_checksum_calculation="when_required")  # upload without a checksum
INDEX: Any = {
    "IndexName": "gsi1",
    "KeySchema": [
        {"AttributeName": "gsi1pk", "KeyType": "HASH"},
        {"AttributeName": "gsi1sk", "KeyType": "RANGE"},
    ],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


@dataclass(frozen=True)
class Site:
    """A table, a bucket, queues and a collection, and a look at all of it."""

    cloud: LocalCloud
    table_name: str
    bucket: str
    collection_id: str
    queue_url: str
    dead_letters_url: str
    clients: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def make(cls, cloud: LocalCloud, *, visibility_seconds: int, max_receive_count: int) -> "Site":
        """Make everything, under a new name and without a stack."""
        name = f"faults-{secrets.token_hex(6)}"
        sqs, s3 = cloud.client("sqs"), cloud.client("s3")
        dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": max_receive_count})
        attributes = {"VisibilityTimeout": str(visibility_seconds), "RedrivePolicy": policy}
        queue = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        cloud.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk", "gsi1pk", "gsi1sk")
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[INDEX],
        )
        cloud.client("rekognition").create_collection(CollectionId=name)
        return cls(cloud, name, name, name, queue, dead)

    @classmethod
    def of(cls, cloud: LocalCloud, outputs: Mapping[str, str]) -> "Site":
        """That of a stack, by its outputs."""
        return cls(
            cloud,
            table_name=outputs["TableName"],
            bucket=outputs["BucketName"],
            collection_id=outputs["CollectionId"],
            queue_url=outputs["QueueUrl"],
            dead_letters_url=outputs["DeadLetterQueueUrl"],
        )

    def client(self, service: str) -> Any:
        """A client that reaches the local AWS directly, made once."""
        if service not in self.clients:
            self.clients[service] = self.cloud.client(service, config=AS_BROWSERS_DO)
        return self.clients[service]

    @property
    def table(self) -> Table:
        """The table, reached directly."""
        return Table(self.client("dynamodb"), self.table_name)

    def settings(self, endpoint: str) -> Mapping[str, str]:
        """The environment of a photo processor that finds AWS at `endpoint`. It paces nothing."""
        return {
            **self.cloud.aws_environment(),
            "AWS_ENDPOINT_URL": endpoint,
            "TABLE_NAME": self.table_name,
            "BUCKET_NAME": self.bucket,
            "COLLECTION_ID": self.collection_id,
            "QUEUE_URL": self.queue_url,
            "MATCH_THRESHOLD": "95",
            "REVIEW_THRESHOLD": "80",
            "MAX_FACES": "40",
            "CALLS_PER_SECOND": "10000",
            "RESULT_DAYS": "30",
            "LEASE_SECONDS": "75",
            "POWERTOOLS_SERVICE_NAME": "photos",
            "POWERTOOLS_METRICS_NAMESPACE": "Faults",
            "POWERTOOLS_LOG_LEVEL": "WARNING",
        }

    def person(self, name: str) -> Person:
        """Somebody new, who consents."""
        now = times.now()
        person = Person(ids.new_id(ids.Kind.PERSON, now), name, now, Consent("test", "1", now))
        PeopleTable(self.table).add(person, by="operator")
        return person

    def add(self, photo: Photo) -> None:
        """Make the record of a photo."""
        PhotoRegisterTable(self.table).add(photo)

    def items(self) -> Iterator[dict[str, Any]]:
        """All that the table holds."""
        for page in self.client("dynamodb").get_paginator("scan").paginate(TableName=self.table_name):
            yield from map(plain, page["Items"])

    def vectors(self) -> dict[str, str | None]:
        """All faces in the collection, and whose they are."""
        pages = self.client("rekognition").get_paginator("list_faces").paginate(CollectionId=self.collection_id)
        return {face["FaceId"]: face.get("UserId") for page in pages for face in page["Faces"]}

    def versions(self) -> dict[str, list[str]]:
        """All versions of all objects, by key."""
        found: dict[str, list[str]] = {}
        for page in self.client("s3").get_paginator("list_object_versions").paginate(Bucket=self.bucket):
            for version in page.get("Versions", []):
                found.setdefault(version["Key"], []).append(version["VersionId"])
        return found

    def waiting(self, queue_url: str) -> int:
        """Messages in a queue, also those in work or not due yet."""
        found = self.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
        return sum(int(count) for name, count in found.items() if name.startswith("ApproximateNumberOfMessages"))
