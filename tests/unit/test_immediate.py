"""Recognition at once: the photo as the body, the result as the answer, and the same traces as an upload's."""

import base64
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from domain.errors import ServiceBusyError, UnsupportedImageError
from domain.faces import Box, DetectedFace, Match
from domain.gallery import Search
from domain.photos import IMMEDIATE_WITHIN, Status
from handlers import immediate
from handlers.api.routes import immediate as routes
from handlers.wiring import immediate as wiring

from .conftest import as_operator
from .documented_answers import is_documented
from .stored import BUCKET, TABLE

PATH = "/recognitions/immediate"
MIB = 1024 * 1024
SETTINGS = {
    "TABLE_NAME": TABLE,
    "BUCKET_NAME": BUCKET,
    "COLLECTION_ID": "faces",
    "MATCH_THRESHOLD": "95",
    "REVIEW_THRESHOLD": "80",
    "MAX_FACES": "40",
    "CALLS_PER_SECOND": "1000",
    "RESULT_DAYS": "90",
    "NAMES_FOR_USERS": "false",
    "POSTS_PER_MINUTE": "1000",
    "MONTHLY_BUDGET_DOLLARS": "50",
    "AUDIT_DAYS": "90",
    "LEASE_SECONDS": "45",
}


def encoded(size=(1000, 500), file_format="JPEG"):
    content = io.BytesIO()
    Image.new("RGB", size, "white").save(content, file_format)
    return content.getvalue()


PHOTO = encoded()


@pytest.fixture
def parts(cloud, monkeypatch):
    """What the function works on: all of it real but the gallery, and a clock that can be set forward."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(wiring, "RekognitionGallery", lambda *_: cloud.gallery)
    routes.wired.cache_clear()
    made = routes.wired()
    made.processor = replace(made.processor, clock=cloud.now)
    yield made
    routes.wired.cache_clear()


@pytest.fixture
def send(parts, lambda_context):
    """Send a photo as somebody; the answer is (status, body, headers)."""

    def send(
        content=PHOTO, content_type="image/jpeg", *, groups="", sub="user-1", query=None, token_use="access", key=None,
        raw=None,
    ):  # fmt: skip
        claims = {"sub": sub, "token_use": token_use} | ({"cognito:groups": groups} if groups else {})
        event = {
            "version": "2.0",
            "routeKey": f"POST {PATH}",
            "rawPath": PATH,
            "rawQueryString": "",
            "headers": {"content-type": content_type} | ({"idempotency-key": key} if key else {}),
            "queryStringParameters": query or {},
            "requestContext": {
                "requestId": "request-1",
                "stage": "$default",
                "http": {"method": "POST", "path": PATH},
                "authorizer": {"jwt": {"claims": claims}},
            },
            "body": raw if raw is not None else base64.b64encode(content).decode(),
            "isBase64Encoded": True,
        }
        answer = immediate.handler(event, lambda_context)
        headers = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
        headers |= {name.lower(): value[0] for name, value in (answer.get("multiValueHeaders") or {}).items()}
        body = json.loads(answer["body"])
        assert is_documented("POST", PATH, answer["statusCode"], body.get("code")), (answer["statusCode"], body)
        return answer["statusCode"], body, headers

    return send


def records(cloud):
    return [item for item in cloud.dynamodb.scan(TableName=TABLE)["Items"] if item["pk"]["S"].startswith("R#")]


def test_an_operator_is_told_at_once_who_is_on_a_photo(cloud, send, call):
    person = cloud.person()
    cloud.gallery.photo_matches = (Match(person.id, 99),)
    status, recognized, _ = as_operator(send)()
    assert (status, recognized["status"], recognized["error"]) == (200, "succeeded", None)
    (face,) = recognized["faces"]
    assert (face["decision"], face["personId"], face["name"]) == ("matched", person.id, "Ada Lovelace")
    assert as_operator(call)("GET", f"/recognitions/{recognized['id']}")[1] == recognized


def test_it_leaves_the_same_traces_as_an_upload(cloud, send):
    person, uploaded = cloud.person(), cloud.photo()
    cloud.gallery.photo_matches = (Match(person.id, 99),)
    cloud.processor().process(cloud.upload(uploaded))
    _, recognized, _ = send()
    photos = [cloud.photos.get(photo_id, now=cloud.now()) for photo_id in (uploaded.id, recognized["id"])]
    (first, first_result), (second, second_result) = photos
    assert replace(second_result, completed_at=first_result.completed_at) == first_result
    assert (second.status, second.owner, second.content_type) == (first.status, first.owner, first.content_type)
    assert sum(sk.startswith("SEEN#") for sk in cloud.items(f"P#{person.id}")) == 2
    month = f"USAGE#{second_result.completed_at:%Y-%m}"
    counted = [cloud.table.get(month, shard) for shard in cloud.items(month)]
    assert sum(shard["photos"] for shard in counted) == 2
    assert sum(shard["search"] for shard in counted) == 2


def test_the_photo_is_kept_where_it_triggers_nothing(cloud, send):
    _, recognized, _ = send()
    key = f"immediate/recognition/{recognized['id']}"
    photo, _ = cloud.photos.get(recognized["id"], now=cloud.now())
    assert (photo.key, photo.size, [photo.version]) == (key, len(PHOTO), cloud.versions(key))
    kept = cloud.s3.get_object(Bucket=BUCKET, Key=key)
    assert (kept["Body"].read(), kept["ContentType"]) == (PHOTO, "image/jpeg")


def test_every_face_of_a_group_is_searched_or_only_the_largest(cloud, send):
    cloud.gallery.others = (DetectedFace(Box(0.05, 0.1, 0.1, 0.2), 95.0),)
    cloud.gallery.crop_answers = [Search(DetectedFace(Box(0.25, 0.25, 0.5, 0.5), 99.0), (), (), "7.0")]
    assert [face["decision"] for face in send()[1]["faces"]] == ["unknown", "unknown"]
    assert [face["decision"] for face in send(query={"faces": "largest"})[1]["faces"]] == ["unknown", "not_searched"]


def test_a_plain_user_learns_no_identity(cloud, send):
    cloud.gallery.photo_matches = (Match(cloud.person().id, 99),)
    (face,) = send()[1]["faces"]
    assert (face["decision"], face["personId"], face["name"]) == ("matched", None, None)


def test_whom_the_answer_names_is_recorded(cloud, send):
    person = cloud.person()
    cloud.gallery.photo_matches = (Match(person.id, 99),)
    as_operator(send)()
    whom = cloud.dynamodb.query(
        TableName=TABLE,
        IndexName="gsi1",
        KeyConditionExpression="gsi1pk = :whom",
        ExpressionAttributeValues={":whom": {"S": f"WHOM#{person.id}"}},
    )
    assert whom["Count"] == 1


def test_an_answer_that_cannot_be_recorded_is_not_given(cloud, send, parts, monkeypatch):
    cloud.gallery.photo_matches = (Match(cloud.person().id, 99),)

    def fail(*_):
        raise ServiceBusyError

    monkeypatch.setattr(type(cloud.table), "put", fail_for_audit(type(cloud.table).put, fail))
    status, problem, _ = as_operator(send)()
    assert (status, problem["code"]) == (503, "audit_unavailable")
    assert "Ada" not in str(problem)


def fail_for_audit(put, fail):
    def put_or_fail(table, item, **options):
        return fail() if item["pk"].startswith("AUDIT#") else put(table, item, **options)

    return put_or_fail


# -- what is refused --------------------------------------------------------------------------------------------------


def heic():
    return b"\0\0\0\x18ftypheic" + bytes(100)


@pytest.mark.parametrize(
    ("content", "content_type", "answer"),
    [
        (PHOTO + bytes(4 * MIB + 1 - len(PHOTO)), "image/jpeg", (413, "image_too_large")),
        (PHOTO, "image/heic", (415, "unsupported_image")),
        (PHOTO, "application/json", (415, "unsupported_image")),
        (PHOTO, "", (415, "unsupported_image")),
        (heic(), "image/jpeg", (415, "unsupported_image")),
        (b"no image", "image/png", (415, "unsupported_image")),
        (encoded((79, 500)), "image/jpeg", (422, "image_too_small")),
        (b"", "image/jpeg", (400, "malformed_request")),
    ],
)
def test_what_cannot_be_searched_is_refused_and_nothing_is_kept_of_it(cloud, send, content, content_type, answer):
    status, problem, _ = send(content, content_type)
    assert (status, problem["code"]) == answer
    assert (records(cloud), cloud.versions("immediate/"), cloud.gallery.calls) == ([], [], [])


def test_a_photo_of_exactly_4_mebibytes_is_taken(send):
    assert send(PHOTO + bytes(4 * MIB - len(PHOTO)))[0] == 200


def test_a_phones_format_is_named(send):
    assert "HEIC" in send(heic())[1]["detail"]


def test_parameters_of_the_content_type_do_not_matter(send):
    assert send(encoded(file_format="PNG"), "Image/PNG; charset=binary")[0] == 200


@pytest.mark.parametrize("raw", ["not base 64!", "é"])
def test_a_body_that_cannot_be_read_is_refused(send, raw):
    status, problem, _ = send(raw=raw)
    assert (status, problem["code"]) == (400, "malformed_request")


def test_an_unknown_choice_of_faces_is_refused(send):
    status, problem, _ = send(query={"faces": "smallest"})
    assert (status, problem["code"]) == (422, "invalid_request")


def test_an_id_token_is_refused(send):
    status, problem, _ = send(token_use="id")
    assert (status, problem["code"]) == (403, "access_token_required")


def test_too_many_photos_of_one_user_are_refused_until_the_next_minute(send, parts):
    parts.posts_per_minute = 0
    status, problem, headers = send()
    assert (status, problem["code"]) == (429, "rate_limited")
    assert 0 < int(headers["retry-after"]) <= 60


def test_a_spent_budget_takes_no_photo(cloud, send, parts):
    parts.budget.dollars = 0.0
    status, problem, _ = send()
    assert (status, problem["code"]) == (429, "budget_spent")
    assert (records(cloud), cloud.gallery.calls) == ([], [])


# -- what goes wrong half-way ---------------------------------------------------------------------------------------


def test_an_image_that_rekognition_cannot_read_is_refused_and_recorded_as_rejected(cloud, send, call):
    cloud.gallery.failures = [UnsupportedImageError("The file is no JPEG or PNG that can be decoded")]
    status, problem, _ = send()
    assert (status, problem["code"], problem["retryable"]) == (415, "unsupported_image", False)
    (record,) = (item for item in records(cloud) if item["sk"]["S"] == "A")
    assert as_operator(call)("GET", f"/recognitions/{record['id']['S']}")[1]["status"] == "rejected"


def test_whoever_waits_is_told_at_once_that_the_service_is_busy(cloud, send):
    cloud.gallery.failures = [ServiceBusyError()]
    status, problem, headers = send()
    assert (status, problem["code"], problem["retryable"]) == (503, "service_busy", True)
    assert int(headers["retry-after"]) > 0
    assert cloud.messages() == 0
    assert send()[0] == 200


@pytest.mark.parametrize(
    "busy", [[ServiceBusyError()], [ServiceBusyError(), ServiceBusyError()]], ids=["once", "twice"]
)
def test_the_same_request_sent_again_with_its_key_goes_on_where_a_service_was_busy(cloud, send, busy):
    cloud.gallery.failures = list(busy)
    assert [send(key="k1")[1]["code"] for _ in busy] == ["service_busy"] * len(busy)
    assert send(key="k1")[0] == 200
    assert len(cloud.versions("immediate/")) == 1


def test_a_photo_that_nobody_sends_again_after_a_service_was_busy_is_shown_as_failed(cloud, send):
    cloud.gallery.failures = [ServiceBusyError()]
    send()
    (record,) = records(cloud)
    later = cloud.now() + IMMEDIATE_WITHIN + timedelta(seconds=1)
    photo, result = cloud.photos.get(record["id"]["S"], now=later)
    assert (photo.status_at(later), result) == (Status.FAILED, None)


def test_a_busy_bucket_leaves_a_record_that_is_shown_as_failed(cloud, send, call, parts, monkeypatch):
    def busy(*_):
        raise ServiceBusyError

    monkeypatch.setattr(type(parts.store), "keep", busy)
    assert send()[0] == 503
    (record,) = records(cloud)
    later = cloud.now() + IMMEDIATE_WITHIN + timedelta(seconds=1)
    photo, result = cloud.photos.get(record["id"]["S"], now=later)
    assert (photo.status_at(later), result) == (Status.FAILED, None)


def test_the_same_request_sent_again_with_its_key_is_answered_without_another_search(cloud, send):
    first, second = send(key="k1"), send(key="k1")
    assert (first[0], second[0]) == (200, 200)
    assert first[1] == second[1]
    assert cloud.gallery.calls == ["search"]
    assert len(cloud.versions("immediate/")) == 1


def test_what_was_deleted_is_not_there_for_the_same_request_sent_again(cloud, send, call):
    made = send(key="k1")[1]
    assert call("DELETE", f"/recognitions/{made['id']}")[0] == 204
    status, problem, _ = send(key="k1")
    assert (status, problem["code"]) == (404, "not_found")
    assert cloud.versions("immediate/") == []
    assert cloud.gallery.calls == ["search"]


@pytest.mark.parametrize("change", [{"content": encoded((900, 500))}, {"query": {"faces": "largest"}}])
def test_a_key_goes_with_one_request(send, change):
    send(key="k1")
    status, problem, _ = send(**{"key": "k1"} | change)
    assert (status, problem["code"]) == (422, "idempotency_key_reused")


def test_a_request_that_died_after_its_claim_is_taken_over_by_the_same_one_sent_again(cloud, send):
    cloud.gallery.failures = [RuntimeError("killed")]
    assert send(key="k1")[0] == 500
    status, problem, headers = send(key="k1")
    assert (status, problem["code"], problem["retryable"]) == (409, "request_in_progress", True)
    assert int(headers["retry-after"]) > 0
    cloud.later = timedelta(seconds=int(SETTINGS["LEASE_SECONDS"]) + 1)
    assert send(key="k1")[0] == 200
    assert len(cloud.versions("immediate/")) == 1


@pytest.mark.parametrize("dies_at", ["before", "after"])
def test_a_request_that_died_around_the_keeping_of_its_photo_is_done_by_the_same_one_sent_again(
    cloud, send, parts, monkeypatch, dies_at
):
    keep = type(parts.store).keep

    def dying(store, photo, content):
        monkeypatch.setattr(type(store), "keep", keep)
        if dies_at == "after":
            keep(store, photo, content)
        raise RuntimeError("killed")

    monkeypatch.setattr(type(parts.store), "keep", dying)
    assert send(key="k1")[0] == 500
    status, recognized, _ = send(key="k1")
    assert status == 200
    photo, _ = cloud.photos.get(recognized["id"], now=cloud.now())
    assert cloud.versions(photo.key) == [photo.version]


def dies_unclaimed(cloud, send, parts, monkeypatch):
    """A request that keeps its photo and dies before anybody claims it; the photo."""

    def dying(*_):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(type(parts.processor), "process", dying)
        assert send(key="k1")[0] == 500
    [record] = records(cloud)
    return cloud.photos.get(record["id"]["S"], now=cloud.now())[0]


def test_a_photo_that_was_kept_and_never_claimed_is_deleted_with_its_recognition(cloud, send, call, parts, monkeypatch):
    photo = dies_unclaimed(cloud, send, parts, monkeypatch)
    assert (photo.version, len(cloud.versions(photo.key))) == (None, 1)
    assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
    assert cloud.versions(photo.key) == []


def test_a_photo_that_was_deleted_after_it_turned_out_to_be_there_is_asked_for_again(cloud, send, parts, monkeypatch):
    photo = dies_unclaimed(cloud, send, parts, monkeypatch)
    head, [version] = parts.store.client.head_object, cloud.versions(photo.key)

    def too_late(**asked):
        parts.store.delete(photo.key, version)
        return head(**asked)

    with monkeypatch.context() as patched:
        patched.setattr(parts.store.client, "head_object", too_late)
        status, problem, _ = send(key="k1")
        assert (status, problem["code"], problem["retryable"]) == (503, "service_busy", True)
    assert send(key="k1")[0] == 200
    assert len(cloud.versions(photo.key)) == 1


def test_s3_says_no_more_of_a_missing_photo_than_forbidden_to_who_may_not_list(cloud, send, parts, monkeypatch):
    dies_unclaimed(cloud, send, parts, monkeypatch)

    def forbidden(**_):
        raise ClientError({"Error": {"Code": "403"}}, "HeadObject")

    monkeypatch.setattr(parts.store.client, "head_object", forbidden)
    status, problem, _ = send(key="k1")
    assert (status, problem["code"], problem["retryable"]) == (503, "service_busy", True)


@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "OperationAborted"])
def test_a_photo_that_somebody_else_just_keeps_is_asked_for_again(cloud, send, parts, monkeypatch, code):
    def conflict(**_):
        raise ClientError({"Error": {"Code": code}}, "PutObject")

    with monkeypatch.context() as patched:
        patched.setattr(parts.store.client, "put_object", conflict)
        status, problem, _ = send(key="k1")
        assert (status, problem["code"], problem["retryable"]) == (503, "service_busy", True)
    assert send(key="k1")[0] == 200


def test_of_two_that_send_the_same_request_together_one_does_it_and_the_other_hears_so(cloud, send, parts, monkeypatch):
    keep, answers = type(parts.store).keep, list[Any]()

    def overtaken(store, photo, content):
        version = keep(store, photo, content)
        if not answers:
            answers.append(None)
            answers[0] = send(key="k1")
        return version

    monkeypatch.setattr(type(parts.store), "keep", overtaken)
    late = send(key="k1")
    assert (late[0], answers[0][0]) == (200, 200)
    assert late[1] == answers[0][1]
    photo, _ = cloud.photos.get(late[1]["id"], now=cloud.now())
    assert cloud.versions(photo.key) == [photo.version]


def test_a_bug_is_answered_without_a_word_about_the_inside(cloud, send):
    cloud.gallery.failures = [RuntimeError("secret table faces-prod")]
    status, problem, _ = send()
    assert (status, problem["code"]) == (500, "internal_error")
    assert "secret" not in str(problem)
