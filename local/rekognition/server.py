"""AWS JSON 1.1 over HTTP: POST /, X-Amz-Target: RekognitionService.<Operation>. GET / says whether the service is up.

Calls with an image wait for each other in a lane of their own, so that the others never wait for a face to be detected.
Both lanes bound how many bodies are in memory at once. What is logged of a call: its operation, outcome and time.
"""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.model import OperationModel

from local.rekognition.errors import (
    AccessDeniedError,
    ImageTooLargeError,
    InternalError,
    ParameterError,
    SerializationError,
    ServiceError,
    UnknownOperationError,
)
from local.rekognition.operations import OPERATIONS
from local.rekognition.service import Service
from local.rekognition.validation import Api

MOST_BODY = 8_000_000
"""Bytes of a request: the largest image in base64, and room for the rest. With two images twice as many."""
MOST_DISCARDED = 256_000_000
"""Bytes of a larger request that are read and dropped, so that the client gets to read the refusal."""
BODY_SECONDS = 30

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger("rekognition")


class _GoneError(Exception):
    """The client went away, or takes too long to say what it wants."""


class _Lane:
    """Threads for one kind of call, and a gate that lets in as many bodies."""

    def __init__(self, name: str, threads: int) -> None:
        self.gate = asyncio.Semaphore(threads)
        self.pool = ThreadPoolExecutor(threads, name)


class App:
    """The ASGI application around a service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._api = Api()
        # Images are read from S3 in these threads while the face workers are busy with others.
        self._images = _Lane("image", 4 * service.settings.workers)
        self._others = _Lane("call", 8)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "GET" and scope["path"] == "/":
            await _answer(send, 200, {"status": "ok"}, str(uuid.uuid4()))
            return
        started, request_id = time.perf_counter(), str(uuid.uuid4())
        name, outcome = "-", "OK"
        try:
            operation = await self._operation(scope, receive)
            name = operation.name
            payload = await self._call(operation, receive)
            await _answer(send, 200, payload, request_id)
        except _GoneError:
            outcome = "client gone"
        except ServiceError as error:
            outcome = error.code
            body = {"__type": error.code, "Code": error.code, "Message": error.message, "Logref": request_id}
            await _answer(send, error.status, body, request_id)
        _log.info("%s %s %.0f ms", name, outcome, 1000 * (time.perf_counter() - started))

    async def _operation(self, scope: Message, receive: Receive) -> OperationModel:
        headers = dict(scope["headers"])
        if b"origin" in headers:  # a browser says so of every page that posts, even of one that names itself localhost
            await _body(receive, 0)
            raise AccessDeniedError("Web pages may not call this endpoint")
        target = headers.get(b"x-amz-target", b"").decode("latin-1")
        if scope["method"] != "POST" or scope["path"] != "/":
            target = ""
        try:
            return self._api.operation(target)
        except UnknownOperationError:
            await _body(receive, 0)
            raise

    async def _call(self, operation: OperationModel, receive: Receive) -> dict[str, Any]:
        members = operation.input_shape.members if operation.input_shape else {}
        images = sum(member.name == "Image" for member in members.values())
        lane = self._images if images else self._others
        most = MOST_BODY * max(1, images)
        async with lane.gate:
            body = await _body(receive, most)
            if body is None:
                raise (ImageTooLargeError if images else ParameterError)(
                    f"The request is too large: at most {most} bytes"
                )
            return await asyncio.get_running_loop().run_in_executor(lane.pool, self.answer, operation, body)

    def answer(self, operation: OperationModel, body: bytearray) -> dict[str, Any]:
        """Do what a request asks for. The body is used up.

        Raises:
            ServiceError: The request is refused.
        """
        function = OPERATIONS.get(operation.name)
        if function is None:
            raise ParameterError(f"{operation.name} is not served by this local endpoint")
        try:
            request = self._api.parse(operation, body)
            body.clear()  # the image was decoded from it; others still refer to the body
            return function(self._service, request)
        except ServiceError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the caller gets a modelled error and the log the cause
            _log.exception("%s failed", operation.name)
            raise InternalError("Internal server error") from None

    def close(self) -> None:
        """Wait for the calls under way."""
        for lane in (self._images, self._others):
            lane.pool.shutdown()


async def _body(receive: Receive, most: int) -> bytearray | None:
    """The request's body, or nothing if it is larger than `most`: then it was read and dropped."""
    body, size, more = bytearray(), 0, True
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _GoneError
                chunk: bytes = message.get("body", b"")
                more = message.get("more_body", False)
                size += len(chunk)
                if size <= most:
                    body += chunk
                elif size <= MOST_DISCARDED:
                    body.clear()
                else:
                    break
    except TimeoutError:
        raise SerializationError(f"The request body did not arrive within {BODY_SECONDS} seconds") from None
    return body if size <= most else None


async def _answer(send: Send, status: int, payload: dict[str, Any], request_id: str) -> None:
    content = json.dumps(payload, separators=(",", ":")).encode()
    headers = [
        (b"content-type", b"application/x-amz-json-1.1"),
        (b"content-length", str(len(content)).encode()),
        (b"x-amzn-requestid", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
