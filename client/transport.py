"""Requests: who sends them, when they are sent again, and lists page by page."""

import random
import re
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import quote

import httpx

from client.decoding import Json, decode
from client.errors import (
    ApiError,
    ClientError,
    DownloadRefusedError,
    NotFinishedError,
    SignInError,
    StorageRefusedError,
    UnexpectedAnswerError,
    UploadRefusedError,
)

T = TypeVar("T")

# What a bearer token may consist of (RFC 6750).
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
# Mistakes of the caller's: another attempt would be the same.
_NEVER_SENT = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


class _WithStatus(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...


Waited = TypeVar("Waited", bound=_WithStatus)


@dataclass(frozen=True)
class _Page:
    items: tuple[Json, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Polling:
    """How a result is waited for: soon at first, then less often. All in seconds.

    Most photos are done within a second; each poll is a billed request.
    """

    first: float = 0.2
    factor: float = 1.5
    longest: float = 3.0
    timeout: float = 60.0


@dataclass(frozen=True)
class Retries:
    """How often a request is sent that got no answer, or the answer that the very same may succeed later.

    Before each further attempt it waits as long as the service says (`Retry-After`), else a random time of at most
    `first` seconds, doubled each time.

    Attributes:
        attempts: The first one included; 1 for none but that.
        longest: Seconds that it waits at most; where the service asks for more, its refusal is raised.
    """

    attempts: int = 4
    first: float = 0.4
    longest: float = 10.0

    def pause(self, attempt: int, error: Exception) -> float | None:
        """Seconds to wait after the attempt of this number, from 1 on, has failed; None to give up."""
        if attempt >= self.attempts or isinstance(error, _NEVER_SENT):
            return None
        if isinstance(error, ClientError):
            if not error.retryable:
                return None
            if error.retry_after is not None:
                return error.retry_after if error.retry_after <= self.longest else None
        most = min(self.first * 2 ** (attempt - 1), self.longest)
        return random.uniform(0, most)  # nosec B311  # noqa: S311 - spreads retries


class Transport:
    """Calls the API on behalf of somebody signed in. Safe for threads; a context manager, or call `close`.

    Args:
        api_url: The API's address, with its stage if it has one.
        token: Called for each request: the access token, or None to call without. `Session.access_token` is one.
        polling: How results are waited for.
        retries: How often requests are sent. What makes something is sent again under the same `Idempotency-Key`, and
            so never made twice; a change of a person (`If-Match`) never is, for its answer would be that they changed.
        timeout: Seconds without a sign of life (connected, a part sent, a part received) after which a request has
            got no answer.
        network: Carries the requests; for tests.

    Raises:
        ValueError: `api_url` is no address.
    """

    def __init__(
        self,
        api_url: str,
        *,
        token: Callable[[], str | None],
        polling: Polling | None = None,
        retries: Retries | None = None,
        timeout: float = 30.0,
        network: httpx.BaseTransport | None = None,
    ) -> None:
        self._token, self._polling, self._retries = token, polling or Polling(), retries or Retries()
        self._api = httpx.Client(base_url=address(api_url), timeout=timeout, auth=self._authorize, transport=network)
        # Uploads go to S3, which must not see the token.
        self._s3 = httpx.Client(timeout=timeout, transport=network)

    def call(self, method: str, path: str, **arguments: Any) -> Json:
        """Any request of the API, sent once, with httpx's arguments; the JSON that it answers, nothing for nothing.

        Raises:
            ApiError: The API refused, or failed.
            UnexpectedAnswerError: It answered no JSON.
        """
        return json_of(self._request(method, path, **arguments))

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        self._s3.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, kind: type[T], method: str, path: str, **arguments: Any) -> T:
        """The answer to a request that may be sent again."""
        return decode(kind, self._again(lambda: self.call(method, path, **arguments)))

    def _create(self, kind: type[T], path: str, *, key: str | None, **arguments: Any) -> T:
        """What a POST makes, once: under the caller's key, or one that is made up for this call and its retries."""
        headers = {**arguments.pop("headers", {}), "idempotency-key": key or str(uuid.uuid4())}
        return self._answer(kind, "POST", path, headers=headers, **arguments)

    def _pages(self, kind: type[T], path: str, **query: str | None) -> Iterator[T]:
        """What a list holds, each page read when the one before has been used."""
        params = {name: value for name, value in query.items() if value is not None}
        while True:
            page = self._answer(_Page, "GET", path, params=params)
            yield from (decode(kind, item) for item in page.items)
            if page.next_cursor is None:
                return
            params = {**params, "cursor": page.next_cursor}

    def _request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        response = self._api.request(method, path, **arguments)
        if not response.is_success:
            raise ApiError.of(response)
        return response

    def _fetch(self, url: str) -> bytes:
        """What is at a presigned address."""
        return self._again(lambda: _accepted(self._s3.get(url), DownloadRefusedError).content)

    def _send(self, url: str, fields: dict[str, str], photo: bytes) -> None:
        """Upload a photo; of several that arrive, the first one counts."""
        files = {"file": ("photo", photo)}
        self._again(lambda: _accepted(self._s3.post(url, data=fields, files=files), UploadRefusedError))

    def _again(self, attempt: Callable[[], T]) -> T:
        number = 1
        while True:
            try:
                return attempt()
            except (httpx.TransportError, ClientError) as error:
                pause = self._retries.pause(number, error)
                if pause is None:
                    raise
            time.sleep(pause)
            number += 1

    def _until(self, read: Callable[[], Waited], *, open_: Collection[str]) -> Waited:
        """What `read` returns, once its status is none of `open_`.

        Raises:
            NotFinishedError: It took too long.
        """
        until, pause = time.monotonic() + self._polling.timeout, self._polling.first
        while (found := read()).status in open_:
            if time.monotonic() + pause > until:
                raise NotFinishedError(found.id, found.status, after=self._polling.timeout)
            time.sleep(pause)
            pause = min(pause * self._polling.factor, self._polling.longest)
        return found

    def _authorize(self, request: httpx.Request) -> httpx.Request:
        if token := self._token():
            if not _TOKEN.fullmatch(token):  # told without it: what refuses a header otherwise shows all of it
                raise SignInError("what was given as the access token is none: it holds what no token does")
            request.headers["authorization"] = f"Bearer {token}"
        return request


def path(*parts: str | int) -> str:
    """The path of a request; ids are escaped, so that none leads elsewhere, whatever is in it."""
    return "".join(f"/{quote(str(part), safe='')}" for part in parts)


def address(url: str) -> httpx.URL:
    """The address of a server.

    Raises:
        ValueError: It is none.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"{url!r} is no address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError(f"{url!r} is no address: it begins with https:// and names a host")
    return parsed


def json_of(response: httpx.Response) -> Json:
    """What an answer holds; nothing for an empty one.

    Raises:
        UnexpectedAnswerError: It holds no JSON.
    """
    try:
        body: Json = response.json() if response.content else {}
    except ValueError as error:
        raise UnexpectedAnswerError(f"{response.url} answered no JSON: {response.text[:200]}") from error
    return body


def _accepted(response: httpx.Response, refusal: type[StorageRefusedError]) -> httpx.Response:
    if not response.is_success:
        raise refusal.of(response)
    return response
