import asyncio
import base64
import json
import socket
import time

import pytest

from local.rekognition import server
from local.rekognition.errors import SerializationError
from tests.endpoint.endpoint import code, refusal
from tests.endpoint.shapes import COMMON_ERRORS, MODEL

DETECT = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: RekognitionService.DetectFaces\r\nContent-Length: "


def refused(endpoint, operation, body):
    """The code of a refusal of a raw body; whatever the body, it is a modelled 400."""
    status, answer = endpoint.post(operation, body if isinstance(body, bytes) else json.dumps(body).encode())
    assert status == 400, answer
    assert answer["__type"] == answer["Code"]
    assert answer["Message"]
    known = {shape.name for shape in MODEL.operation_model(operation).error_shapes} | COMMON_ERRORS
    assert answer["__type"] in known
    return answer["__type"]


def test_the_health_check_answers_while_the_endpoint_is_up(endpoint):
    assert endpoint.request("GET") == (200, {"status": "ok"})


def test_an_operation_that_is_not_served_says_so_with_a_modelled_error(rekognition):
    expected = ("InvalidParameterException", "DetectLabels is not served by this local endpoint")
    assert refusal(rekognition.detect_labels, Image={"Bytes": b"x"}) == expected


def test_every_operation_of_the_model_is_served_or_refused_by_a_modelled_error(endpoint):
    for name in MODEL.operation_names:
        status, answer = endpoint.post(name, b"{}")
        if status != 200:
            known = {shape.name for shape in MODEL.operation_model(name).error_shapes} | COMMON_ERRORS
            assert status == 400
            assert answer["__type"] in known, name


@pytest.mark.parametrize(
    "target", ["RekognitionService.Nothing", "DynamoDB_20120810.ListTables", "DetectFaces", "", "ä"]
)
def test_an_unknown_operation_is_refused_as_unknown(endpoint, target):
    status, answer = endpoint.request("POST", body=b"{}", **{"X-Amz-Target": target})
    assert (status, answer["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/"), ("POST", "/other"), ("GET", "/other"), ("DELETE", "/")])
def test_other_methods_and_paths_are_refused(endpoint, method, path):
    status, answer = endpoint.request(method, path, body=b"x")
    assert (status, answer["__type"]) == (400, "UnknownOperationException")


def test_a_web_page_may_not_call(endpoint):
    headers = {"X-Amz-Target": "RekognitionService.ListCollections", "Origin": "http://localhost:7420"}
    status, answer = endpoint.request("POST", body=b"{}", **headers)
    assert (status, answer["__type"]) == (400, "AccessDeniedException")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"CollectionId": "a"',
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b"NaN",
        b"[" * 100_000,
        b'{"CollectionId": ' + b"1" * 5000 + b"}",
        b'{"CollectionId": 7}',
        b'{"CollectionId": true}',
        b'{"CollectionId": ["a"]}',
        b'{"CollectionId": {"a": 1}}',
        b'{"CollectionId": "a", "MaxResults": "3"}',
        b'{"CollectionId": "a", "MaxResults": 1.5}',
        b'{"CollectionId": "a", "MaxResults": true}',
        b'{"CollectionId": "a", "FaceIds": "x"}',
        b'{"CollectionId": "a", "FaceIds": [null]}',
    ],
)
def test_a_body_that_is_no_request_is_refused_as_such(endpoint, body):
    assert refused(endpoint, "ListFaces", body) == "SerializationException"


@pytest.mark.parametrize("image", [{"Bytes": "not base64!"}, {"Bytes": "abc"}, {"Bytes": 7}, {"S3Object": "name"}, []])
def test_an_image_of_the_wrong_type_is_refused(endpoint, image):
    assert refused(endpoint, "DetectFaces", {"Image": image}) == "SerializationException"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ({}, "InvalidParameterException"),
        ({"Bytes": ""}, "ValidationException"),
        ({"Bytes": "aGVsbG8=", "S3Object": {"Bucket": "bucket", "Name": "name"}}, "InvalidParameterException"),
        ({"S3Object": {}}, "InvalidParameterException"),
        ({"S3Object": {"Bucket": "bucket"}}, "InvalidParameterException"),
        ({"S3Object": {"Bucket": "b", "Name": "name"}}, "ValidationException"),
        ({"S3Object": {"Bucket": "bucket", "Name": ""}}, "ValidationException"),
        ({"Bytes": "aGVsbG8="}, "InvalidImageFormatException"),
    ],
)
def test_an_image_that_is_none_is_refused(endpoint, image, expected):
    assert refused(endpoint, "DetectFaces", {"Image": image}) == expected


@pytest.mark.parametrize(
    ("operation", "request_", "constraint"),
    [
        ("CreateCollection", {}, "Value null at 'collectionId' failed to satisfy constraint: Member must not be null"),
        ("CreateCollection", {"CollectionId": None}, "Value null at 'collectionId'"),
        ("CreateCollection", {"CollectionId": "a b"}, "regular expression pattern: [a-zA-Z0-9_.\\-]+"),
        ("CreateCollection", {"CollectionId": "a\n"}, "regular expression pattern"),
        ("CreateCollection", {"CollectionId": "a" * 256}, "length less than or equal to 255"),
        ("CreateCollection", {"CollectionId": ""}, "length greater than or equal to 1"),
        ("CreateCollection", {"CollectionId": "a", "Tags": {"aws:x": "y"}}, "regular expression pattern"),
        (
            "CreateCollection",
            {"CollectionId": "a", "Tags": {str(n): "" for n in range(201)}},
            "less than or equal to 200",
        ),
        ("TagResource", {"ResourceArn": "a" * 20}, "Value null at 'tags'"),
        ("TagResource", {"ResourceArn": "arn", "Tags": {}}, "length greater than or equal to 20"),
        (
            "TagResource",
            {"ResourceArn": "a" * 20, "Tags": {"a": "b!"}},
            "Value '{a=b!}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must",
        ),
        ("TagResource", {"ResourceArn": "a" * 20, "Tags": {"a": "b" * 257}}, "length less than or equal to 256"),
        (
            "TagResource",
            {"ResourceArn": "a" * 20, "Tags": {"k" * 129: ""}},
            "'tags' failed to satisfy constraint: Map keys",
        ),
        (
            "UntagResource",
            {"ResourceArn": "a" * 20, "TagKeys": ["a", "aws:a"]},
            "Value '[a, aws:a]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, "
            "Member must satisfy regular expression pattern: ",
        ),
        ("ListTagsForResource", {}, "Value null at 'resourceArn'"),
        ("ListCollections", {"MaxResults": 4097}, "value less than or equal to 4096"),
        ("ListCollections", {"MaxResults": -1}, "value greater than or equal to 0"),
        ("ListCollections", {"NextToken": "x" * 256}, "length less than or equal to 255"),
        ("IndexFaces", {"CollectionId": "a", "Image": {}, "MaxFaces": 0}, "'maxFaces'"),
        ("IndexFaces", {"CollectionId": "a", "Image": {}, "ExternalImageId": "a/b"}, "'externalImageId'"),
        ("IndexFaces", {"CollectionId": "a", "Image": {}, "QualityFilter": "BEST"}, "enum value set: [NONE, AUTO, LOW"),
        ("DetectFaces", {"Image": {}, "Attributes": ["BEAUTY"]}, "Value '[BEAUTY]' at 'attributes'"),
        ("SearchFacesByImage", {"CollectionId": "a", "Image": {}, "FaceMatchThreshold": 100.1}, "'faceMatchThreshold'"),
        ("SearchFacesByImage", {"CollectionId": "a", "Image": {}, "MaxFaces": 4097}, "'maxFaces'"),
        ("SearchFaces", {"CollectionId": "a"}, "Value null at 'faceId'"),
        ("SearchFaces", {"CollectionId": "a", "FaceId": "A" * 36}, "'faceId'"),
        ("SearchUsers", {"CollectionId": "a", "UserId": "u", "MaxUsers": 0}, "greater than or equal to 1"),
        ("SearchUsers", {"CollectionId": "a", "UserId": "u", "UserMatchThreshold": 101}, "'userMatchThreshold'"),
        ("CompareFaces", {"SourceImage": {}}, "Value null at 'targetImage'"),
        ("CompareFaces", {"SourceImage": {}, "TargetImage": {}, "SimilarityThreshold": -1}, "'similarityThreshold'"),
        ("SearchUsersByImage", {"CollectionId": "a", "Image": {}, "MaxUsers": 501}, "'maxUsers'"),
        ("SearchUsersByImage", {"CollectionId": "a", "Image": {}, "UserMatchThreshold": -1}, "'userMatchThreshold'"),
        ("CreateUser", {"CollectionId": "a", "UserId": "a b"}, "'userId'"),
        ("CreateUser", {"CollectionId": "a", "UserId": "u" * 129}, "less than or equal to 128"),
        ("CreateUser", {"CollectionId": "a", "UserId": "u", "ClientRequestToken": "t.t"}, "'clientRequestToken'"),
        ("ListUsers", {"CollectionId": "a", "MaxResults": 501}, "less than or equal to 500"),
        ("ListUsers", {"CollectionId": "a", "MaxResults": 0}, "greater than or equal to 1"),
        ("AssociateFaces", {"CollectionId": "a", "UserId": "u", "FaceIds": []}, "'faceIds'"),
        ("AssociateFaces", {"CollectionId": "a", "UserId": "u", "FaceIds": ["x"]}, "Value '[x]' at 'faceIds'"),
        ("AssociateFaces", {"CollectionId": "a", "UserId": "u", "FaceIds": [""] * 101}, "less than or equal to 100"),
        ("DeleteFaces", {"CollectionId": "a", "FaceIds": [""] * 4097}, "less than or equal to 4096"),
        ("DeleteUser", {"CollectionId": "a b", "UserId": ""}, "3 validation errors detected: "),
    ],
)
def test_a_broken_constraint_is_named_as_the_service_names_it(endpoint, operation, request_, constraint):
    assert refused(endpoint, operation, request_) == "ValidationException"
    assert constraint in endpoint.post(operation, json.dumps(request_).encode())[1]["Message"]


def test_a_million_broken_items_are_one_sentence(endpoint):
    body = {"CollectionId": "a", "FaceIds": ["x"] * 1_000_000}
    status, answer = endpoint.post("DeleteFaces", json.dumps(body).encode())
    assert (status, answer["__type"]) == (400, "ValidationException")
    assert answer["Message"].startswith("2 validation errors detected: Value '[x, x, x")
    assert len(answer["Message"]) < 1000


def test_null_and_unknown_members_are_as_good_as_absent(endpoint):
    status, answer = endpoint.post("ListCollections", b'{"MaxResults": null, "NextToken": null, "Colour": "red"}')
    assert (status, set(answer)) == (200, {"CollectionIds", "FaceModelVersions"})


def test_an_empty_body_is_an_empty_request(endpoint):
    assert endpoint.post("ListCollections", b"")[0] == 200


def test_an_image_of_more_than_5_mib_in_the_request_is_invalid_and_not_repeated(rekognition, collection):
    image = {"Bytes": b"\xff\xd8\xff" + bytes(5 * 1024 * 1024)}
    expected = (
        "ValidationException",
        "1 validation error detected: Value '5242883 bytes' at 'image.bytes' failed to satisfy constraint: "
        "Member must have length less than or equal to 5242880",
    )
    for call in (rekognition.index_faces, rekognition.search_faces_by_image, rekognition.search_users_by_image):
        assert refusal(call, CollectionId=collection, Image=image) == expected
    assert refusal(rekognition.detect_faces, Image=image) == expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [("DetectFaces", "ImageTooLargeException"), ("ListFaces", "InvalidParameterException")],
)
def test_a_huge_body_is_refused_and_the_client_gets_to_read_it(endpoint, operation, expected):
    assert refused(endpoint, operation, b'{"Image": {"Bytes": "' + b"A" * 40_000_000 + b'"}}') == expected


def test_a_client_that_never_says_what_it_wants_is_refused(monkeypatch):
    async def receive():
        await asyncio.sleep(60)

    monkeypatch.setattr(server, "BODY_SECONDS", 0.01)
    with pytest.raises(SerializationError, match="did not arrive"):
        asyncio.run(server._body(receive, 10))


def test_a_client_that_goes_away_in_the_middle_leaves_the_endpoint_well(endpoint):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", endpoint.port)) as client:
            client.sendall(DETECT + b'9999\r\n\r\n{"Image"')
    assert endpoint.post("ListCollections", b"{}")[0] == 200


def test_calls_without_an_image_do_not_wait_for_those_with_one(endpoint, photos):
    body = json.dumps({"Image": {"Bytes": base64.b64encode(photos["biden"]).decode()}}).encode()
    # More stalled uploads than there is room for: every one holds a place among the calls with an image.
    stalled = [socket.create_connection(("127.0.0.1", endpoint.port)) for _ in range(20)]
    try:
        for client in stalled:
            client.sendall(DETECT + f"{len(body)}\r\n\r\n".encode() + body[:-1])
        time.sleep(0.1)
        assert endpoint.post("ListCollections", b"{}")[0] == 200
        for client in stalled:
            client.sendall(body[-1:])
        assert all(client.recv(12) == b"HTTP/1.1 200" for client in stalled)
    finally:
        for client in stalled:
            client.close()


def test_the_log_tells_no_names_and_no_images(rekognition, collection, endpoint, photos):
    external, user = "somebody-by-name", "another-by-name"
    rekognition.create_user(CollectionId=collection, UserId=user)
    rekognition.index_faces(CollectionId=collection, Image={"Bytes": photos["sunak"]}, ExternalImageId=external)
    code(rekognition.create_user, CollectionId=collection, UserId=user)
    code(rekognition.detect_faces, Image={"S3Object": {"Bucket": "nobodys-bucket", "Name": "nobodys-photo"}})
    log = endpoint.log.read_text()
    assert "IndexFaces OK" in log
    assert "CreateUser ConflictException" in log
    for secret in (external, user, collection, "nobodys", base64.b64encode(photos["sunak"])[:40].decode()):
        assert secret not in log
