"""Which function acts, and whether it asks AWS for more than its role allows: the fast form of IAM's enforcement.

Every request that boto3 builds while a function acts is turned into the actions and resources that IAM would be asked
about, and compared with `tests.rights`. Requests of the tests themselves are nobody's.
"""

import contextvars
import fnmatch
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from tests.rights import RIGHTS

R = TypeVar("R")

_acting: contextvars.ContextVar[str | None] = contextvars.ContextVar("acting", default=None)

used: set[tuple[str, str]] = set()  # (function, action) of the run
violations: list[str] = []

_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
# With a version named, S3 asks for another right.
_VERSIONED = {
    "GetObject": "GetObjectVersion",
    "DeleteObject": "DeleteObjectVersion",
    "PutObjectTagging": "PutObjectVersionTagging",
}


def as_function(name: str, call: Callable[..., R], *, part: bool = False) -> Callable[..., R]:
    """The same call, made by the function `name`; as a part of it, only where no function acts already."""

    @functools.wraps(call)
    def made(*arguments: Any, **options: Any) -> R:
        token = _acting.set((_acting.get() if part else None) or name)
        try:
            return call(*arguments, **options)
        finally:
            _acting.reset(token)

    return made


def check(params: dict[str, Any], model: Any, **_: Any) -> None:
    """Compare one request with the rights of the function that acts; called by botocore before it builds one."""
    function = _acting.get()
    if function is None:
        return
    for action, resource, partition in _asked(model.service_model.service_name, model.name, params):
        if any(
            action in actions and _covers(granted, resource, partition) for granted, actions in RIGHTS[function].items()
        ):
            used.add((function, action))
        else:
            violations.append(f"{function} may not {action} on {resource} {partition}")


def _covers(granted: str, resource: str, partition: str) -> bool:
    where, _, partitions = granted.partition(" [")
    if where.endswith("*"):
        return resource.startswith(where[:-1])
    if partitions:
        patterns = partitions.removesuffix("]").split(", ")
        return where == resource and any(fnmatch.fnmatchcase(partition, pattern) for pattern in patterns)
    return where == resource


def _asked(service: str, operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What IAM would be asked: action, resource, partition of the table or prefix in the bucket."""
    if service == "dynamodb":
        yield from _asked_of_table(operation, params)
    elif service == "s3" and "Key" in params:
        action = _VERSIONED.get(operation, operation) if params.get("VersionId") else operation
        yield f"s3:{action.replace('HeadObject', 'GetObject')}", f"<Uploads/Bucket.Arn>/{params['Key']}", ""
    elif operation == "CreateBucket":
        return  # by which boto3 finds out the address of a presigned POST, without a request
    elif service == "s3":
        action = operation.replace("ListObjectVersions", "ListBucketVersions")
        yield f"s3:{action}", "<Uploads/Bucket.Arn>", params.get("Prefix", "")
    elif service == "sqs":
        queue = "Erasures" if "erasures" in params["QueueUrl"] else "Uploads"
        yield f"sqs:{operation}", f"<{queue}/Queue.Arn>", ""
    else:
        yield f"{service}:{operation}", "?", ""


def _asked_of_table(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    table = "<Records/Table.Arn>"
    if operation == "TransactWriteItems":
        items = [
            (kind, item.get("Key") or item["Item"]) for entry in params["TransactItems"] for kind, item in entry.items()
        ]
        for kind, key in items:
            yield f"dynamodb:{_TRANSACTION[kind]}", table, key["pk"]["S"]
        if any(kind == "Delete" for kind, _ in items):  # it may be asked about with all partitions of the transaction
            for _, key in items:
                yield "dynamodb:DeleteItem", table, key["pk"]["S"]
    elif operation == "BatchWriteItem":
        yield "dynamodb:BatchWriteItem", table, ""
    else:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        key = params.get("Key") or params.get("Item") or {}
        yield f"dynamodb:{operation}", f"{table}{index}", key.get("pk", {}).get("S", "")
