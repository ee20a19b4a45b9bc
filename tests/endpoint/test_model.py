"""The service model, member by member: what is served is all of it, but for what docs/rekognition.md says."""

import base64
import collections
import functools
import json
import re
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.rekognition.errors import SerializationError, ValidationError
from local.rekognition.operations import OPERATIONS
from local.rekognition.service import Service, Settings
from local.rekognition.validation import Api
from tests.endpoint.endpoint import ROOT
from tests.endpoint.shapes import MODEL
from tests.endpoint.test_documentation import rows

USER = {"CollectionId": "c", "UserId": "u"}
NOBODY = "00000000-0000-0000-0000-000000000000"
API = Api()


class Noting(dict[str, Any]):
    """A request that knows which of its members were looked at. Looking at all of them at once does not count."""

    def __init__(self, members):
        super().__init__({n: Noting(value) if isinstance(value, dict) else value for n, value in members.items()})
        self.seen = set()

    def __getitem__(self, name):
        self.seen.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.seen.add(name)
        return super().get(name, default)

    def paths(self):
        for name in self.seen & self.keys():
            yield name
            inner = dict.get(self, name)
            if isinstance(inner, Noting):
                yield from (f"{name}.{path}" for path in inner.paths())


def input_paths(shape):
    for name, member in shape.members.items():
        yield name
        if member.type_name == "structure":
            yield from (f"{name}.{path}" for path in input_paths(member))


def strike(missing, shape, value):
    """Strike what was answered out of what is missing: the members of every structure, by the structure's name."""
    if shape.type_name == "structure":
        missing[shape.name] = missing.get(shape.name, shape.members.keys()) - value.keys()
        for name, inner in value.items():
            strike(missing, shape.members[name], inner)
    elif shape.type_name == "list":
        for inner in value:
            strike(missing, shape.member, inner)


class Client:
    """Calls the operations as the server does, and notes the members that they look at and those that are missing."""

    def __init__(self, service):
        self.service = service
        self.looked_at = collections.defaultdict(set)
        self.missing = {}

    def __call__(self, operation, **request):
        noting = Noting(request)
        answer = OPERATIONS[operation](self.service, noting)
        self.looked_at[operation] |= set(noting.paths())
        strike(self.missing, MODEL.operation_model(operation).output_shape, answer)
        return answer


@pytest.fixture(scope="module")
def everything(tmp_path_factory, photos, small):
    """A client that has called every operation with every member."""
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="photos")
        s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
        version = s3.put_object(Bucket="photos", Key="sunak.jpg", Body=photos["sunak"])["VersionId"]
        s3.close()
        service = Service(Settings(tmp_path_factory.mktemp("model"), workers=1))
        client = Client(service)
        stored = {"S3Object": {"Bucket": "photos", "Name": "sunak.jpg", "Version": version}}
        call_everything(client, {"Bytes": small["sunak"]}, {"Bytes": small["biden"]}, stored)
        service.close()
    return client


def call_everything(call, image, other, stored):
    arn = call("CreateCollection", CollectionId="c", Tags={"a": "b"})["CollectionArn"]
    call("CreateCollection", CollectionId="d")
    token = call("ListCollections", MaxResults=1)["NextToken"]
    call("ListCollections", NextToken=token)
    call("DescribeCollection", CollectionId="c")
    call("TagResource", ResourceArn=arn, Tags={"c": "d"})
    call("ListTagsForResource", ResourceArn=arn)
    call("UntagResource", ResourceArn=arn, TagKeys=["a"])
    call("CreateUser", **USER, ClientRequestToken="t")
    call("CreateUser", CollectionId="c", UserId="v")
    token = call("ListUsers", CollectionId="c", MaxResults=1)["NextToken"]
    call("ListUsers", CollectionId="c", NextToken=token)
    index = {"CollectionId": "c", "DetectionAttributes": ["ALL"], "MaxFaces": 1}
    faces = [
        call("IndexFaces", **index, Image=photo, ExternalImageId=name, QualityFilter="NONE")["FaceRecords"][0]["Face"]
        for name, photo in (("a", image), ("b", stored), ("c", other))
    ]
    one, same, another = [face["FaceId"] for face in faces]
    for photo in (image, stored):
        call("DetectFaces", Image=photo, Attributes=["ALL"])
    search = {"CollectionId": "c", "QualityFilter": "NONE", "MaxFaces": 5, "FaceMatchThreshold": 1.0}
    users = {"CollectionId": "c", "MaxUsers": 5, "UserMatchThreshold": 1.0}
    associate = {**USER, "UserMatchThreshold": 99.0, "ClientRequestToken": "t"}
    call("AssociateFaces", **associate, FaceIds=[one])
    call("AssociateFaces", **USER, FaceIds=[same, another, NOBODY])
    call("AssociateFaces", CollectionId="c", UserId="v", FaceIds=[one, another])
    for photo in (image, stored):
        call("SearchFacesByImage", **search, Image=photo)
        call("SearchUsersByImage", **users, QualityFilter="NONE", Image=photo)
        call("CompareFaces", SourceImage=photo, TargetImage=other, SimilarityThreshold=80.0, QualityFilter="NONE")
        call("CompareFaces", SourceImage=image, TargetImage=photo)
    call("SearchFaces", CollectionId="c", FaceId=one, MaxFaces=5, FaceMatchThreshold=1.0)
    call("SearchUsers", **users, FaceId=one)
    call("SearchUsers", **users, UserId="u")
    token = call("ListFaces", CollectionId="c", UserId="u", FaceIds=[one, same], MaxResults=1)["NextToken"]
    call("ListFaces", CollectionId="c", UserId="u", FaceIds=[one, same], NextToken=token)
    call("DeleteFaces", CollectionId="c", FaceIds=[one, NOBODY])
    call("DisassociateFaces", **USER, FaceIds=[one, another], ClientRequestToken="t")
    call("DeleteUser", **USER, ClientRequestToken="t")
    call("DeleteCollection", CollectionId="c")


def page(pattern):
    """What the page says of members, by a pattern of its sentences."""
    return set(re.findall(pattern, (ROOT / "docs" / "rekognition.md").read_text()))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_member_of_a_request_is_looked_at_or_documented_as_ignored(everything, operation):
    members = set(input_paths(MODEL.operation_model(operation).input_shape))
    ignored = set(re.findall(r"`(\w+)` is ignored", dict(rows())[operation]))
    assert members - everything.looked_at[operation] == ignored


def test_every_member_of_an_answer_is_answered_or_documented_as_left_out(everything):
    missing = set().union(*everything.missing.values())
    (sentence,) = page(r"\*\*Left out\.\*\* ([^*]+)")
    assert missing == set(re.findall(r"`(\w+)`", sentence))


def request_for(shape, path, value):
    """The smallest request with this value at a path of member names; `...` leaves the member out."""
    name, *inner = path
    made = {required: sample(shape.members[required]) for required in shape.required_members}
    made[name] = request_for(shape.members[name], inner, value) if inner else value
    return {name: value for name, value in made.items() if value is not ...}


def sample(shape, size=None):
    """A value that the model takes, as long or as large as `size`."""
    if size is None:
        size = max(1, shape.metadata.get("min", 1))
    if shape.type_name == "structure":
        return {required: sample(shape.members[required]) for required in shape.required_members}
    if shape.type_name == "list":
        return [sample(shape.member)] * size
    if shape.type_name == "map":
        return {f"k{number}": sample(shape.value) for number in range(size)}
    if shape.type_name == "blob":
        return base64.b64encode(bytes(size)).decode()
    if shape.type_name == "string":
        return NOBODY if shape.name == "FaceId" else shape.metadata.get("enum", ["a" * size])[0]
    return size


def leaves(shape, path=()):
    for name, member in shape.members.items():
        yield (*path, name), member
        if member.type_name == "structure":
            yield from leaves(member, (*path, name))


CASES = [
    pytest.param(operation, path, member, id=f"{operation}-{'.'.join(path)}")
    for operation in OPERATIONS
    for path, member in leaves(MODEL.operation_model(operation).input_shape)
]


def judged(operation, path, value):
    """What is said of a request: nothing, or the sentence of the refusal."""
    model = MODEL.operation_model(operation)
    body = json.dumps(request_for(model.input_shape, path, value)).encode()
    try:
        API.parse(model, bytearray(body))
    except ValidationError as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(("operation", "path", "member"), CASES)
def test_a_member_is_taken_up_to_its_limits_and_refused_beyond(operation, path, member):
    named = f"at '{'.'.join(name[0].lower() + name[1:] for name in path)}"
    limits = member.metadata
    assert judged(operation, path, sample(member)) == ""
    if "enum" not in limits and member.name != "FaceId":
        for bound, step in (("min", -1), ("max", 1)):
            if bound in limits:
                assert judged(operation, path, sample(member, limits[bound])) == ""
                if limits[bound] + step >= 0 or member.type_name in ("integer", "float"):
                    assert named in judged(operation, path, sample(member, limits[bound] + step))
    if "enum" in limits or "pattern" in limits:
        assert named in judged(operation, path, "!" * max(3, limits.get("min", 0)))
    whole = MODEL.operation_model(operation).input_shape
    parent = functools.reduce(lambda outer, name: outer.members[name], path[:-1], whole)
    refused = f"Value null {named}' failed to satisfy constraint: Member must not be null"
    assert (refused in judged(operation, path, ...)) == (path[-1] in parent.required_members)
    with pytest.raises(SerializationError):
        judged(operation, path, 7 if member.type_name not in ("integer", "float") else "7")
