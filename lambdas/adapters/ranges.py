"""What lies between two sort keys: last first in pages, or first first as one walk.

Pages go on by the sort key that was reached, so a page can begin anywhere, also where nothing is any more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.aws_errors import busy_translated
from adapters.table import INDEX, Table, plain, values

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef


@dataclass(frozen=True)
class Range:
    """Items of one partition.

    Attributes:
        since: The least sort key.
        before: All sort keys lie before this one.
    """

    pk: str
    since: str
    before: str


@dataclass(frozen=True)
class Reached:
    """What was read, last first; `position` is the `before` of what follows, None when nothing does.

    Items from the index have their keys only.
    """

    items: Sequence[dict[str, Any]]
    position: str | None


def newest_keys(table: Table, wanted: Range, *, limit: int) -> Reached:
    """Read keys from the index, eventually consistent.

    Raises:
        ServiceBusyError: The table is too busy for now.
    """
    return _newest(table, wanted, limit=limit, pk="gsi1pk", sk="gsi1sk", more={"IndexName": INDEX})


def newest_items(table: Table, wanted: Range, *, limit: int) -> Reached:
    """Read items as they are now.

    Raises:
        ServiceBusyError: The table is too busy for now.
    """
    return _newest(table, wanted, limit=limit, pk="pk", sk="sk", more={"ConsistentRead": True})


def walk_keys(table: Table, wanted: Range, *, pace: int) -> Iterator[dict[str, Any]]:
    """Read all keys from the index, first first and `pace` at once, eventually consistent.

    Raises:
        ServiceBusyError: The table is too busy for now.
    """
    more: dict[str, Any] = {}
    while True:
        with busy_translated():
            answer: QueryOutputTypeDef = table.client.query(
                TableName=table.name,
                IndexName=INDEX,
                KeyConditionExpression="gsi1pk = :pk AND gsi1sk BETWEEN :since AND :before",
                ExpressionAttributeValues=values({":pk": wanted.pk, ":since": wanted.since, ":before": wanted.before}),
                Limit=pace,
                **more,
            )
        yield from map(plain, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _newest(table: Table, wanted: Range, *, limit: int, pk: str, sk: str, more: dict[str, Any]) -> Reached:
    if wanted.since >= wanted.before:
        return Reached([], None)  # DynamoDB refuses such a range
    with busy_translated():
        answer: QueryOutputTypeDef = table.client.query(
            TableName=table.name,
            KeyConditionExpression=f"{pk} = :pk AND {sk} BETWEEN :since AND :before",
            ExpressionAttributeValues={
                ":pk": {"S": wanted.pk},
                ":since": {"S": wanted.since},
                ":before": {"S": wanted.before},
            },
            ScanIndexForward=False,
            Limit=limit + 1,  # BETWEEN takes in `before` itself, which is dropped below
            **more,
        )
    found = [item for item in map(plain, answer["Items"]) if item[sk] < wanted.before]
    kept = found[:limit]
    follows = len(found) > limit or "LastEvaluatedKey" in answer
    return Reached(kept, kept[-1][sk] if kept and follows else None)
