"""Queues as all constructs here want them: TLS only, and encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_sqs as sqs

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_kms as kms
    from constructs import Construct


def secure_queue(
    scope: Construct,
    id: str,
    *,
    retention: Duration,
    encryption_key: kms.IKey | None,
    visibility_timeout: Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    """A queue that refuses plain HTTP and is encrypted with the key, or without one by SQS's own keys.

    Those rather than the AWS managed KMS key, which S3 may not use.
    """
    return sqs.Queue(
        scope,
        id,
        enforce_ssl=True,
        retention_period=retention,
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
        encryption=sqs.QueueEncryption.KMS if encryption_key else sqs.QueueEncryption.SQS_MANAGED,
        encryption_master_key=encryption_key,
    )
