"""The bucket of uploads: private, versioned, TLS only, and nothing stays in it forever by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms
    from constructs import Construct

QUARANTINE_TAG = {"quarantine": "true"}
"""An object so tagged expires after a day, whatever its key."""


def upload_bucket(
    scope: Construct,
    id: str,
    *,
    expire_after: Mapping[str, Duration],
    allowed_origins: Sequence[str],
    encryption_key: kms.IKey | None,
    removal_policy: RemovalPolicy,
    bucket_name: str,
) -> s3.Bucket:
    """A bucket that browsers of `allowed_origins` may post to, whose objects expire by the prefix of their key.

    Other versions of an object, unfinished uploads and quarantined objects are gone after a day.
    """
    return s3.Bucket(
        scope,
        id,
        bucket_name=bucket_name,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        versioned=True,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        encryption=s3.BucketEncryption.KMS if encryption_key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=encryption_key,
        bucket_key_enabled=True if encryption_key else None,
        cors=[_posts_from(allowed_origins)] if allowed_origins else None,
        lifecycle_rules=[
            *(
                s3.LifecycleRule(id=f"expire-{prefix}", prefix=prefix, expiration=age)
                for prefix, age in expire_after.items()
            ),
            s3.LifecycleRule(id="quarantine", tag_filters=QUARANTINE_TAG, expiration=Duration.days(1)),
            s3.LifecycleRule(
                id="leftovers",
                noncurrent_version_expiration=Duration.days(1),
                abort_incomplete_multipart_upload_after=Duration.days(1),
                expired_object_delete_marker=True,
            ),
        ],
        removal_policy=removal_policy,
    )


def _posts_from(origins: Sequence[str]) -> s3.CorsRule:
    return s3.CorsRule(
        allowed_methods=[s3.HttpMethods.POST],
        allowed_origins=list(origins),
        allowed_headers=["*"],
        max_age=Duration.hours(1).to_seconds(),
    )
