"""All handlers in one process, on moto and on Rekognition in memory, with a clock that can be set forward.

Every call that a handler makes to AWS passes by here: it can be counted, refused, or be the last thing that happens.
"""

import base64
import contextlib
import datetime as dt
import importlib
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from types import SimpleNamespace
from typing import Any, ClassVar, Self
from unittest import mock

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.backends import get_backend

from adapters.people_table import PeopleTable
from adapters.photo_register import PhotoRegisterTable
from adapters.table import Table, plain
from domain import times
from domain.people import Consent, Person
from domain.photos import Photo, Purpose
from infra import redrive
from tests.faults.fake_rekognition import FakeRekognition, RefusedError
from tests.faults.site import INDEX

TABLE, BUCKET = "faces", "photos"
ACCOUNT, REGION = "123456789012", "us-east-1"  # moto's, and ours
QUEUES = ("uploads", "erasures")
DEAD_LETTERS = {"photos": "uploads-dead", "erasures": "erasures-dead"}
WIRINGS = ("api", "erasures", "events", "immediate", "photos", "reconciliation")
NOWHERE = "http://127.0.0.1:9"  # of what is answered here: moto leaves it alone
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "Faults",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
}
NUMBERS = {"MATCH_THRESHOLD": "95", "REVIEW_THRESHOLD": "80", "MAX_FACES": "40", "LEASE_SECONDS": "75"}


Deadly = Callable[[str, str], bool]
"""Whether the process dies at a call (as in `s3.GetObject`), on this side of it: before or after."""


class Died(BaseException):
    """The process is gone. Nothing in it can catch this."""


class World:
    """The whole service. A context manager; one at a time.

    Clients are made once for all worlds: to make one takes longer than most of what is done with it.
    """

    clients: ClassVar[dict[str, Any]] = {}
    current: ClassVar["World"]

    def __init__(self) -> None:
        self._exits = contextlib.ExitStack()
        self.later = dt.timedelta()
        self.calls: list[str] = []
        self._deadly: Deadly = lambda _operation, _side: False
        self.busy: Callable[[str], bool] = lambda _operation: False
        self.published: list[dict[str, Any]] = []
        self.sent: list[tuple[dt.datetime, dict[str, Any]]] = []
        self.rekognition = FakeRekognition(self._read)
        self._quiet = 0

    def __enter__(self) -> Self:
        World.current = self
        enter = self._exits.enter_context
        enter(mock.patch.dict(os.environ, CREDENTIALS))
        enter(mock_aws())
        self._make: Any = boto3.client
        enter(mock.patch.object(boto3, "client", self._client))
        enter(mock.patch.object(times, "now", self._clock))
        enter(mock.patch.object(time, "sleep", self._sleep))
        enter(mock.patch.object(redrive, "_WAIT", 0))  # seconds, which would go by in earnest: moto is asked at once
        with self.quiet():
            self._build()
        enter(mock.patch.dict(os.environ, self._settings()))
        self.restart()
        return self

    def __exit__(self, *_: object) -> None:
        self.restart()
        self._exits.close()

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Calls made in here are the test's own."""
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def arm(self, deadly: Deadly) -> None:
        """Begin to count the handlers' calls, and have the process die where `deadly` says."""
        self.calls, self._deadly = [], deadly

    def survives(self, act: Callable[[], object]) -> bool:
        """Whether the process lives to the end of `act`. If not, another one is started."""
        try:
            act()
        except Died:
            self.restart()
            return False
        finally:
            self._deadly = lambda _operation, _side: False
        return True

    def restart(self) -> None:
        """What a process keeps from one call to the next is gone."""
        for name, module in list(sys.modules.items()):
            if name.startswith("handlers.") and hasattr(wired := getattr(module, "wired", None), "cache_clear"):
                wired.cache_clear()

    def handler(self, name: str) -> Callable[[Any], Any]:
        """A handler, by the name of its module."""
        handle = importlib.import_module(f"handlers.{name}").handler
        context = SimpleNamespace(
            function_name="test",
            memory_limit_in_mb=512,
            invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:test",
            aws_request_id="request-1",
            get_remaining_time_in_millis=lambda: 900_000,
        )
        return lambda event: handle(event, context)

    @property
    def table(self) -> Table:
        """The table."""
        return Table(boto3.client("dynamodb"), TABLE)

    def person(self, person_id: str, name: str, **changes: Any) -> Person:
        """Somebody new, who consents."""
        consent = Consent("access control", "1", times.now(), changes.pop("expires_at", None))
        person = Person(id=person_id, name=name, created_at=times.now(), consent=consent, **changes)
        with self.quiet():
            PeopleTable(self.table).add(person, by="operator")
        return person

    def photo(self, photo_id: str, purpose: Purpose, person_id: str | None = None, owner: str = "user-1") -> Photo:
        """The record of a photo that may be uploaded."""
        photo = Photo(photo_id, owner, purpose, "image/jpeg", times.now(), person_id=person_id)
        with self.quiet():
            PhotoRegisterTable(self.table).add(photo)
        return photo

    def upload(self, key: str, content: bytes) -> dict[str, Any]:
        """Put an object; S3's event about it."""
        with self.quiet():
            version = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)["VersionId"]
        s3_object = {"key": key, "size": len(content), "versionId": version}
        record = {"eventTime": times.to_text(times.now()), "s3": {"bucket": {"name": BUCKET}, "object": s3_object}}
        return {"Records": [record]}

    def deliver(self, body: dict[str, Any], *, to: str = "photos") -> bool:
        """Hand a queue's message to a handler; whether it is done with it."""
        message = {"eventSource": "aws:sqs", "messageId": "message-1", "body": json.dumps(body)}
        return not self.handler(to)({"Records": [message]})["batchItemFailures"]

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        photo: bytes | None = None,
        key: str | None = None,
        sub: str = "admin-1",
        groups: str = "[admin operator]",
        handler: str = "api.app",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Send a request to the API: status and body."""
        claims = {"sub": sub, "token_use": "access", "cognito:groups": groups}
        sent = {"content-type": "application/json" if photo is None else "image/jpeg"} | (headers or {})
        if key:
            sent["idempotency-key"] = key
        answer = self.handler(handler)(
            {
                "version": "2.0",
                "routeKey": re.sub(r"[a-z]{3}_[0-9A-Z]{26}", "{id}", f"{method} {path}"),
                "rawPath": path,
                "rawQueryString": "",
                "headers": sent,
                "queryStringParameters": {},
                "requestContext": {
                    "requestId": "request-1",
                    "stage": "$default",
                    "http": {"method": method, "path": path},
                    "authorizer": {"jwt": {"claims": claims}},
                },
                "body": base64.b64encode(photo).decode() if photo else json.dumps(body) if body is not None else None,
                "isBase64Encoded": photo is not None,
            }
        )
        return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else {}

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Take everything out of a queue: of moto's own, which takes a tenth of the time that calls would."""
        held = get_backend("sqs")[ACCOUNT][REGION].queues[queue]._messages
        taken = [json.loads(message.body) for message in held]
        held.clear()
        return taken

    def put_back(self, kind: str, letter: dict[str, Any]) -> None:
        """A message has become a dead letter, and operators put it back into its queue by what they have for that."""
        sqs = boto3.client("sqs")
        with self.quiet():
            sources, dead = (
                {kind: sqs.get_queue_url(QueueName=name)["QueueUrl"] for kind, name in names.items()}
                for names in (dict(zip(DEAD_LETTERS, QUEUES, strict=True)), DEAD_LETTERS)
            )
            sqs.send_message(QueueUrl=dead[kind], MessageBody=json.dumps(letter))
            command = redrive.Redrive(redrive.Stack(dead, sources, announcer=""), sqs=sqs, replay=lambda _body: None)
            assert [outcome for _, outcome in command.run([kind], go=True)] == ["went back"]

    def items(self) -> list[dict[str, Any]]:
        """All that the table holds; see `messages`."""
        held = get_backend("dynamodb")[ACCOUNT][REGION].tables[TABLE].items
        return [plain(item.to_json()["Attributes"]) for partition in held.values() for item in partition.values()]

    def objects(self) -> list[dict[str, Any]]:
        """All versions of all objects."""
        with self.quiet():
            found: Any = boto3.client("s3").list_object_versions(Bucket=BUCKET)
        return list(found.get("Versions", []))

    def drain(self) -> None:
        """Let the workers and the schedule do their work until nothing is left to do."""
        for _ in range(20):
            self.later += dt.timedelta(minutes=2)
            left = [("photos", body) for body in self.messages("uploads")]
            left += [("erasures", body) for body in self.messages("erasures")]
            for to, body in left:
                assert self.deliver(body, to=to), body
            if not left:
                return
        raise AssertionError("the queues do not get empty")

    def settle(self) -> None:
        """A day goes by: the workers work, the schedule looks, the bucket's lifecycle ends what is left over."""
        self.drain()
        self.later += dt.timedelta(minutes=20)
        self.handler("erasures")({})
        self.drain()
        with self.quiet():
            for version in self.objects():
                if not version["IsLatest"]:
                    boto3.client("s3").delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])

    def _sleep(self, seconds: float) -> None:
        self.later += dt.timedelta(seconds=seconds)

    def _clock(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.later

    def _client(self, service: str, **options: Any) -> Any:
        config = options.get("config")
        known = f"{service} {sorted(vars(config).items(), key=str) if config else ''}"
        if known not in self.clients:
            if service in {"rekognition", "events"}:
                options["endpoint_url"] = NOWHERE
            made = self.clients[known] = self._make(service, **options)
            made.meta.events.register_first("before-send", _before)
            made.meta.events.register("after-call", _after)
            made.meta.events.register("provide-client-params.sqs.SendMessage", _at_once)
        return self.clients[known]

    def before(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        """A call is about to be made. What is returned is its answer; nothing leaves it to moto."""
        service, operation = event_name.split(".")[1:]
        if not self._quiet:
            self.calls.append(f"{service}.{operation}")
            self._step(event_name, "before")
            if self.busy(operation):
                return _answer(request.url, 400, {"__type": "ThrottlingException", "Message": "slow down"})
        if service == "rekognition":
            return self._recognize(operation, request)
        if service == "eventbridge":
            self.published += json.loads(request.body)["Entries"]
            return _answer(request.url, 200, {"FailedEntryCount": 0, "Entries": [{"EventId": "event-1"}]})
        return None

    def after(self, event_name: str, **_: Any) -> None:
        """A call was made."""
        if not self._quiet:
            self._step(event_name, "after")

    def _step(self, event_name: str, side: str) -> None:
        if self._deadly(event_name.partition(".")[2], side):
            raise Died

    def _recognize(self, operation: str, request: Any) -> AWSResponse:
        try:
            with self.quiet():
                return _answer(request.url, 200, self.rekognition.answer(operation, json.loads(request.body)))
        except RefusedError as error:
            return _answer(request.url, 400, {"__type": str(error), "Message": str(error)})

    def _read(self, s3_object: Any) -> bytes:
        found = boto3.client("s3").get_object(
            Bucket=s3_object["Bucket"], Key=s3_object["Name"], VersionId=s3_object["Version"]
        )
        content: bytes = found["Body"].read()
        return content

    def _build(self) -> None:
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk", "gsi1pk", "gsi1sk")
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[INDEX],
        )
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        boto3.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        for queue in (*QUEUES, *DEAD_LETTERS.values()):
            boto3.client("sqs").create_queue(QueueName=queue)

    def _settings(self) -> dict[str, str]:
        """A value for whatever setting any of the handlers has."""
        with self.quiet():
            queue, erasures = (boto3.client("sqs").get_queue_url(QueueName=name)["QueueUrl"] for name in QUEUES)
        named = {"TABLE_NAME": TABLE, "BUCKET_NAME": BUCKET, "QUEUE_URL": queue, "ERASURE_QUEUE_URL": erasures}
        named |= {"DELETES": "true", **NUMBERS}
        values = {bool: "false", int: "1000", float: "1000", str: "faces"}
        modules = [importlib.import_module(f"handlers.wiring.{name}") for name in WIRINGS]
        settings = [
            kind
            for module in modules
            for name, kind in vars(module).items()
            if name.endswith("Settings") and is_dataclass(kind)
        ]
        return {field.name.upper(): values[field.type] for kind in settings for field in fields(kind)} | named  # type: ignore[index]  # types, not their names


def _before(**call: Any) -> AWSResponse | None:
    return World.current.before(**call)


def _after(**call: Any) -> None:
    World.current.after(**call)


def _at_once(params: dict[str, Any], **_: Any) -> None:
    """The queue is moto's, whose clock cannot be set forward: so it is noted here when a message is due."""
    delay = dt.timedelta(seconds=params.pop("DelaySeconds", 0))
    World.current.sent.append((times.now() + delay, json.loads(params["MessageBody"])))


def _answer(url: str, status: int, body: dict[str, Any]) -> AWSResponse:
    headers = HTTPHeaders()
    headers.add_header("content-type", "application/x-amz-json-1.1")
    return AWSResponse(url, status, headers, _Raw(json.dumps(body).encode()))


class _Raw(io.BytesIO):
    """A connection's body, as urllib3 hands it over."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk
