"""The local AWS: what the plug-in adds to ministack."""

import json
import socket
import subprocess

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from adapters.crc64 import encoded_crc64
from local.cloud import AWS_PYTHON, REGION
from local.ports import HOST
from local.processes import ROOT
from tests.e2e.support import unused_ulid


def code_of(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]


@pytest.fixture
def as_role(cloud):
    """A function that makes a client of a service with the rights of a role that may do `actions` on `*`."""
    iam, sts = cloud.client("iam"), cloud.client("sts")
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})

    def make(service, *actions, resource="*"):
        name = f"test-{unused_ulid()}"
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        if actions:
            statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
        found = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return boto3.client(
            service,
            endpoint_url=cloud.endpoint,
            region_name=REGION,
            aws_access_key_id=found["AccessKeyId"],
            aws_secret_access_key=found["SecretAccessKey"],
            aws_session_token=found["SessionToken"],
        )

    return make


@pytest.fixture
def collection(cloud):
    """A Rekognition collection of the test's own."""
    rekognition, name = cloud.client("rekognition"), f"test-{unused_ulid()}"
    rekognition.create_collection(CollectionId=name)
    yield name
    rekognition.delete_collection(CollectionId=name)


@pytest.fixture
def photo(cloud, samples):
    """A photo in a bucket of the test's own."""
    s3, bucket = cloud.client("s3"), f"test-{unused_ulid().lower()}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="a photo.jpg", Body=(samples / "obama-2012.jpg").read_bytes())[
        "VersionId"
    ]
    return {"Bucket": bucket, "Name": "a photo.jpg", "Version": version}


def test_rekognition_needs_a_right(as_role, collection):
    assert code_of(as_role("rekognition").list_faces, CollectionId=collection) == "AccessDeniedException"
    assert as_role("rekognition", "rekognition:ListFaces").list_faces(CollectionId=collection)["Faces"] == []


def test_a_right_on_one_collection_is_none_on_another(as_role, collection):
    arn = f"arn:aws:rekognition:{REGION}:000000000000:collection"
    other = as_role("rekognition", "rekognition:*", resource=f"{arn}/other")
    assert code_of(other.list_faces, CollectionId=collection) == "AccessDeniedException"
    assert code_of(other.list_collections) == "AccessDeniedException"
    assert as_role("rekognition", "rekognition:*", resource=f"{arn}/{collection}").list_faces(CollectionId=collection)


@pytest.mark.parametrize("right", ["s3:GetObject", "s3:GetObjectVersion"])
def test_rekognition_reads_a_photo_with_its_callers_rights(as_role, photo, right):
    reader = as_role("rekognition", "rekognition:DetectFaces", right)
    unversioned = {"Bucket": photo["Bucket"], "Name": photo["Name"]}
    allowed, refused = (photo, unversioned) if right == "s3:GetObjectVersion" else (unversioned, photo)
    assert len(reader.detect_faces(Image={"S3Object": allowed})["FaceDetails"]) == 1
    assert code_of(reader.detect_faces, Image={"S3Object": refused}) == "InvalidS3ObjectException"


def test_rekognition_gets_large_images_by_value(as_role, samples, collection):
    searcher = as_role("rekognition", "rekognition:SearchUsersByImage")
    image = {"Bytes": (samples / "biden.jpg").read_bytes()}
    assert searcher.search_users_by_image(CollectionId=collection, Image=image)["UserMatches"] == []


def test_a_collection_of_a_stack_has_the_tags_of_its_template(cloud):
    cloudformation, rekognition = cloud.client("cloudformation"), cloud.client("rekognition")
    name = f"tags-{unused_ulid()}"

    def template(**tags):
        properties = {"CollectionId": name, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        return json.dumps({"Resources": {"Faces": {"Type": "AWS::Rekognition::Collection", "Properties": properties}}})

    def tags():
        arn = rekognition.describe_collection(CollectionId=name)["CollectionARN"]
        return rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"]

    cloudformation.create_stack(StackName=name, TemplateBody=template(project="one", stage="local"))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    assert tags() == {"project": "one", "stage": "local"}
    cloudformation.update_stack(StackName=name, TemplateBody=template(project="two", owner="me"))
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    assert tags() == {"project": "two", "owner": "me"}
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


def test_each_item_of_a_transaction_needs_its_own_right(cloud, as_role):
    table = cloud.client("dynamodb")
    name = f"test-{unused_ulid()}"
    table.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = {"pk": {"S": "a"}}
    put = {"Put": {"TableName": name, "Item": key}}
    check = {
        "ConditionCheck": {
            "TableName": name,
            "Key": {"pk": {"S": "b"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }
    both = as_role("dynamodb", "dynamodb:PutItem", "dynamodb:ConditionCheckItem")
    both.transact_write_items(TransactItems=[put, check])
    for right in ("dynamodb:PutItem", "dynamodb:TransactWriteItems"):
        assert code_of(as_role("dynamodb", right).transact_write_items, TransactItems=[put, check]) == (
            "AccessDeniedException"
        )


def test_a_transaction_told_again_by_its_token_is_done_once(cloud):
    table, name = cloud.client("dynamodb"), f"test-{unused_ulid()}"
    table.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"pk": {"S": "a"}, "number": {"N": "99.0"}}
    put = {"Put": {"TableName": name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
    for _ in range(2):
        table.transact_write_items(TransactItems=[put], ClientRequestToken="the same")
    other = {"Delete": {"TableName": name, "Key": {"pk": {"S": "a"}}}}
    code = code_of(table.transact_write_items, TransactItems=[other], ClientRequestToken="the same")
    assert code == "IdempotentParameterMismatchException"


def test_an_index_is_queried_with_a_right_on_the_index(deployed, as_role):
    table = f"arn:aws:dynamodb:{REGION}:000000000000:table/{deployed.outputs.table_name}"
    query = {
        "TableName": deployed.outputs.table_name,
        "IndexName": "gsi1",
        "KeyConditionExpression": "gsi1pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "nothing"}},
    }
    assert code_of(as_role("dynamodb", "dynamodb:Query", resource=table).query, **query) == "AccessDeniedException"
    assert as_role("dynamodb", "dynamodb:Query", resource=f"{table}/index/gsi1").query(**query)["Items"] == []


@pytest.mark.parametrize(
    ("right", "operation"),
    [
        ("s3:DeleteObjectVersion", "delete_object"),
        ("s3:PutObjectVersionTagging", "put_object_tagging"),
        ("s3:GetObjectVersion", "get_object"),
    ],
)
def test_a_version_of_an_object_needs_a_right_on_versions(as_role, photo, right, operation):
    arguments = {"Bucket": photo["Bucket"], "Key": photo["Name"], "VersionId": photo["Version"]}
    if operation == "put_object_tagging":
        arguments["Tagging"] = {"TagSet": [{"Key": "a", "Value": "b"}]}
    without = getattr(as_role("s3", right.replace("Version", "")), operation)
    assert code_of(without, **arguments) == "AccessDenied"
    getattr(as_role("s3", right), operation)(**arguments)


def test_each_version_that_came_without_a_checksum_has_the_one_that_s3_computes(cloud, photo):
    s3 = cloud.client("s3", config=Config(request_checksum_calculation="when_required"))
    asked = {"Bucket": photo["Bucket"], "Key": "like a browser's"}
    contents = [b"123456789", b"something else"]
    versions = [s3.put_object(**asked, Body=content)["VersionId"] for content in contents]
    for version, content in zip(versions, contents, strict=True):
        answer = s3.get_object(**asked, VersionId=version, ChecksumMode="ENABLED")
        assert answer["ChecksumCRC64NVME"] == encoded_crc64(content)


def test_another_release_of_ministack_is_refused_loudly():
    program = (
        "from local.aws import internals\n"
        "internals.VERSION = '0'\n"
        "try:\n    internals.check()\n"
        "except internals.ChangedError as error:\n    print(error)\n"
    )
    done = subprocess.run([AWS_PYTHON, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "made for ministack 0" in done.stdout


def test_without_enforcement_it_does_not_start():
    program = "from local.aws import internals; internals.check()"
    done = subprocess.run([AWS_PYTHON, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "AUTH=true" in done.stderr


def test_http_is_parsed_by_the_fast_server(cloud):
    with socket.create_connection((HOST, cloud.ports.aws), timeout=5) as connection:
        connection.sendall(b"no HTTP at all\r\n\r\n")
        answer = connection.recv(4096)
    assert b"Invalid HTTP request received." in answer, "not uvicorn's own words: does ministack start another server?"
