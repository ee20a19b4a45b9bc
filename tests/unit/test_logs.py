"""Logs are searched for what must not be in them."""

import boto3
import httpx
import pytest
from botocore.stub import Stubber

from tests import logs
from tests.said import Said


@pytest.fixture
def said():
    """A memory of its own, behind the run's."""
    with pytest.MonkeyPatch.context() as patch:
        yield Said(patch)


@pytest.fixture
def hits(tmp_path_factory, said):
    """Searches a log of these lines; what was found, by line."""

    def search(*lines, name="one.log"):
        folder = tmp_path_factory.mktemp("searched")
        log = folder / name
        log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        searched = logs.search(folder, said)
        log.unlink()  # or it would be found at the end of the run
        assert searched.lines == len(lines)
        return [(kind, line) for _, kind, line in searched.hits]

    return search


def post(**body):
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        client.post("http://localhost/people", params={"namePrefix": "Grace"}, json=body)


def test_what_was_said_by_http_is_found_as_it_is_or_as_json_or_an_address_writes_it(hits):
    post(name="Zoë Ada", externalRef="4711-a")
    for line in ("hello Zoë Ada", '{"a":"Zo\\u00eb Ada"}', "GET /?n=Zo%C3%AB%20Ada", "GET /?n=Zo%C3%AB+Ada"):
        assert hits(line) == [("name Zoë Ada", line)]
    assert hits("4711-a", "Grace!") == [("name 4711-a", "4711-a"), ("name Grace", "Grace!")]


def test_the_beginning_of_a_photo_is_found_and_what_a_library_says_of_one_is_none(hits):
    photos = ("\ufffd\ufffd\0\x10JFIF\0\x01", r"b'\xff\xe0\x00\x10JFIF\x00'", r'{"body": "JFIF\u0000"}')
    assert [kind for kind, _ in hits(*photos)] == ["photo"] * 3
    assert hits("Warning: unknown JFIF revision number 68.01") == []


def test_what_was_said_by_boto3_is_found(hits):
    item = {"pk": {"S": "P#1"}, "name": {"S": "Alan"}, "owner": {"S": "a-sub"}}
    calls = (
        ("dynamodb", "transact_write_items", {"TransactItems": [{"Put": {"TableName": "t", "Item": item}}]}),
        ("rekognition", "create_user", {"CollectionId": "c", "UserId": "an-operator"}),
        ("cognito-idp", "admin_set_user_password", {"UserPoolId": "p_1", "Username": "u", "Password": "Temporary-1"}),
    )
    for service, operation, parameters in calls:
        client = boto3.Session().client(service)  # type: ignore[call-overload]  # one of three
        with Stubber(client) as stub:
            stub.add_response(operation, {}, parameters)
            getattr(client, operation)(**parameters)
    assert [kind for kind, _ in hits("Alan", "a-sub", "an-operator", "Temporary-1", "P#1")] == [
        "name Alan",
        "name a-sub",
        "name an-operator",
        "name Temporary-1",
    ]


def test_a_name_is_not_found_within_a_word_nor_one_that_tells_nothing(hits, said):
    said.add("Ann", "12345", "a.", "rec_01JDZ6V8K2M3N4P5Q6R7S8T9VA")
    assert hits("Annual", "12345 a.", "rec_01JDZ6V8K2M3N4P5Q6R7S8T9VA") == []


def test_a_terminal_may_show_names_and_emails_but_no_token(hits, said):
    said.add("Ada Lovelace")
    token = f"eyJ{'a' * 16}.{'b' * 16}"
    assert hits("Ada Lovelace", "ada@example.com", token, name=f"state{logs.TERMINAL}") == [("token", token)]


def test_of_a_deployment_every_part_must_have_written(tmp_path, said):
    functions = tmp_path / "logs" / "functions"
    functions.mkdir(parents=True)
    assert logs.search(tmp_path, said).silent == []
    for log in (functions / "one.log", tmp_path / "logs" / "aws.log"):
        log.write_text("a line\n")
    (tmp_path / "logs" / "rekognition.log").touch()
    silent = [f"logs/{name}" for name in logs.WRITTEN if name != "aws.log"]
    assert logs.search(tmp_path, said).silent == silent
    for log in (functions / "one.log", tmp_path / "logs" / "aws.log"):
        log.unlink()
