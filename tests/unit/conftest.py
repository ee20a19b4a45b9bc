"""The handlers on moto's S3, DynamoDB and SQS. Rekognition is in memory behind its port: moto has no collections."""

import importlib
import io
import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from adapters.erasure_queue import ErasureMessages
from adapters.erasures_table import ErasuresTable
from adapters.people_table import PeopleTable
from adapters.person_data import PersonDataTable
from adapters.photo_bucket import PhotoBucket
from adapters.photo_commits import PhotoCommitsTable
from adapters.photo_register import PhotoRegisterTable
from adapters.photo_versions import PhotoVersions
from adapters.pointers import pointers
from adapters.table import Table
from adapters.upload_queue import UploadQueue
from domain import times
from domain.decisions import DecisionPolicy
from domain.erasing import Eraser, Retention
from domain.erasures import Erasures, Reason
from domain.faces import Decision, RecognizedFace
from domain.ids import Kind, new_id
from domain.people import Consent, Person
from domain.photos import Photo, Purpose, Result, Status
from domain.processing import Arrival, Processor
from handlers import telemetry
from handlers.api import app as api
from handlers.api import context
from tests.rights import ERASURES, PHOTOS, RIGHTS

from . import acting, stored
from .data_model import strangers
from .documented_answers import is_documented
from .faster_moto import faster_moto
from .gallery import LARGEST, MemoryGallery
from .stored import BUCKET, TABLE

CONSENT = {"purpose": "access control", "textVersion": "2026-01", "givenAt": "2026-01-02T03:04:05Z"}
ADA = {"name": "Ada Lovelace", "consent": CONSENT}
LEASE = timedelta(seconds=75)


@dataclass
class Cloud:
    """The parts of the cloud that a test looks at, and a clock that it can set forward."""

    dynamodb: Any
    s3: Any
    sqs: Any
    queue_url: str
    erasure_queue_url: str
    gallery: MemoryGallery
    later: timedelta = timedelta()

    def now(self):
        return times.now() + self.later

    @property
    def table(self):
        return Table(self.dynamodb, TABLE)

    @property
    def people(self):
        return PeopleTable(self.table)

    @property
    def photos(self):
        return PhotoRegisterTable(self.table)

    @property
    def objects(self):
        return PhotoBucket(self.s3, BUCKET)

    @property
    def records(self):
        return PhotoCommitsTable(self.table, timedelta(days=90))

    @property
    def erasures(self):
        return Erasures(ErasuresTable(self.table), ErasureMessages(self.sqs, self.erasure_queue_url), self.now)

    def eraser(self):
        return Eraser(
            data=PersonDataTable(self.table),
            vectors=self.gallery,
            objects=PhotoVersions(self.s3, BUCKET),
            queue=ErasureMessages(self.sqs, self.erasure_queue_url),
            retention=Retention(photos=timedelta(days=30), backups=timedelta(days=35)),
            clock=self.now,
        )

    def erase(self, person, reason=Reason.REQUESTED):
        """Erase somebody to the end, or as far as one run of the worker comes."""
        erasure = acting.as_function(ERASURES, self.erasures.start)(person.id, reason)
        self.eraser().erase(erasure.id, until=self.now() + timedelta(minutes=4))
        return self.erasures.records.get(erasure.id)

    def processor(self, **changes):
        parts = {
            "people": self.people,
            "records": self.records,
            "known": self.records,
            "objects": self.objects,
            "gallery": self.gallery,
            "postponer": UploadQueue(self.sqs, self.queue_url, BUCKET),
            "policy": DecisionPolicy(95, 80),
            "max_faces": 40,
            "lease": LEASE,
            "clock": self.now,
        }
        return Processor(**parts | changes)

    def person(self, name="Ada Lovelace", **changes):
        person = Person(
            id=changes.pop("id", "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA"),
            name=name,
            created_at=times.now(),
            consent=Consent("access control", "2026-01", times.now(), changes.pop("expires_at", None)),
            **changes,
        )
        self.people.add(person, by="operator-1")
        return person

    def photo(self, photo_id="rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB", purpose=Purpose.RECOGNITION, **changes):
        photo = Photo(photo_id, changes.pop("owner", "user-1"), purpose, "image/jpeg", times.now(), **changes)
        self.photos.add(photo)
        return photo

    def registration(self, person, photo_id="reg_01JDZ6V8K2M3N4P5Q6R7S8T9VC"):
        return self.photo(photo_id, Purpose.REGISTRATION, person_id=person.id)

    def verification(self, person_id, photo_id="ver_01JDZ6V8K2M3N4P5Q6R7S8T9VE"):
        return self.photo(photo_id, Purpose.VERIFICATION, person_id=person_id)

    def seen(self, who, at, *, life=timedelta(days=90), **face):
        """Has somebody been recognized on a photo, by what a commit writes of it under the person; its id."""
        photo = Photo(new_id(Kind.RECOGNITION, at), "user-1", Purpose.RECOGNITION, "image/jpeg", at, uploaded_at=at)
        found = RecognizedFace(0, LARGEST.box, 99.0, Decision.MATCHED, who, 99.0)
        result = Result(Status.SUCCEEDED, at, faces=(replace(found, **face),))
        for item in pointers(photo, result).values():
            self.table.put(item | {"ttl": int((at + life).timestamp())}, condition="attribute_not_exists(pk)")
        return photo.id

    def upload(self, photo, content=b"photo"):
        key = photo if isinstance(photo, str) else photo.key
        version = self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)["VersionId"]
        return Arrival(key, version, len(content), times.now())

    def read(self, photo):
        return self.photos.get(photo.id, now=self.now())

    def versions(self, key):
        listed = self.s3.list_object_versions(Bucket=BUCKET, Prefix=key)
        return [version["VersionId"] for version in listed.get("Versions", [])]

    def tags(self, arrival):
        tagged = self.s3.get_object_tagging(Bucket=BUCKET, Key=arrival.key, VersionId=arrival.version)
        return {tag["Key"]: tag["Value"] for tag in tagged["TagSet"]}

    def messages(self, queue_url=None):
        # Delayed ones are not shown, and moto's clock cannot be set: so the queue's own delay is asked of the backend.
        attributes = self.sqs.get_queue_attributes(QueueUrl=queue_url or self.queue_url, AttributeNames=["All"])[
            "Attributes"
        ]
        return int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesDelayed"])

    def everything(self):
        """All that is stored anywhere, as one text to look for traces in."""
        return repr((stored.items(), self.gallery.people, self.gallery.faces))

    def items(self, pk):
        return {found_sk for found_pk, found_sk in stored.items() if found_pk == pk}


@pytest.fixture(scope="session")
def shared_clients():
    """Clients by service and settings, for the whole run: to make one takes longer than most tests."""
    return {}


@pytest.fixture(scope="session", autouse=True)
def moto_is_faster():
    with faster_moto():
        yield


@pytest.fixture(scope="session", autouse=True)
def functions_act():
    with pytest.MonkeyPatch.context() as patch:
        for name in RIGHTS:
            module = importlib.import_module(name.removesuffix(".handler"))
            patch.setattr(module, "handler", acting.as_function(name, module.handler))
        patch.setattr(Processor, "process", acting.as_function(PHOTOS, Processor.process, part=True))
        patch.setattr(Eraser, "erase", acting.as_function(ERASURES, Eraser.erase))
        yield


@pytest.fixture(autouse=True)
def no_function_asks_for_more_than_its_role_allows():
    acting.violations.clear()
    yield
    assert acting.violations == []


@pytest.fixture(scope="module", autouse=True)
def clients_are_made_once(shared_clients):
    make = boto3.client

    def client(service, **options):
        told = {name: vars(option) if name == "config" else option for name, option in options.items()}
        key = service, repr(sorted(told.items()))
        if key not in shared_clients:
            shared_clients[key] = make(service, **options)
            shared_clients[key].meta.events.register("before-parameter-build", acting.check)
        return shared_clients[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "client", client)
        yield


@pytest.fixture(scope="module")
def aws(clients_are_made_once):
    """Table, bucket and queues, made once for the tests of a file; what `Cloud` takes of it."""
    with mock_aws():
        with pytest.MonkeyPatch.context() as patch:  # the environment of a test is not there yet
            patch.setenv("AWS_DEFAULT_REGION", stored.REGION)
            dynamodb, s3, sqs = boto3.client("dynamodb"), boto3.client("s3"), boto3.client("sqs")
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "gsi1pk", "gsi1sk")
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "gsi1",
                    "KeySchema": [
                        {"AttributeName": "gsi1pk", "KeyType": "HASH"},
                        {"AttributeName": "gsi1sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield {
            "dynamodb": dynamodb,
            "s3": s3,
            "sqs": sqs,
            "queue_url": sqs.create_queue(QueueName="uploads")["QueueUrl"],
            "erasure_queue_url": sqs.create_queue(QueueName="erasures")["QueueUrl"],
        }


@pytest.fixture
def cloud(aws):
    yield Cloud(**aws, gallery=MemoryGallery())
    left = list(stored.items().values())
    stored.empty()
    assert strangers(left) == [], "docs/data-model.md lists every kind of item, and all that it holds"


@pytest.fixture
def lambda_context():
    return SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:test",
        aws_request_id="request-1",
    )


@pytest.fixture
def written(monkeypatch):
    """All that the functions write: log lines and metrics."""
    lines = io.StringIO()
    for log_handler in telemetry.logger.handlers:
        monkeypatch.setattr(log_handler, "stream", lines)
    monkeypatch.setattr(telemetry, "print", lambda line: lines.write(f"{line}\n"), raising=False)
    return lines.getvalue


@pytest.fixture
def call(cloud, monkeypatch, lambda_context):
    """Call the API as somebody; the answer is (status, body, headers)."""
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.setenv("BUCKET_NAME", BUCKET)
    monkeypatch.setenv("COLLECTION_ID", "people")
    monkeypatch.setenv("NAMES_FOR_USERS", "false")
    monkeypatch.setenv("SELF_REGISTRATION", "false")
    monkeypatch.setenv("POSTS_PER_MINUTE", "1000")
    monkeypatch.setenv("AUDIT_DAYS", "90")
    monkeypatch.setenv("RESULT_DAYS", "90")
    monkeypatch.setenv("MONTHLY_BUDGET_DOLLARS", "50")
    monkeypatch.setenv("ERASURE_QUEUE_URL", cloud.erasure_queue_url)
    context.wired.cache_clear()

    def call(
        method,
        path,
        body=None,
        *,
        groups="",
        sub="user-1",
        query=None,
        token_use="access",
        raw=None,
        key=None,
        headers=None,
    ):
        claims = {"sub": sub, "token_use": token_use} | ({"cognito:groups": groups} if groups else {})
        named = re.search(r"(?<=/)[a-z]{3}_\w+", path)
        event = {
            "version": "2.0",
            "routeKey": f"{method} {path.replace(named.group(), '{id}') if named else path}",
            "pathParameters": {"id": named.group()} if named else None,
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"content-type": "application/json"}
            | ({"idempotency-key": key} if key is not None else {})
            | (headers or {}),
            "queryStringParameters": query or {},
            "requestContext": {
                "requestId": "request-1",
                "stage": "$default",
                "http": {"method": method, "path": path},
                "authorizer": {"jwt": {"claims": claims}},
            },
            "body": raw if raw is not None else (json.dumps(body) if body is not None else None),
            "isBase64Encoded": False,
        }
        answer = api.handler(event, lambda_context)
        headers = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
        headers |= {name.lower(): value[0] for name, value in (answer.get("multiValueHeaders") or {}).items()}
        if "json" in headers.get("content-type", "json"):
            body = json.loads(answer["body"]) if answer["body"] else {}
            code = body.get("code")
        else:
            body, code = answer["body"], None
        assert is_documented(method, path, answer["statusCode"], code), (answer["statusCode"], body)
        return answer["statusCode"], body, headers

    yield call
    context.wired.cache_clear()


def as_admin(call):
    return lambda *args, **kwargs: call(*args, **{"groups": "[admin]", "sub": "admin-1"} | kwargs)


def set_clock_forward(monkeypatch, by):
    later = times.now() + by
    monkeypatch.setattr(times, "now", lambda: later)


def as_operator(call):
    return lambda *args, **kwargs: call(*args, **{"groups": "[operator]", "sub": "operator-1"} | kwargs)


def every_page(read, **query):
    """All pages of a list, by a function that reads one."""
    pages = []
    while True:
        pages.append(read(**query)[1])
        if pages[-1]["nextCursor"] is None:
            return pages
        query["cursor"] = pages[-1]["nextCursor"]


@pytest.fixture
def rekognition():
    return boto3.client("rekognition")


@pytest.fixture
def stub(rekognition):
    """What Rekognition answers, held against botocore's own model of it."""
    with Stubber(rekognition) as stub:
        yield stub
        stub.assert_no_pending_responses()
