"""The account that the commands for people work on: the one that the CDK deploys into."""

from __future__ import annotations

import os

import boto3


def session() -> boto3.Session:
    """A session in the CDK's region.

    The CDK and the AWS CLI look at `AWS_REGION` first. boto3 does not, and would look for the stack in the region of a
    profile, or in none.
    """
    return boto3.Session(region_name=os.environ.get("AWS_REGION"))
