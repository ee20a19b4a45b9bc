"""AWS errors that mean the same everywhere: the service is busy. Everything else is left to who called."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import ClientError, FlexibleChecksumError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as LostConnectionError
from botocore.parsers import ResponseParserError

from domain.errors import ServiceBusyError

BUSY = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",  # S3: the body came too slowly
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
USER_IN_CHANGE = "ConflictException"
"""Rekognition: another call is changing or deleting the same user. Of CreateUser it means that they exist."""


@contextmanager
def busy_translated(*also: str) -> Iterator[None]:
    """Turn throttles, server faults, lost connections and garbled answers into `ServiceBusyError`.

    Args:
        also: More codes that mean it, of the calls made within alone.
    """
    try:
        yield
    except ClientError as error:
        if error_code(error) in {*BUSY, *also} or _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServiceBusyError from error
        raise
    except (
        LostConnectionError,
        HTTPClientError,
        FlexibleChecksumError,
        IncompleteReadError,
        ResponseParserError,
        UnicodeDecodeError,
    ) as error:
        raise ServiceBusyError from error


def error_code(error: ClientError) -> str:
    """The code that AWS gave, such as ``ThrottlingException``; without the service that SQS may put before it."""
    return error.response.get("Error", {}).get("Code", "").rpartition(".")[2]


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
