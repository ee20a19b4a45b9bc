"""Addresses that are signed for others: where they lead, in an account and beside it."""

from datetime import timedelta
from urllib.parse import urlsplit

import boto3
import pytest

from adapters.photo_links import PresignedGets
from adapters.upload_signer import PresignedPosts
from domain import times
from domain.photos import Photo, Purpose
from handlers.wiring.clients import signing_client

BUCKET = "uploads-111122223333-0a1b2c3d"


@pytest.fixture
def addresses(monkeypatch):
    """Signs an upload and a download in a region."""

    def signed(region="eu-central-1"):
        monkeypatch.setattr("boto3.client", boto3.Session(region_name=region).client)
        now, client = times.now(), signing_client()
        photo = Photo("rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB", "user-1", Purpose.RECOGNITION, "image/jpeg", now, version="v1")
        until = now + timedelta(minutes=5)
        upload = PresignedPosts(client, BUCKET).sign(photo, expires_at=until)
        assert upload.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
        return urlsplit(upload.url), urlsplit(PresignedGets(client, BUCKET).link(photo, expires_at=until))

    return signed


@pytest.mark.parametrize("region", ["eu-central-1", "us-west-2", "il-central-1"])
def test_uploads_and_downloads_go_to_the_bucket_s_own_region_at_once(addresses, region):
    for address in addresses(region):
        assert (address.scheme, address.netloc) == ("https", f"{BUCKET}.s3.{region}.amazonaws.com")


def test_the_region_of_the_global_host_is_reached_by_it(addresses):
    for address in addresses("us-east-1"):
        assert address.netloc == f"{BUCKET}.s3.amazonaws.com"


def test_an_endpoint_that_is_not_aws_s_gets_the_bucket_in_the_path(addresses, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    for address in addresses():
        assert (address.netloc, address.path.split("/")[1]) == ("localhost:4566", BUCKET)
