"""What the client raises."""

import http
import re
from typing import Self

import httpx


class ClientError(Exception):
    """Base of what the client raises by itself.

    Attributes:
        retryable: Whether the same request may succeed later.
        retry_after: Seconds to wait before that, where the service says so.
    """

    retryable: bool = False
    retry_after: float | None = None


class ApiError(ClientError):
    """The API refused a request, or failed.

    Attributes:
        status: The HTTP status.
        code: The stable code of the problem, such as `duplicate_person`; for answers that API Gateway gives by itself,
            which carry none, the status' phrase, such as `unauthorized`.
        detail: What is wrong, for people.
        request_id: What to name when asking the operator of the service; None when unknown.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        request_id: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail
        self.request_id, self.retryable, self.retry_after = request_id, retryable, retry_after

    @classmethod
    def of(cls, response: httpx.Response) -> Self:
        """From an answer with another status than a success's."""
        after = response.headers.get("retry-after", "")
        retry_after = float(after) if after.isdigit() else None
        try:
            problem = response.json()
        except ValueError:
            problem = None
        if isinstance(problem, dict) and "code" in problem:
            return cls(
                response.status_code,
                problem["code"],
                problem.get("detail") or problem.get("title", ""),
                request_id=problem.get("requestId"),
                retryable=bool(problem.get("retryable", False)),
                retry_after=retry_after,
            )
        message = problem.get("message", "") if isinstance(problem, dict) else " ".join(response.text[:200].split())
        status = response.status_code
        busy = status == http.HTTPStatus.TOO_MANY_REQUESTS or status >= http.HTTPStatus.INTERNAL_SERVER_ERROR
        return cls(
            status,
            httpx.codes.get_reason_phrase(status).lower().replace(" ", "_") or f"http_{status}",
            message,
            request_id=response.headers.get("apigw-requestid"),
            retryable=busy,
            retry_after=retry_after,
        )


class UnexpectedAnswerError(ClientError):
    """The answer is not what the API gives: something else is at this address, or the client is too old for it."""


class StorageRefusedError(ClientError):
    """S3 refused; `code` is its own, such as EntityTooLarge or AccessDenied."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code
        self.retryable = status >= http.HTTPStatus.INTERNAL_SERVER_ERROR

    @classmethod
    def of(cls, response: httpx.Response) -> Self:
        """From S3's XML."""
        return cls(response.status_code, _text(response.text, "Code") or "Unknown", _text(response.text, "Message"))


class UploadRefusedError(StorageRefusedError):
    """S3 refused an upload: too large, expired, or not what was agreed."""


class DownloadRefusedError(StorageRefusedError):
    """S3 refused a download: the address has expired, or the photo has."""


class SignInError(ClientError):
    """Nobody is signed in: an unknown user, a wrong password, a session that has ended, or something that is no token.

    It is `retryable` where the user pool could not be asked.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class NotFinishedError(ClientError):
    """No result in time: the photo is still being processed, or was never uploaded, or a person not yet erased.

    Asking for it later may find it done.

    Attributes:
        id: Of the registration, verification, recognition or erasure.
        status: What it was when it was read last.
    """

    def __init__(self, id: str, status: str, *, after: float) -> None:
        super().__init__(f"{id} is still {status} after {after:g} s")
        self.id, self.status = id, status


def _text(xml: str, tag: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", xml, re.DOTALL)
    return found[1] if found else ""
