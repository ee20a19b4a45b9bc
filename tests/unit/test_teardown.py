"""Emptying a stack's bucket before it is destroyed: S3 is moto's, CloudFormation answers by botocore's own model."""

import json
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from infra.account import session
from infra.teardown import TeardownError, empty_buckets

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
BUCKET = "faces-photos"


def resource(kind, physical_id, status="CREATE_COMPLETE", logical_id="Logical"):
    return {
        "LogicalResourceId": logical_id,
        "ResourceType": kind,
        "PhysicalResourceId": physical_id,
        "LastUpdatedTimestamp": CREATED,
        "ResourceStatus": status,
    }


@pytest.fixture
def s3():
    with mock_aws():
        s3 = boto3.client("s3")
        for bucket in (BUCKET, "another", "deleted-before"):
            s3.create_bucket(Bucket=bucket)
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
            for n in range(3):
                s3.put_object(Bucket=bucket, Key="uploads/photo", Body=str(n).encode())
            s3.delete_object(Bucket=bucket, Key="uploads/photo")
        yield s3


@pytest.fixture
def cloudformation():
    return boto3.client("cloudformation")


def describe(stub, *, protected):
    stack = {
        "StackName": "Faces-dev",
        "CreationTime": CREATED,
        "StackStatus": "CREATE_COMPLETE",
        "EnableTerminationProtection": protected,
    }
    stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "Faces-dev"})


def template(stub, **policies):
    resources = {
        name: {"Type": "AWS::S3::Bucket"} | ({"DeletionPolicy": to} if to else {}) for name, to in policies.items()
    }
    stub.add_response(
        "get_template", {"TemplateBody": json.dumps({"Resources": resources})}, {"StackName": "Faces-dev"}
    )


def versions(s3, bucket):
    listed = s3.list_object_versions(Bucket=bucket)
    return len(listed.get("Versions", [])) + len(listed.get("DeleteMarkers", []))


def test_every_version_and_marker_of_the_stacks_bucket_goes_and_nothing_else(s3, cloudformation):
    resources = [
        resource("AWS::S3::Bucket", BUCKET),
        resource("AWS::S3::Bucket", "deleted-before", "DELETE_COMPLETE"),
        resource("AWS::SQS::Queue", "another"),
    ]
    with Stubber(cloudformation) as stub:
        for deleted in (4, 0):
            describe(stub, protected=False)
            template(stub, Logical="Delete")
            stub.add_response("list_stack_resources", {"StackResourceSummaries": resources})
            assert empty_buckets("Faces-dev", cloudformation=cloudformation, s3=s3) == deleted
    assert [versions(s3, bucket) for bucket in (BUCKET, "deleted-before", "another")] == [0, 4, 4]


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_bucket_that_outlives_its_stack_keeps_its_photos(s3, cloudformation, policy):
    resources = [resource("AWS::S3::Bucket", BUCKET), resource("AWS::S3::Bucket", "another", logical_id="Other")]
    with Stubber(cloudformation) as stub:
        describe(stub, protected=False)
        template(stub, Logical=policy, Other=None)
        stub.add_response("list_stack_resources", {"StackResourceSummaries": resources})
        assert empty_buckets("Faces-dev", cloudformation=cloudformation, s3=s3) == 4
    assert [versions(s3, bucket) for bucket in (BUCKET, "another")] == [4, 0]


def test_a_stack_that_is_protected_is_left_alone(s3, cloudformation):
    with Stubber(cloudformation) as stub:
        describe(stub, protected=True)
        with pytest.raises(TeardownError, match="protected"):
            empty_buckets("Faces-dev", cloudformation=cloudformation, s3=s3)
    assert versions(s3, BUCKET) == 4


def test_a_stack_that_does_not_exist_has_nothing_to_empty(s3, cloudformation):
    with Stubber(cloudformation) as stub:
        stub.add_client_error("describe_stacks", "ValidationError")
        assert empty_buckets("Faces-dev", cloudformation=cloudformation, s3=s3) == 0


def test_the_region_is_the_one_that_the_cdk_deploys_to(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert session().region_name == "us-east-1"
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert session().region_name == "eu-central-1"
