"""Empties the photo bucket of a stack that is about to be destroyed: CloudFormation deletes no bucket with objects.

python -m infra.teardown Faces-dev

A stack that is protected against termination is left alone, and so is a bucket that is to outlive its stack. This is a
command for people; no function can do it.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.account import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


class TeardownError(Exception):
    """The stack may not be torn down, or could not be emptied; the message says why."""


def empty_buckets(stack: str, *, cloudformation: CloudFormationClient, s3: S3Client) -> int:
    """Delete every version of every object in those of the stack's buckets that are deleted with it.

    Safe to repeat. A photo that is uploaded meanwhile makes `cdk destroy` fail; then run both again.

    Returns:
        How many versions and delete markers were deleted; 0 when there is no such stack.

    Raises:
        TeardownError: The stack is protected, or S3 refused to delete something.
    """
    try:
        (description,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's word for "does not exist"
            return 0
        raise
    if description.get("EnableTerminationProtection"):
        raise TeardownError(f"{stack} is protected against termination; nothing was deleted")
    return sum(_empty(bucket, s3) for bucket in _buckets(stack, cloudformation))


def _buckets(stack: str, cloudformation: CloudFormationClient) -> Iterator[str]:
    template = _template(stack, cloudformation)["Resources"]
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            exists = resource["ResourceStatus"] != "DELETE_COMPLETE"
            if not exists or resource["ResourceType"] != "AWS::S3::Bucket":
                continue
            goes = template[resource["LogicalResourceId"]].get("DeletionPolicy", "Delete") == "Delete"
            if goes and resource.get("PhysicalResourceId"):
                yield resource["PhysicalResourceId"]


def _template(stack: str, cloudformation: CloudFormationClient) -> Any:
    body: Any = cloudformation.get_template(StackName=stack)["TemplateBody"]
    return json.loads(body) if isinstance(body, str) else body


def _empty(bucket: str, s3: S3Client) -> int:
    deleted = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions: list[ObjectIdentifierTypeDef] = [
            {"Key": version["Key"], "VersionId": version["VersionId"]}
            for version in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        ]
        if versions:
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
            if errors := answer.get("Errors"):
                raise TeardownError(f"{bucket}: {len(errors)} objects could not be deleted: {errors[0].get('Code')}")
            deleted += len(versions)
    return deleted


def main() -> None:
    """Empty the buckets of the stack that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.teardown",
        description="Empties the photo bucket of a stack that is about to be destroyed.",
    )
    parser.add_argument("stack", help="as in Faces-dev")
    stack = parser.parse_args().stack
    try:
        aws = session()
        deleted = empty_buckets(stack, cloudformation=aws.client("cloudformation"), s3=aws.client("s3"))
    except (TeardownError, BotoCoreError, ClientError) as error:
        sys.exit(f"error: {error}")
    sys.stderr.write(f"{deleted} object versions deleted\n")


if __name__ == "__main__":
    main()
