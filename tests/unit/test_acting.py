"""No function asks AWS for more than its role allows, in any unit test; and that would be seen."""

import boto3
import pytest

from tests.rights import API, PHOTOS

from . import acting
from .stored import BUCKET, TABLE


@pytest.mark.parametrize(
    ("function", "service", "operation", "params"),
    [
        (API, "dynamodb", "scan", {"TableName": TABLE}),
        (API, "dynamodb", "delete_item", {"TableName": TABLE, "Key": {"pk": {"S": "AUDIT#1"}, "sk": {"S": "A"}}}),
        (PHOTOS, "dynamodb", "delete_item", {"TableName": TABLE, "Key": {"pk": {"S": "P#1"}, "sk": {"S": "A"}}}),
        (API, "s3", "get_object", {"Bucket": BUCKET, "Key": "uploads/verification/1", "VersionId": "v"}),
        (PHOTOS, "s3", "get_object", {"Bucket": BUCKET, "Key": "uploads/recognition/1"}),
        (PHOTOS, "s3", "list_object_versions", {"Bucket": BUCKET}),
    ],
)
def test_what_a_role_does_not_allow_is_seen(cloud, function, service, operation, params):
    client = boto3.client(service)
    acting.as_function(function, lambda: client.generate_presigned_url(operation, Params=params))()
    assert len(acting.violations) == 1
    acting.violations.clear()


def test_a_deletion_is_asked_about_with_all_partitions_of_its_transaction(cloud):
    delete = {"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "P#1"}, "sk": {"S": "A"}}}}
    put = {"Put": {"TableName": TABLE, "Item": {"pk": {"S": "AUDIT#1"}, "sk": {"S": "A"}}}}
    params = {"TransactItems": [delete, put]}
    client = boto3.client("dynamodb")
    acting.as_function(API, lambda: client.generate_presigned_url("transact_write_items", Params=params))()
    assert acting.violations == [f"{API} may not dynamodb:DeleteItem on <Records/Table.Arn> AUDIT#1"]
    acting.violations.clear()


def test_what_it_allows_is_not(cloud):
    photo = {"Bucket": BUCKET, "Key": "uploads/recognition/1", "VersionId": "v"}
    acting.as_function(PHOTOS, lambda: boto3.client("s3").generate_presigned_url("get_object", Params=photo))()
    assert (PHOTOS, "s3:GetObjectVersion") in acting.used
