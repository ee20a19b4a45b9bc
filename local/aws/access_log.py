"""The access log of HTTP APIs: one line a request, in the format that the stage asks for.

ministack keeps a stage's AccessLogSettings and writes nothing. Of API Gateway's variables those are filled in that
`_Request` knows, and the claims of a token that was accepted; another one, or one that a request has no value for, is
`-`, as it is in AWS. The log goes into a file and not into the log group of the stage.
"""
# ruff: noqa: SLF001  (replacing ministack's private parts is what this module is for; `internals` checks them)

import base64
import contextvars
import os
import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from ministack.services import apigateway

Answer = tuple[int, dict[str, Any], bytes]

_VARIABLE = re.compile(r"\$context\.(\w+(?:\.\w+)*)")
_ABSENT = "-"
# What API Gateway calls its own refusals.
_REFUSALS = {
    HTTPStatus.UNAUTHORIZED: "UNAUTHORIZED",
    HTTPStatus.FORBIDDEN: "ACCESS_DENIED",
    HTTPStatus.NOT_FOUND: "RESOURCE_NOT_FOUND",
}


class _Request:
    """What is known of a request, by API Gateway's names."""

    def __init__(self, api_id: str, stage: str, method: str) -> None:
        self.id = base64.b64encode(os.urandom(11)).decode()  # 15 characters and one for padding, as AWS has them
        self.known = {
            "apiId": api_id,
            "httpMethod": method,
            "requestId": self.id,
            "requestTimeEpoch": str(time.time_ns() // 1_000_000),
            "stage": stage,
        }
        self._began = time.perf_counter()

    def milliseconds(self) -> str:
        """Since it came."""
        return str(round(1000 * (time.perf_counter() - self._began)))

    def answered(self, status: int, body: bytes) -> None:
        """Note how it ended."""
        self.known |= {"status": str(status), "responseLatency": self.milliseconds(), "responseLength": str(len(body))}
        if "integrationLatency" not in self.known and status in _REFUSALS:
            self.known["error.responseType"] = _REFUSALS[HTTPStatus(status)]


_serving: contextvars.ContextVar[_Request | None] = contextvars.ContextVar("serving", default=None)


def install(path: Path) -> None:
    """Append to `path` what each stage of an HTTP API that has a log wants to know of a request."""
    log = path.open("a", buffering=1, encoding="utf-8")
    serve, new_uuid = apigateway.handle_execute, apigateway.new_uuid
    match, check, invoke = (
        apigateway._match_route,
        apigateway._validate_jwt_authorizer,
        apigateway._invoke_lambda_proxy,
    )

    async def serve_and_log(api_id: str, stage: str, path: str, method: str, *arguments: Any, **options: Any) -> Answer:
        wanted = _format(api_id, stage)
        if not wanted:
            return cast(Answer, await serve(api_id, stage, path, method, *arguments, **options))
        request = _Request(api_id, stage, method)
        token = _serving.set(request)
        status, body = int(HTTPStatus.INTERNAL_SERVER_ERROR), b""
        try:
            status, headers, body = await serve(api_id, stage, path, method, *arguments, **options)
        finally:
            _serving.reset(token)
            request.answered(status, body)
            log.write(f"{_line(wanted, request.known)}\n")
        return status, {**headers, "apigw-requestid": request.id}, body

    def match_and_note(api_id: str, method: str, path: str) -> Any:
        route = match(api_id, method, path)
        if route and (request := _serving.get()):
            request.known["routeKey"] = route["routeKey"]
        return route

    async def check_and_note(*arguments: Any) -> Any:
        claims, scopes, refusal = await check(*arguments)
        if claims and (request := _serving.get()):
            request.known |= {
                f"authorizer.claims.{name}": apigateway._jwt_claim_to_string(value) for name, value in claims.items()
            }
        return claims, scopes, refusal

    async def invoke_and_note(*arguments: Any, **options: Any) -> Answer:
        request, began = _serving.get(), time.perf_counter()
        try:
            answer: Answer = await invoke(*arguments, **options)
        finally:
            if request:
                request.known["integrationLatency"] = str(round(1000 * (time.perf_counter() - began)))
        return answer

    def request_id() -> str:
        request = _serving.get()
        return request.id if request else str(new_uuid())

    apigateway.handle_execute = serve_and_log
    apigateway._match_route = match_and_note
    apigateway._validate_jwt_authorizer = check_and_note
    apigateway._invoke_lambda_proxy = invoke_and_note
    apigateway.new_uuid = request_id  # within a request it numbers nothing else


def _format(api_id: str, stage: str) -> str | None:
    settings = apigateway.stages_for_api(api_id).get(stage, {}).get("accessLogSettings") or {}
    return settings.get("format")


def _line(wanted: str, known: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda variable: known.get(variable[1], _ABSENT), wanted)
