"""Answers that were cut short on their way. botocore takes what it cannot read of JSON for an empty answer.

An item would seem not to exist, a photo to show nobody, and a refused condition to be an error of another kind.
"""

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.parsers import ResponseParserError

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel


def require_whole_answers(client: "BaseClient") -> None:
    """Have calls of `client` fail with `ResponseParserError` when their answer is not all there."""
    client.meta.events.register("before-parse", _check)


def _check(operation_model: "OperationModel", response_dict: dict[str, Any], **_: Any) -> None:
    if operation_model.service_model.resolved_protocol != "json" or operation_model.has_streaming_output:
        return
    if response_dict["status_code"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return  # retried whatever it says
    body = response_dict["body"]
    if not body and not _has_members(operation_model):
        return
    try:
        json.loads(body)
    except ValueError as error:
        raise ResponseParserError(f"{operation_model.name}: the answer is not whole") from error


def _has_members(operation_model: "OperationModel") -> bool:
    return bool(operation_model.output_shape and operation_model.output_shape.members)
