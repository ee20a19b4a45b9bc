"""The client where all does not go well: what it sends again, what it leaves, and what it raises."""

import json
from datetime import UTC, datetime

import httpx
import pytest

import client
from client.decoding import decode, encode

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONSENT = client.Consent("access control", "2026-01", NOW)
ADA = {
    "id": "per_1",
    "name": "Ada",
    "externalRef": None,
    "status": "active",
    "faces": 0,
    "createdAt": "2026-01-02T03:04:05Z",
    "consent": {"purpose": "p", "textVersion": "1", "givenAt": "2026-01-02T03:04:05Z"},
}
ERASURE = {"id": "era_1", "reason": "requested", "status": "pending", "requestedAt": "2026-01-02T03:04:05Z"}
BUSY = httpx.Response(
    503, headers={"retry-after": "2"}, json={"code": "service_busy", "retryable": True, "title": "Busy"}
)
LOST = httpx.ReadTimeout("lost")
UPLOAD = client.Upload("https://bucket.test/", {"key": "uploads/recognition/rec_1"}, NOW)


class Network:
    """Answers one after the other, the last one for ever; what was asked is kept."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def slept(monkeypatch):
    """Seconds that were waited."""
    seconds: list[float] = []
    monkeypatch.setattr("client.transport.time.sleep", seconds.append)
    return seconds


@pytest.fixture
def api(slept):
    """Makes a client of a network."""
    return lambda network, **options: client.FacesClient(
        "https://api.test", token=lambda: "secret", network=httpx.MockTransport(network), **options
    )


def made(request):
    return request.headers["idempotency-key"]


@pytest.mark.parametrize("failure", [BUSY, LOST, httpx.Response(502, text="bad gateway")], ids=["busy", "lost", "502"])
def test_what_makes_something_is_sent_again_under_the_same_key(api, failure):
    network = Network(failure, failure, httpx.Response(201, json=ADA))
    assert api(network).register_person("Ada", consent=CONSENT).id == "per_1"
    assert len(network.asked) == 3
    assert len({made(request) for request in network.asked}) == 1
    assert len({request.content for request in network.asked}) == 1


def test_each_call_has_a_key_of_its_own_unless_the_caller_gives_one(api):
    network = Network(httpx.Response(201, json=ADA))
    for key in (None, None, "mine"):
        api(network).register_person("Ada", consent=CONSENT, idempotency_key=key)
    keys = [made(request) for request in network.asked]
    assert len(set(keys)) == 3
    assert keys[2] == "mine"


def test_it_waits_as_long_as_the_service_says(api, slept):
    api(Network(BUSY, httpx.Response(200, json=ERASURE))).erasure("era_1")
    assert slept == [2.0]


def test_it_waits_at_random_but_ever_longer_where_nothing_is_said(api, slept):
    with pytest.raises(httpx.ReadTimeout):
        api(Network(LOST), retries=client.Retries(attempts=6, first=1.0, longest=3.0)).erasure("era_1")
    assert len(slept) == 5
    assert all(0 <= waited <= most for waited, most in zip(slept, [1, 2, 3, 3, 3], strict=True))


def test_what_would_take_too_long_is_the_callers_to_wait_for(api, slept):
    spent = httpx.Response(429, headers={"retry-after": "86400"}, json={"code": "budget_spent", "retryable": True})
    network = Network(spent)
    with pytest.raises(client.ApiError) as refused:
        api(network).begin_recognition(content_type="image/jpeg")
    assert (refused.value.code, refused.value.retry_after) == ("budget_spent", 86400)
    assert (len(network.asked), slept) == (1, [])


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [(401, '{"message": "Unauthorized"}', "unauthorized"), (404, "<html>", "not_found"), (520, "", "http_520")],
)
def test_what_refuses_without_a_code_is_told_by_its_status(api, status, body, code):
    with pytest.raises(client.ApiError) as refused:
        api(Network(httpx.Response(status, text=body))).health()
    assert (refused.value.status, refused.value.code) == (status, code)


def test_being_sent_elsewhere_is_no_success(api):
    """Nobody follows: what was deleted or uploaded would not have been, and a token would go somewhere else."""
    network = Network(httpx.Response(307, headers={"location": "https://portal.test/"}))
    with pytest.raises(client.ApiError, match="307 temporary_redirect"):
        api(network).delete_recognition("rec_1")
    with pytest.raises(client.UploadRefusedError, match="307"):
        api(network).upload(UPLOAD, b"photo")
    with pytest.raises(client.DownloadRefusedError, match="307"):
        api(network).download("https://bucket.test/photo")
    assert {request.url.host for request in network.asked} == {"api.test", "bucket.test"}


@pytest.mark.parametrize("token", ["secret\n", "Bearer secret", "", "sécret"])
def test_what_is_no_token_is_neither_sent_nor_shown(slept, token):
    network = Network(httpx.Response(200, json={"status": "ok"}))
    api = client.FacesClient("https://api.test", token=lambda: token, network=httpx.MockTransport(network))
    if token:
        with pytest.raises(client.SignInError) as refused:
            api.health()
        assert "cret" not in str(refused.value)
        assert (network.asked, slept) == ([], [])
    else:
        api.health()
        assert "authorization" not in network.asked[0].headers


@pytest.mark.parametrize("kind", [httpx.LocalProtocolError, httpx.UnsupportedProtocol])
def test_what_can_never_be_sent_is_not_tried_again(api, kind):
    network = Network(kind("Illegal header value"))
    with pytest.raises(kind):
        api(network).begin_recognition(content_type="image/jpeg", idempotency_key="two\nlines")
    assert len(network.asked) == 1


@pytest.mark.parametrize("url", ["", "api.test", "ftp://api.test", "https://", "https://api.test:port"])
def test_what_is_no_address_says_so(url):
    with pytest.raises(ValueError, match="is no address"):
        client.FacesClient(url, token=lambda: None)


def test_a_refusal_is_not_asked_again(api):
    network = Network(httpx.Response(404, json={"code": "not_found", "detail": "No such thing", "retryable": False}))
    with pytest.raises(client.ApiError, match="404 not_found: No such thing"):
        api(network).person("per_1")
    assert len(network.asked) == 1


@pytest.mark.parametrize("failure", [BUSY, LOST], ids=["busy", "lost"])
def test_a_change_is_never_sent_again(api, failure):
    """Had the first one been done, the second one would be told that somebody else was faster."""
    network = Network(failure, httpx.Response(200, json=ADA))
    with pytest.raises((client.ApiError, httpx.ReadTimeout)):
        api(network).change_person(decode(client.Person, ADA | {"etag": '"3"'}), name="Ada King")
    [request] = network.asked
    assert request.headers["if-match"] == '"3"'


def test_no_id_leads_to_another_route(api):
    network = Network(httpx.Response(404, json={"code": "not_found"}))
    with pytest.raises(client.ApiError):
        api(network).begin_erasure("per_1/faces/../x?y#z")
    [request] = network.asked
    assert request.url.raw_path == b"/people/per_1%2Ffaces%2F..%2Fx%3Fy%23z"


def test_somebody_from_a_list_has_to_be_read_before_they_are_changed(api):
    network = Network(httpx.Response(200, json={"items": [ADA], "nextCursor": None}))
    [ada] = api(network).people()
    with pytest.raises(ValueError, match="read the person by its id first"):
        api(network).change_person(ada, name="Ada King")


def test_pages_are_read_when_they_are_needed_with_the_same_filters(api):
    pages = [([ADA], "a"), ([], "b"), ([ADA], None)]
    network = Network(*(httpx.Response(200, json={"items": items, "nextCursor": cursor}) for items, cursor in pages))
    people = api(network).people(name_prefix="A")
    assert not network.asked
    next(people)
    assert len(network.asked) == 1
    assert len(list(people)) == 1
    assert [dict(request.url.params) for request in network.asked] == [
        {"namePrefix": "A"},
        {"namePrefix": "A", "cursor": "a"},
        {"namePrefix": "A", "cursor": "b"},
    ]


def test_uploads_and_downloads_do_not_carry_the_token(api):
    network = Network(httpx.Response(204))
    api(network).upload(UPLOAD, b"photo")
    api(network).download("https://bucket.test/photo")
    assert [request.method for request in network.asked] == ["POST", "GET"]
    assert all("authorization" not in request.headers for request in network.asked)
    form = network.asked[0].content
    assert form.index(b"uploads/recognition/rec_1") < form.index(b"photo\r\n")


def test_an_upload_that_storage_could_not_take_is_sent_again_one_that_it_refused_is_not(api):
    slow = httpx.Response(503, text="<Error><Code>SlowDown</Code></Error>")
    network = Network(slow, httpx.Response(204))
    api(network).upload(UPLOAD, b"photo")
    assert len(network.asked) == 2
    large = httpx.Response(400, text="<Error><Code>EntityTooLarge</Code><Message>no</Message></Error>")
    network = Network(large)
    with pytest.raises(client.UploadRefusedError, match="400 EntityTooLarge: no"):
        api(network).upload(UPLOAD, b"photo")
    assert len(network.asked) == 1


def test_an_address_that_has_expired_says_so(api):
    with pytest.raises(client.DownloadRefusedError) as refused:
        api(Network(httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>"))).download("https://b.test/")
    assert refused.value.code == "AccessDenied"


def test_erasing_waits_for_the_receipt_and_not_for_ever(api, slept):
    done = ERASURE | {"status": "complete", "completedAt": "2026-01-02T03:05:00Z"}
    network = Network(
        httpx.Response(202, json=ERASURE), httpx.Response(200, json=ERASURE), httpx.Response(200, json=done)
    )
    assert api(network).erase("per_1").completed_at == datetime(2026, 1, 2, 3, 5, tzinfo=UTC)
    assert [request.method for request in network.asked] == ["DELETE", "GET", "GET"]
    with pytest.raises(client.NotFinishedError, match=r"era_1 is still pending after 0 s") as unfinished:
        api(Network(httpx.Response(200, json=ERASURE)), polling=client.Polling(timeout=0)).erase("per_1")
    assert (unfinished.value.id, unfinished.value.status) == ("era_1", "pending")


def test_a_human_says_who_a_face_is_or_that_it_is_nobody(api):
    network = Network(httpx.Response(403, json={"code": "forbidden"}))
    for person_id in ("per_1", None):
        with pytest.raises(client.ApiError):
            api(network).review("rec_1", 2, person_id=person_id)
    assert [json.loads(request.content) for request in network.asked] == [
        {"decision": "matched", "personId": "per_1"},
        {"decision": "unknown"},
    ]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>a captive portal</html>"),
        httpx.Response(200, json={"id": "era_1"}),
        httpx.Response(200, json=["era_1"]),
        httpx.Response(200, json=ERASURE | {"requestedAt": "yesterday"}),
    ],
    ids=["no JSON", "something is missing", "a list", "no time"],
)
def test_an_answer_that_is_none_is_an_error_of_the_client(api, answer):
    with pytest.raises(client.UnexpectedAnswerError):
        api(Network(answer)).erasure("era_1")


def test_what_the_api_tells_beyond_what_the_client_knows_is_left_out(api):
    assert api(Network(httpx.Response(200, json=ERASURE | {"news": 1}))).erasure("era_1").status == "pending"


def test_an_export_of_a_kind_that_the_client_does_not_know_is_no_complete_export(api):
    network = Network(httpx.Response(200, json={"items": [{"kind": "voice"}], "nextCursor": None}))
    with pytest.raises(client.UnexpectedAnswerError):
        list(api(network).export("per_1"))


def test_times_are_sent_in_utc_and_need_a_zone():
    zoned = client.Consent("p", "1", datetime.fromisoformat("2026-01-02T05:04:05+02:00"))
    assert encode(zoned) == {"purpose": "p", "textVersion": "1", "givenAt": "2026-01-02T03:04:05Z"}
    with pytest.raises(ValueError, match="needs a time zone"):
        encode(client.Consent("p", "1", datetime(2026, 1, 2)))  # noqa: DTZ001 - the very thing that is refused
