"""Rekognition in the local AWS: checked here, answered by the endpoint of `local.rekognition`."""

import asyncio
import http.client
import json
import queue
import time
from collections.abc import Mapping
from typing import Any

import ministack.app as gateway
from ministack.core import router

from local.aws import iam

CONTENT_TYPE = "application/x-amz-json-1.1"
TARGET_PREFIX = "RekognitionService."

# A call may wait behind others for the model; AWS's SDKs give up after 60 seconds too.
TIMEOUT_SECONDS = 60.0
# A server may close a connection that it finds idle; one that has rested longer than this is not used again.
LONGEST_REST_SECONDS = 2.0

Answer = tuple[int, dict[str, str], bytes]


class RefusedError(Exception):
    """The endpoint refused a call; `code` is Rekognition's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Endpoint:
    """The Rekognition endpoint, over connections that are kept alive. Safe for threads."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._resting: queue.LifoQueue[tuple[float, http.client.HTTPConnection]] = queue.LifoQueue()

    def post(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Call `target` (as in X-Amz-Target); the status and the JSON that came back.

        Raises:
            OSError: The endpoint cannot be reached.
            http.client.HTTPException: It did not answer in HTTP.
        """
        connection = self._connection()
        try:
            connection.request("POST", "/", body, {"Content-Type": CONTENT_TYPE, "X-Amz-Target": target})
            response = connection.getresponse()
            answer = response.status, response.read()
        except BaseException:
            connection.close()
            raise
        self._resting.put((time.monotonic(), connection))
        return answer

    def ask(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call `operation` and return its answer.

        Raises:
            RefusedError: The endpoint refused.
            OSError: The endpoint cannot be reached.
        """
        status, body = self.post(f"{TARGET_PREFIX}{operation}", json.dumps(request).encode())
        answer: dict[str, Any] = json.loads(body)
        if status != http.HTTPStatus.OK:
            raise RefusedError(answer.get("__type", ""), answer.get("Message", answer.get("message", "")))
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        while True:
            try:
                since, connection = self._resting.get_nowait()
            except queue.Empty:
                return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
            if time.monotonic() - since < LONGEST_REST_SECONDS:
                return connection
            connection.close()


def install(endpoint: Endpoint) -> None:
    """Send every Rekognition call to `endpoint`, once IAM allows it (which the gateway asks before this handler)."""

    async def handle(
        method: str,  # noqa: ARG001  (the gateway's signature)
        path: str,  # noqa: ARG001  (the same)
        headers: Mapping[str, str],
        body: bytes,
        query_params: Mapping[str, Any],
    ) -> Answer:
        if any(not iam.may_read_photo(headers, query_params, s3_object) for s3_object in s3_objects(body)):
            return _error(
                http.HTTPStatus.BAD_REQUEST,
                "InvalidS3ObjectException",
                "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
            )
        try:
            status, out = await asyncio.to_thread(endpoint.post, headers.get("x-amz-target", ""), body)
        except (OSError, http.client.HTTPException) as error:
            return _error(
                http.HTTPStatus.INTERNAL_SERVER_ERROR,
                "InternalServerError",
                f"The local Rekognition endpoint does not answer: {error!r}",
            )
        return status, {"Content-Type": CONTENT_TYPE}, out

    router.SERVICE_PATTERNS["rekognition"] = {"target_prefixes": [TARGET_PREFIX], "host_patterns": []}
    gateway.SERVICE_HANDLERS["rekognition"] = handle


def s3_objects(body: bytes) -> list[dict[str, str]]:
    """The S3 objects that a request wants read (as Image, SourceImage or TargetImage)."""
    # Most bodies carry no S3Object but megabytes of an image: not worth parsing.
    if b'"S3Object"' not in body:
        return []
    try:
        request = json.loads(body)
    except ValueError:
        return []
    images = [value for value in request.values() if isinstance(value, dict)] if isinstance(request, dict) else []
    return [found for image in images if isinstance(found := image.get("S3Object"), dict)]


def _error(status: http.HTTPStatus, code: str, message: str) -> Answer:
    body = json.dumps({"__type": code, "Message": message}).encode()
    return status, {"Content-Type": CONTENT_TYPE, "x-amzn-errortype": code}, body
