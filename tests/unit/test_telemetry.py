"""What the functions tell of themselves: one correlation id through all of them, numbers, and nothing about people."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.audit_table import AuditTable
from adapters.open_reviews import OpenReviewsTable
from domain import metrics
from domain.errors import ServiceBusyError
from domain.faces import Match
from domain.metrics import METRICS, Measured, Metric, counted
from handlers import erasures, events, photos, telemetry
from handlers.wiring.erasures import Wired
from handlers.wiring.events import Announcer
from handlers.wiring.photos import Photos
from tests import embedded_metrics

from .conftest import ADA, as_operator
from .stored import BUCKET

LAMBDAS = Path(metrics.__file__).parents[1]
TRIGGERED = {"eventSource": "aws:s3", "eventTime": "2026-11-24T08:00:00.000Z"}


@pytest.fixture
def functions(cloud, monkeypatch, lambda_context):
    """All functions but the API's, on the test's cloud."""
    bus = type("Bus", (), {"publish": lambda self, event: None})()
    monkeypatch.setattr(photos, "wired", lambda: Photos(cloud.processor(), BUCKET))
    monkeypatch.setattr(erasures, "wired", lambda: Wired(cloud.eraser(), cloud.erasures, OpenReviewsTable(cloud.table)))
    monkeypatch.setattr(events, "wired", lambda: Announcer(AuditTable(cloud.table, timedelta(days=90)), bus))
    lambda_context.get_remaining_time_in_millis = lambda: 300_000
    return Functions(cloud, lambda_context)


class Functions:
    def __init__(self, cloud, context):
        self._cloud, self._context = cloud, context

    def upload(self, key, **retry):
        """Put a photo where its form would, and hand S3's event to the photo function by the queue."""
        arrival = self._cloud.upload(key)
        record = TRIGGERED | {
            "s3": {
                "bucket": {"name": BUCKET},
                "object": {"key": arrival.key, "size": arrival.size, "versionId": arrival.version},
            }
        }
        message = {"Records": [record]} | ({"retry": retry} if retry else {})
        event = {"eventSource": "aws:sqs", "messageId": "m0", "body": json.dumps(message)}
        return photos.handler({"Records": [event]}, self._context)

    def announce(self, *photo_ids):
        """Hand the new results to the announcer, as the table's stream does."""
        records = []
        for photo_id in photo_ids:
            item = self._cloud.dynamodb.get_item(
                TableName="faces", Key={"pk": {"S": f"R#{photo_id}"}, "sk": {"S": "RESULT"}}
            )["Item"]
            keys = {name: item[name] for name in ("pk", "sk")}
            change = {"Keys": keys, "NewImage": item, "SequenceNumber": photo_id}
            records.append({"eventName": "INSERT", "dynamodb": change})
        events.handler({"Records": records}, self._context)

    def erase(self):
        """Hand the waiting messages to the eraser."""
        queue = self._cloud.erasure_queue_url
        for message in self._cloud.sqs.receive_message(QueueUrl=queue).get("Messages", []):
            event = {"messageId": "m0", "body": message["Body"]}
            erasures.handler({"Records": [event]}, self._context)

    def look(self):
        """Wake the eraser as its schedule does."""
        erasures.handler({"source": "aws.events"}, self._context)


def lines(written, message):
    parsed = [json.loads(line) for line in written().splitlines()]
    return [line for line in parsed if line.get("message") == message]


# -- one correlation id -----------------------------------------------------------------------------------------------


def test_one_id_leads_from_the_request_through_key_and_record_to_the_result(call, cloud, functions, written):
    status, recognition, _ = call("POST", "/recognitions", {"contentType": "image/jpeg"})
    photo_id = recognition["id"]
    assert status == 201
    assert recognition["upload"]["fields"]["key"].endswith(photo_id)
    functions.upload(recognition["upload"]["fields"]["key"])
    functions.announce(photo_id)
    [answered], [processed], [announced] = (
        lines(written, message) for message in ("answered", "photo processed", "announced")
    )
    assert answered["correlation_id"] == processed["correlation_id"] == photo_id
    assert answered["request_id"] == "request-1"
    assert announced["about"] == [photo_id]


@pytest.mark.parametrize("asked", [("DELETE", None, "[admin]"), ("PATCH", {"withdrawConsent": True}, "[operator]")])
def test_one_id_leads_from_the_request_to_the_end_of_an_erasure(call, functions, written, asked):
    method, body, groups = asked
    _, person, _ = as_operator(call)("POST", "/people", ADA)
    call(method, f"/people/{person['id']}", body, groups=groups, headers={"if-match": "*"})
    functions.erase()
    [_, answered] = lines(written, "answered")
    [worked_on] = lines(written, "erasure worked on")
    assert answered["correlation_id"] == worked_on["correlation_id"]
    assert worked_on["correlation_id"].startswith("era_")
    assert worked_on["outcome"] == "completed"


def test_lambda_can_read_the_time_of_a_line_and_so_believes_its_level(call, written):
    call("GET", "/me")
    [answered] = lines(written, "answered")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", answered["timestamp"])


def test_a_request_about_no_photo_and_no_erasure_has_its_own_id(call, written):
    call("GET", "/me")
    call("GET", "/people/per_01JDZ6V8K2M3N4P5Q6R7S8T9VA")
    assert [line["correlation_id"] for line in lines(written, "answered")] == ["request-1", "request-1"]


def test_a_request_that_fails_leaves_a_trace_a_count_and_the_same_id(call, cloud, monkeypatch, written):
    def broken(*_args, **_kwargs):
        raise RuntimeError("a bug")

    monkeypatch.setattr("handlers.api.routes.photos.request_recognition", broken)
    assert call("POST", "/recognitions", {"contentType": "image/jpeg"})[0] == 500
    [failure], [answered] = lines(written, "unexpected"), lines(written, "answered")
    assert failure["correlation_id"] == answered["correlation_id"]
    assert failure["correlation_id"].startswith("rec_")
    assert "RuntimeError: a bug" in failure["exception"]
    assert embedded_metrics.total(embedded_metrics.read(written())) == {("Failures",): 1}


def test_nothing_that_is_written_tells_of_a_person(call, cloud, functions, written):
    """No name, no id of a person or a user, no token, no photo, no key that somebody else has chosen."""
    _, person, _ = as_operator(call)("POST", "/people", ADA, sub="canary-sub")
    as_operator(call)("GET", "/people", query={"namePrefix": "Ada Lovelace"})
    cloud.gallery.photo_matches = (Match(person["id"], 99.5),)
    _, recognition, _ = call("POST", "/recognitions", {"contentType": "image/jpeg"}, sub="canary-sub")
    functions.upload(recognition["upload"]["fields"]["key"])
    functions.upload("uploads/recognition/Ada Lovelace.jpg")
    functions.announce(recognition["id"])
    call("GET", f"/recognitions/{recognition['id']}", sub="canary-sub", headers={"authorization": "Bearer canary-jwt"})
    call("DELETE", f"/people/{person['id']}", groups="[admin]")
    functions.erase()
    functions.look()
    for canary in ("Ada", "Lovelace", person["id"], "canary-sub", "canary-jwt", "cognito", "/9j/"):
        assert canary not in written(), canary


# -- numbers ----------------------------------------------------------------------------------------------------------


def test_results_are_counted_where_they_are_told_by_outcome_decision_similarity_and_time(cloud, functions, written):
    person = cloud.person()
    cloud.gallery.photo_matches = (Match(person.id, 99.5),)
    found, rejected = cloud.photo(), cloud.registration(person)
    functions.upload(found)
    cloud.gallery.photo_face = None
    functions.upload(rejected)
    assert embedded_metrics.read(written()) == []
    functions.announce(found.id, rejected.id)
    data = embedded_metrics.read(written())
    totals = embedded_metrics.total(data)
    assert (totals["PhotosEnded", "succeeded"], totals["PhotosEnded", "no_face"]) == (1, 1)
    assert totals["FacesDecided", "matched"] == 1
    assert totals["Similarity",] == 99.5
    [took] = [datum for datum in data if datum.name == "UploadToResult"]
    assert len(took.values) == 2
    assert took.unit == "Milliseconds"


def test_what_comes_short_of_a_result_is_counted_by_the_photo_function(cloud, functions, written):
    cloud.gallery.failures = [ServiceBusyError(), None, RuntimeError("killed")]
    first_seen = "2026-11-24T08:00:00.000Z"
    busy = cloud.photo()
    functions.upload(busy, attempt=3, firstSeen=first_seen)
    functions.upload("uploads/recognition/unasked.jpg")
    done = cloud.photo("rec_01JDZ6V8K2M3N4P5Q6R7S8T9VC")
    functions.upload(done)
    functions.upload(done)
    functions.upload(cloud.photo("rec_01JDZ6V8K2M3N4P5Q6R7S8T9VD"))
    totals = embedded_metrics.total(embedded_metrics.read(written()))
    assert totals.pop(("PutOffFor",)) > 0
    counts = {"PhotosPutOff": 1, "PhotosQuarantined": 1, "EventsRepeated": 1, "Failures": 1}
    assert totals == {(name,): count for name, count in counts.items()}


def test_the_schedule_tells_what_is_late_and_how_long_the_oldest_review_waits(cloud, functions, written):
    person = cloud.person()
    cloud.gallery.photo_matches = (Match(person.id, 85),)
    cloud.processor().process(cloud.upload(cloud.photo()))
    erasure = cloud.erasures.start(cloud.person("Bob", id="per_01JDZ6V8K2M3N4P5Q6R7S8T9VB").id, "requested")
    functions.look()
    totals = embedded_metrics.total(embedded_metrics.read(written()))
    assert 0 <= totals.pop(("ReviewAge",)) < 60
    assert totals == {}
    cloud.later = timedelta(days=2)
    cloud.erasures.records.table.update("E#" + erasure.id, "A", "SET workedAt = :now", condition="attribute_exists(pk)",
                                        names={}, arguments={":now": "2999"})  # fmt: skip
    functions.look()
    totals = embedded_metrics.total(embedded_metrics.read(written()))
    assert totals["ErasuresOverdue",] == 1  # although somebody works on it all the time


def test_a_review_that_is_done_or_past_its_time_does_not_wait(cloud):
    reviews = OpenReviewsTable(cloud.table)
    cloud.gallery.photo_matches = (Match(cloud.person().id, 85),)
    photo = cloud.photo()
    assert reviews.oldest(cloud.now()) is None
    cloud.processor().process(cloud.upload(photo))
    cloud.later = timedelta(seconds=1)
    assert reviews.oldest(cloud.now()) == cloud.read(photo)[1].completed_at
    assert reviews.oldest(cloud.now() + timedelta(days=91)) is None


def test_whoever_asks_for_a_photo_tells_how_much_of_the_budget_is_spent(call, cloud, written, monkeypatch):
    month = cloud.now().strftime("%Y-%m")
    cloud.table.put(
        {"pk": f"USAGE#{month}", "sk": "recognition#07", "photos": 1, "search": 40_000},
        condition="attribute_not_exists(pk)",
    )
    assert call("POST", "/recognitions", {"contentType": "image/jpeg"})[0] == 201
    assert embedded_metrics.total(embedded_metrics.read(written())) == {("BudgetSpent",): 80.0}  # 40 of 50 dollars


# -- the format -------------------------------------------------------------------------------------------------------


def test_what_did_not_happen_is_not_written_for_it_would_be_billed(written):
    telemetry.measure([counted(metrics.FAILURES, 0), Measured(metrics.SIMILARITY, ())])
    assert written() == ""


def test_labels_stand_in_lines_of_their_own_and_counts_share_one(written, monkeypatch):
    monkeypatch.setenv("METRICS_NAMESPACE", "Faces-prod")
    telemetry.measure(
        [
            counted(metrics.PHOTOS_ENDED, 2, "succeeded"),
            counted(metrics.PHOTOS_ENDED, 1, "no_face"),
            counted(metrics.ERASURES_RESENT, 3),
            counted(metrics.ERASURES_OVERDUE, 1),
        ]
    )
    assert len(written().splitlines()) == 3
    data = embedded_metrics.read(written())
    assert {datum.namespace for datum in data} == {"Faces-prod"}
    assert embedded_metrics.total(data) == {
        ("PhotosEnded", "succeeded"): 2,
        ("PhotosEnded", "no_face"): 1,
        ("ErasuresResent",): 3,
        ("ErasuresOverdue",): 1,
    }


def test_more_values_than_one_line_takes_are_spread_over_several(written):
    values = tuple(float(n) for n in range(250))
    telemetry.measure([Measured(metrics.SIMILARITY, values)])
    data = embedded_metrics.read(written())
    assert [len(datum.values) for datum in data] == [100, 100, 50]
    assert [value for datum in data for value in datum.values] == list(values)


def test_there_is_no_metric_that_no_code_writes():
    code = "".join(path.read_text() for path in LAMBDAS.rglob("*.py") if path.name != "metrics.py")
    for name, metric in vars(metrics).items():
        if isinstance(metric, Metric):
            assert re.search(rf"metrics\.{name}\b", code), name
    assert not re.search(r"\bMetric\(", code)
    reconciliation = (LAMBDAS / "domain" / "reconciliation.py").read_text()
    assert set(re.findall(r"(\w+)=len\(", reconciliation)) == set(metrics.RECONCILED)


def test_no_two_metrics_share_a_name():
    assert len(METRICS) == len({id(metric) for metric in METRICS.values()})
    assert all(name == metric.name for name, metric in METRICS.items())
