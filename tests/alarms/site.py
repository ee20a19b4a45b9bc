"""A site under watch: the real handlers on moto and on a clock that a test moves, and CloudWatch's view of them.

What the handlers write becomes metrics as it stands. What AWS measures by itself is taken from where AWS takes it: of
queues from moto's messages, of invocations from how each ended, of requests from the answers. Throttles, retries of a
stream and dead letters of a stream are AWS's own doing, and are done here as it documents them.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.sqs.models import sqs_backends

from adapters.audit_table import AuditTable
from adapters.open_reviews import OpenReviewsTable
from adapters.reconciliation_table import ProgressTable, RegistryTable
from domain import times
from domain.ids import Kind, new_id
from domain.reconciliation import Batch, Reconciler, StoredVector
from handlers import erasures, events, immediate, photos, reconciliation
from handlers.api import app
from handlers.wiring.erasures import Wired
from handlers.wiring.events import Announcer
from handlers.wiring.photos import Photos
from tests import embedded_metrics
from tests.alarms.cloudwatch import Alarm, Metrics, State
from tests.unit.stored import BUCKET, TABLE

LOOK_EVERY, RECONCILE_EVERY = timedelta(minutes=15), timedelta(days=1)
CAMERA = {"sub": "camera-1"}
QUEUES = {
    "photos": "<Uploads/Queue.QueueName>",
    "erasures": "<Erasures/Queue.QueueName>",
    "dead-photos": "<Uploads/DeadLetters.QueueName>",
    "dead-erasures": "<Erasures/DeadLetters.QueueName>",
    "dead-events": "<Events/DeadLetters.QueueName>",
}
HANDLERS: Mapping[str, Callable[..., Any]] = {
    "Requests": app.handler,
    "Photos": photos.handler,
    "Eraser": erasures.handler,
    "Announcer": events.handler,
    "Reconciler": reconciliation.handler,
    "Immediate": immediate.handler,
}
ATTEMPTS = 5  # at a message, as in the template
PILL = 3  # attempts from which on SQS takes a message for poison


class GalleryCollection:
    """The test's gallery as a reconciliation sees it."""

    def __init__(self, gallery):
        self._gallery = gallery

    def users(self, token):
        return Batch(sorted(self._gallery.people), None)

    def faces(self, token):
        faces = self._gallery.faces.items()
        return Batch([StoredVector(face, face.removeprefix("face-of-"), owner) for face, owner in faces], None)

    def existing(self, face_ids):
        return frozenset(self._gallery.faces) & set(face_ids)

    def remove_person(self, person_id):
        self._gallery.remove_person(person_id)

    def remove_stray(self, face):
        self._gallery.remove_faces([face.id])


class Bus:
    def publish(self, event):
        """Taken."""


class Site:
    def __init__(self, cloud, call, context, *, written, monkeypatch, alarms: dict[str, Alarm]):
        self.cloud, self.monkeypatch, self.alarms = cloud, monkeypatch, alarms
        self.now = datetime(2026, 11, 24, tzinfo=UTC)
        self.metrics, self.scheduled, self.polled = Metrics(), True, {"photos", "erasures"}
        self.throttled: set[str] = set()
        self.bus = Bus()
        self._call, self._context, self._written, self._read = call, context, written, 0
        self._delayed: list[tuple[datetime, dict[str, Any]]] = []
        self._sent: dict[str, datetime] = {}
        self._untold: list[str] = []
        self._look_at, self._reconcile_at = self.now, self.now
        self._wire()

    def _wire(self):
        cloud, patch = self.cloud, self.monkeypatch.setattr
        patch(times, "now", lambda: self.now)
        self._context.get_remaining_time_in_millis = lambda: 300_000
        trail = AuditTable(cloud.table, timedelta(days=90))
        reconciler = Reconciler(
            GalleryCollection(cloud.gallery),
            RegistryTable(cloud.table),
            ProgressTable(cloud.table, times.now),
            deletes=True,
            clock=times.now,
        )
        patch(photos, "wired", lambda: Photos(cloud.processor(), BUCKET))
        patch(erasures, "wired", lambda: Wired(cloud.eraser(), cloud.erasures, OpenReviewsTable(cloud.table)))
        patch(events, "wired", lambda: Announcer(trail, self.bus))
        patch(reconciliation, "wired", lambda: reconciler)
        self.urls = {"photos": cloud.queue_url, "erasures": cloud.erasure_queue_url}
        for kind in ("photos", "erasures", "events"):
            url = self.urls[f"dead-{kind}"] = cloud.sqs.create_queue(QueueName=f"dead-{kind}")["QueueUrl"]
            if kind != "events":
                attributes = cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
                policy = {"deadLetterTargetArn": attributes["QueueArn"], "maxReceiveCount": ATTEMPTS}
                cloud.sqs.set_queue_attributes(
                    QueueUrl=self.urls[kind], Attributes={"RedrivePolicy": json.dumps(policy)}
                )
        self._send = cloud.sqs.send_message
        patch(cloud.sqs, "send_message", self._send_later)

    # -- what happens -----------------------------------------------------------------------------------------------

    def request(self, method, path, body=None, **who):
        """Ask the API; what it answers."""
        status, answer, _ = self._call(method, path, body, **who)
        self.metrics.put("AWS/ApiGateway", "5xx", {"ApiId": "<Api/Api>"}, [int(status >= 500)], at=self.now)
        self.metrics.put("AWS/ApiGateway", "Count", {"ApiId": "<Api/Api>"}, [1], at=self.now)
        self._invoked("Requests")
        return answer

    def photo(self):
        """Somebody uploads a photo; S3 tells the queue. Its id."""
        asked = self.request("POST", "/recognitions", {"contentType": "image/jpeg"}, **CAMERA)
        self._send(
            QueueUrl=self.urls["photos"], MessageBody=json.dumps(self.s3_event(asked["upload"]["fields"]["key"]))
        )
        return asked["id"]

    def s3_event(self, key):
        arrival = self.cloud.upload(key)
        s3_object = {"key": key, "size": arrival.size, "versionId": arrival.version}
        record = {"eventTime": times.to_text(self.now), "s3": {"bucket": {"name": BUCKET}, "object": s3_object}}
        return {"Records": [record]}

    def invoke(self, function, event):
        """Invoke a function as Lambda does: what it returns; None if it was throttled, or raised."""
        if function in self.throttled:
            self._measured("AWS/Lambda", "Throttles", {"FunctionName": f"<{function}>"}, 1)
            return None
        failed = False
        try:
            return HANDLERS[function](event, self._context)
        except Exception:  # noqa: BLE001 - whatever it is, Lambda counts it
            failed = True
            return None
        finally:
            self._invoked(function, failed=failed)

    def announce(self, changed_at=None):
        """Hand results that are not told yet to the announcer, as the table's stream does; whether it took them."""
        if not self._untold:
            return True
        records = []
        for photo_id in self._untold:
            key = {"pk": {"S": f"R#{photo_id}"}, "sk": {"S": "RESULT"}}
            item = self.cloud.dynamodb.get_item(TableName=TABLE, Key=key).get("Item")
            change = {"Keys": key, "NewImage": item, "SequenceNumber": photo_id}
            records += [{"eventName": "INSERT", "dynamodb": change}] if item else []
        age = (self.now - (changed_at or self.now)) / timedelta(milliseconds=1)
        self._measured("AWS/Lambda", "IteratorAge", {"FunctionName": "<Announcer>"}, age)
        errors = self._errors("Announcer")
        self.invoke("Announcer", {"Records": records})
        if self._errors("Announcer") > errors:
            return False
        self._untold = []
        return True

    def note_dead_events(self):
        """What Lambda does with changes that were tried for six hours."""
        self._send(QueueUrl=self.urls["dead-events"], MessageBody=json.dumps({"DDBStreamBatchInfo": {}}))
        self._untold = []

    # -- time -------------------------------------------------------------------------------------------------------

    def advance(self, minutes, *, step=1, each=None):
        """Let time pass: schedules call, queues are polled, CloudWatch looks."""
        until = self.now + timedelta(minutes=minutes)
        while self.now < until:
            self.now += timedelta(minutes=step)
            if each:
                each()
            self._schedules()
            self._poll()
            self._sample()
            for alarm in self.alarms.values():
                alarm.evaluate(self.metrics, self.now)

    def ordinary(self, minutes, *, step=5):
        """The same while people are recognized, and look at it, and nothing is wrong."""

        def each():
            photo_id = self.photo()
            self._poll()
            self.announce()
            self.request("GET", f"/recognitions/{photo_id}", **CAMERA)

        self.advance(minutes, step=step, each=each)

    @property
    def told(self):
        """Alarms of which somebody was told that they have begun."""
        bad = {State.ALARM, State.INSUFFICIENT_DATA}
        return {name for name, alarm in self.alarms.items() if bad & set(alarm.told)}

    def _schedules(self):
        if not self.scheduled:
            return
        if self.now >= self._look_at:
            self._look_at = self.now + LOOK_EVERY
            self._measured("AWS/Events", "Invocations", {"RuleName": "<Erasures/Schedule>"}, 1)
            self.invoke("Eraser", {"source": "aws.events"})
        if self.now >= self._reconcile_at:
            self._reconcile_at = self.now + RECONCILE_EVERY
            self._measured("AWS/Events", "Invocations", {"RuleName": "<Reconciliation>"}, 1)
            self.invoke("Reconciler", {"source": "aws.events"})

    def _poll(self):
        """One attempt at each message that is there, and was there before."""
        for due, message in [entry for entry in self._delayed if entry[0] <= self.now]:
            self._delayed.remove((due, message))
            self._send(**message)
        for kind, function in (("photos", "Photos"), ("erasures", "Eraser")):
            if kind not in self.polled or function in self.throttled:
                continue
            url = self.urls[kind]
            received = self.cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            for message in received.get("Messages", []):
                record = {"eventSource": "aws:sqs", "messageId": message["MessageId"], "body": message["Body"]}
                answer = self.invoke(function, {"Records": [record]})
                if answer == {"batchItemFailures": []}:
                    self.cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    self._noticed(kind, message["Body"])

    def _noticed(self, kind, body):
        if kind == "photos":
            self._untold += [record["s3"]["object"]["key"].rpartition("/")[2] for record in json.loads(body)["Records"]]

    def _send_later(self, **message):
        """The queue's own delay, on our clock."""
        delay = timedelta(seconds=message.pop("DelaySeconds", 0))
        self._delayed.append((self.now + delay, message))

    # -- what AWS measures by itself --------------------------------------------------------------------------------

    def _invoked(self, function, *, failed=False):
        for name, value in (("Invocations", 1), ("Errors", int(failed))):
            self._measured("AWS/Lambda", name, {"FunctionName": f"<{function}>"}, value)
        self._collect()

    def _collect(self):
        text = self._written()
        new, self._read = text[self._read :], len(text)
        for datum in embedded_metrics.read(new):
            self.metrics.put(datum.namespace, datum.name, datum.dimensions, datum.values, at=self.now)

    def _sample(self):
        """What SQS tells of each queue every minute."""
        backend = sqs_backends["123456789012"]["us-east-1"]
        for kind, dimension in QUEUES.items():
            messages = backend.queues[self.urls[kind].rpartition("/")[2]].messages
            sent = {one.id: self._sent.setdefault(f"{kind} {one.id}", self.now) for one in messages}
            # What was received three times and is there still does not count for the age.
            fresh = [one for one in messages if one.approximate_receive_count < PILL]
            ages = [(self.now - sent[one.id]).total_seconds() for one in fresh]
            self._measured("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": dimension}, len(messages))
            self._measured("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": dimension}, max(ages, default=0))

    def _measured(self, namespace, name, dimensions, value):
        self.metrics.put(namespace, name, dimensions, [value], at=self.now)

    def _errors(self, function):
        key = ("AWS/Lambda", "Errors", frozenset({("FunctionName", f"<{function}>")}))
        return self.metrics.statistic("Sum", key, 0, float("inf")) or 0


def old_person_id(now):
    """An id of a person who was registered days ago."""
    return new_id(Kind.PERSON, now - timedelta(days=3))
