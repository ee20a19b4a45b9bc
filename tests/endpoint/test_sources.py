"""Images in S3: what is read, and that nothing too large is."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from moto import mock_aws

from local.rekognition.errors import ImageTooLargeError, S3ObjectError
from local.rekognition.sources import MOST_S3_BYTES, ImageSource
from tests.endpoint.endpoint import Endpoint, refusal

UNREADABLE = (
    "InvalidS3ObjectException",
    "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
)


@pytest.fixture
def bucket():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="photos")
        s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
        yield s3
        s3.close()


def read(**reference):
    return ImageSource("us-east-1").read({"S3Object": {"Bucket": "photos", "Name": "a b/ü.jpg", **reference}})


def test_an_object_is_read_in_the_version_asked_for(bucket):
    versions = [
        bucket.put_object(Bucket="photos", Key="a b/ü.jpg", Body=body)["VersionId"] for body in (b"first", b"second")
    ]
    assert read() == b"second"
    assert read(Version=versions[0]) == b"first"


@pytest.mark.parametrize(
    "wrong", [{"Bucket": "nothing"}, {"Name": "nothing"}, {"Version": "nothing"}, {"Name": "\ud800"}]
)
def test_an_object_that_cannot_be_read_is_an_invalid_object(bucket, wrong):
    bucket.put_object(Bucket="photos", Key="a b/ü.jpg", Body=b"body")
    with pytest.raises(S3ObjectError):
        read(**wrong)


def test_an_object_may_have_15_mib_and_no_more(bucket):
    bucket.put_object(Bucket="photos", Key="a b/ü.jpg", Body=bytes(MOST_S3_BYTES))
    assert len(read()) == MOST_S3_BYTES
    bucket.put_object(Bucket="photos", Key="a b/ü.jpg", Body=bytes(MOST_S3_BYTES + 1))
    with pytest.raises(ImageTooLargeError):
        read()


class Objects(BaseHTTPRequestHandler):
    """An S3 of three objects, which notes what it is asked for and how much of it is taken."""

    photo: bytes = b""
    seen: list[str] = []  # noqa: RUF012 - the server makes an instance a request; this is what they share
    sent = 0

    def do_GET(self):
        self.seen.append(self.path)
        if self.path.startswith("/photos/huge"):
            self.answer(200, 10**9)
            with contextlib.suppress(OSError):
                for _ in range(1000):
                    self.wfile.write(bytes(10**6))
                    type(self).sent += 10**6
        elif self.path.startswith("/photos/broken"):
            self.answer(200, 1000)
            self.wfile.write(b"too little")
        elif self.path.startswith("/photos/photo"):
            self.answer(200, len(self.photo))
            self.wfile.write(self.photo)
        else:
            self.answer(403, 0)

    def answer(self, status, length):
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def with_s3(tmp_path_factory, photos):
    """An endpoint whose S3 is the one above."""
    Objects.photo = photos["sunak"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Objects)
    threading.Thread(target=server.serve_forever).start()
    s3 = {"AWS_ENDPOINT_URL_S3": f"http://localhost:{server.server_port}"}
    endpoint = Endpoint(tmp_path_factory.mktemp("s3") / "data", **s3)
    try:
        yield endpoint.start()
    finally:
        endpoint.close()
        server.shutdown()
        server.server_close()


def detect(endpoint, name, **version):
    return {"Image": {"S3Object": {"Bucket": "photos", "Name": name, **version}}}, endpoint.client().detect_faces


def test_the_endpoint_reads_a_photo_from_a_local_s3_by_path_and_version(with_s3):
    call, detect_faces = detect(with_s3, "photo.jpg", Version="v1")
    assert len(detect_faces(**call)["FaceDetails"]) == 1
    assert Objects.seen[-1].startswith("/photos/photo.jpg?versionId=v1")


def test_an_object_that_is_too_large_is_refused_by_its_header(with_s3):
    call, detect_faces = detect(with_s3, "huge.jpg")
    assert refusal(detect_faces, **call)[0] == "ImageTooLargeException"
    assert Objects.sent < 100 * 10**6


@pytest.mark.parametrize("name", ["broken.jpg", "forbidden.jpg"])
def test_an_s3_that_fails_is_an_invalid_object(with_s3, name):
    call, detect_faces = detect(with_s3, name)
    assert refusal(detect_faces, **call) == UNREADABLE


def test_no_s3_at_all_is_an_invalid_object(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(S3ObjectError):
        read()
