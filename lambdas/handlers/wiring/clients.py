"""AWS clients as this service wants them: short patience, few tries of their own, connections kept open."""

import os
from typing import Any

import boto3
from botocore.config import Config

from adapters.whole_answers import require_whole_answers

TRIES = 2  # what is still busy then is put off, not waited for
PROMPT = {"connect_timeout": 1, "read_timeout": 4}
"""Seconds, where somebody waits: what died unnoticed while the function was frozen is tried anew in time."""
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=15,
    retries={"mode": "standard", "total_max_attempts": TRIES},
    max_pool_connections=16,
    tcp_keepalive=True,
    signature_version=None,
)


def client(service: str, **overrides: Any) -> Any:
    """A client of `service`; make it once, outside of the handler, and use it for every call."""
    made = boto3.client(service, config=_CONFIG.merge(Config(**overrides)))  # type: ignore[call-overload]
    require_whole_answers(made)
    return made


def signing_client(**overrides: Any) -> Any:
    """A client of S3 that signs addresses for others, by Signature Version 4 and with the region in the host.

    Left to itself boto3 signs with version 2 in some regions, and for a host without a region. S3 sends requests for a
    new bucket on from there for hours, which a signed GET, a form and a browser do not follow, and newer regions
    refuse them for good. Only an endpoint that is not AWS's may know buckets by their path alone.
    """
    elsewhere = "AWS_ENDPOINT_URL" in os.environ or "AWS_ENDPOINT_URL_S3" in os.environ
    style = {"addressing_style": "auto" if elsewhere else "virtual"}
    return client("s3", signature_version="s3v4", s3=style, **overrides)
