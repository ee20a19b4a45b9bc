"""Errors as the API answers them: RFC 9457 problem details with a stable code."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from domain import errors

STATUS: Mapping[type[errors.FaceError], HTTPStatus] = {
    errors.MalformedRequestError: HTTPStatus.BAD_REQUEST,
    errors.InvalidCursorError: HTTPStatus.BAD_REQUEST,
    errors.InvalidRequestError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownTimeZoneError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotAcceptableError: HTTPStatus.NOT_ACCEPTABLE,
    errors.AccessTokenRequiredError: HTTPStatus.FORBIDDEN,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.PreconditionRequiredError: HTTPStatus.PRECONDITION_REQUIRED,
    errors.StaleError: HTTPStatus.PRECONDITION_FAILED,
    errors.ExternalRefTakenError: HTTPStatus.CONFLICT,
    errors.AlreadyRegisteredError: HTTPStatus.CONFLICT,
    errors.RequestInProgressError: HTTPStatus.CONFLICT,
    errors.PersonErasingError: HTTPStatus.CONFLICT,
    errors.PersonPendingError: HTTPStatus.CONFLICT,
    errors.ConsentMissingError: HTTPStatus.CONFLICT,
    errors.DuplicatePersonError: HTTPStatus.CONFLICT,
    errors.NotAcceptedError: HTTPStatus.CONFLICT,
    errors.TooManyFacesError: HTTPStatus.CONFLICT,
    errors.UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.ImageTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedImageError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.ImageTooSmallError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NoFaceError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MultipleFacesError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.LowQualityError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.FaceMismatchError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.IdempotencyKeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BudgetSpentError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.AuditUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ServiceBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem(
    status: HTTPStatus,
    *,
    code: str,
    title: str,
    detail: str,
    retryable: bool,
    request_id: str,
    retry_after: int | None = None,
    fields: list[Mapping[str, str]] | None = None,
) -> Response[str]:
    """An error answer.

    Args:
        retry_after: Seconds to wait before the same request is sent again, if that is of use.
        fields: What is wrong with which field of the request.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status.value,
        "detail": detail,
        "code": code,
        "requestId": request_id,
        "retryable": retryable,
    }
    if fields:
        body["errors"] = fields
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    return Response(status.value, "application/problem+json", json.dumps(body), headers=headers)


def problem_of(error: errors.FaceError, *, request_id: str) -> Response[str]:
    """The answer to an expected failure."""
    return problem(
        next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS),
        code=error.code,
        title=error.title,
        detail=error.detail,
        retryable=error.retryable,
        request_id=request_id,
        retry_after=error.retry_after if isinstance(error, errors.RetryableError) else None,
    )
