"""The DynamoDB table: plain values in and out, and the few operations that the service needs.

Keys and attributes of every kind of item stand in docs/data-model.md.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from adapters.aws_errors import busy_translated, error_code
from domain.errors import ServiceBusyError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef, TransactWriteItemTypeDef

T = TypeVar("T")
Item = Mapping[str, Any]
Key = tuple[str, str]

INDEX = "gsi1"
CONFLICT_ATTEMPTS = 6
BATCH_KEYS = 100  # that one request may read
BATCH_ATTEMPTS = 5
CONDITION_FAILED = "ConditionalCheckFailed"

_serializer, _deserializer = TypeSerializer(), TypeDeserializer()


def values(plain: Item) -> dict[str, Any]:
    """Plain values as DynamoDB's typed ones; floats become decimals, None is left out."""
    return {name: _serializer.serialize(_to_decimal(value)) for name, value in plain.items() if value is not None}


def plain(item: Item) -> dict[str, Any]:
    """DynamoDB's typed values as plain ones; whole decimals become int, others float."""
    return {name: _from_decimal(_deserializer.deserialize(value)) for name, value in item.items()}


def key(pk: str, sk: str) -> dict[str, Any]:
    """A primary key."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@dataclass(frozen=True)
class IndexPage:
    """Primary keys from the index, in its order; `position` is the last sort key when there is more."""

    keys: Sequence[Key]
    position: str | None


class ConditionFailedError(Exception):
    """A condition of a write did not hold.

    Attributes:
        item: What a single write found instead, None if nothing.
        failed: Which actions of a transaction failed on their condition, by position.
    """

    def __init__(self, *, item: dict[str, Any] | None = None, failed: frozenset[int] = frozenset()) -> None:
        super().__init__("a condition did not hold")
        self.item = item
        self.failed = failed


@dataclass(frozen=True)
class Table:
    """One table. Every method may raise `ServiceBusyError`."""

    client: "DynamoDBClient"
    name: str

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        """Read one item as it is now."""
        with busy_translated():
            answer = self.client.get_item(TableName=self.name, Key=key(pk, sk), ConsistentRead=True)
        return plain(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
        """Read items as they are now, 100 a request; those that do not exist are left out."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, dict[str, Any]] = {}
        for begin in range(0, len(wanted), BATCH_KEYS):
            found |= self._get_batch(wanted[begin : begin + BATCH_KEYS])
        return found

    def _get_batch(self, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
        asked = [key(*one) for one in keys]
        found: dict[Key, dict[str, Any]] = {}
        for _ in _tries(BATCH_ATTEMPTS):
            with busy_translated():
                answer = self.client.batch_get_item(RequestItems={self.name: {"Keys": asked, "ConsistentRead": True}})
            for item in map(plain, answer["Responses"].get(self.name, [])):
                found[item["pk"], item["sk"]] = item
            left = answer.get("UnprocessedKeys", {}).get(self.name)
            if not left:
                return found
            asked = [dict(one) for one in left["Keys"]]
        raise ServiceBusyError

    def partition(self, pk: str, prefix: str = "") -> list[dict[str, Any]]:
        """Read those items of a partition whose sort key begins with `prefix`, as they are now.

        For a handful of items: what does not fit into one answer, 1 MB, is left out.
        """
        answer = self.query(*_beginning("pk", "sk", pk, prefix))
        return [plain(item) for item in answer["Items"]]

    def page(self, pk: str, *, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """Read a part of a partition as it is now, and where the next one starts, None when nothing follows.

        Args:
            after: Only items whose sort key lies after this one.
        """
        answer = self.query(*_bounded(pk, ">", after), Limit=limit)
        last = answer.get("LastEvaluatedKey")
        return [plain(item) for item in answer["Items"]], last["sk"]["S"] if last else None

    def newest(self, pk: str, *, limit: int, before: str | None) -> list[dict[str, Any]]:
        """Read the last items of a partition as they are now, last first.

        Args:
            before: Only those whose sort key lies before this one.
        """
        answer = self.query(*_bounded(pk, "<", before), Limit=limit, ScanIndexForward=False)
        return [plain(item) for item in answer["Items"]]

    def index(self, pk: str, prefix: str, *, limit: int, after: Item | None, newest_first: bool = False) -> IndexPage:
        """Read keys from the index, eventually consistent.

        Args:
            prefix: What the index's sort key begins with; everything when empty.
            after: Primary and index key of the last item of the page before.
            newest_first: From the last sort key to the first one.
        """
        condition, arguments = _beginning("gsi1pk", "gsi1sk", pk, prefix)
        more: dict[str, Any] = {"ExclusiveStartKey": values(after)} if after else {}
        answer = self.query(condition, arguments, index=True, Limit=limit, ScanIndexForward=not newest_first, **more)
        last = answer.get("LastEvaluatedKey")
        return IndexPage(
            [(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]], last["gsi1sk"]["S"] if last else None
        )

    def walk(self, pk: str, prefix: str = "") -> Iterator[dict[str, Any]]:
        """Read a partition of any size as it is now, or the part of it whose sort keys begin with `prefix`."""
        for answer in self.queries(*_beginning("pk", "sk", pk, prefix)):
            yield from map(plain, answer["Items"])

    def walk_index(self, pk: str, *, before: str) -> Iterator[Key]:
        """Read all keys from the index whose sort key there is less than `before`, eventually consistent."""
        arguments = {":pk": pk, ":before": before}
        for answer in self.queries("gsi1pk = :pk AND gsi1sk < :before", arguments, index=True):
            yield from ((item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"])

    def queries(
        self, condition: str, arguments: Item, *, index: bool = False, **more: Any
    ) -> Iterator["QueryOutputTypeDef"]:
        """As many queries as it takes to read all, one after the other as they are walked."""
        start: dict[str, Any] = {}
        while True:
            answer = self.query(condition, arguments, index=index, **more, **start)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def query(self, condition: str, arguments: Item, *, index: bool = False, **more: Any) -> "QueryOutputTypeDef":
        """One query, with more of DynamoDB's own parameters; of the table as it is now, of the index as it may lag."""
        where: dict[str, Any] = {"IndexName": INDEX} if index else {"ConsistentRead": True}
        with busy_translated():
            return self.client.query(
                TableName=self.name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values(arguments),
                **where,
                **more,
            )

    def put(
        self,
        item: Item,
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
        arguments: Item | None = None,
    ) -> None:
        """Write one item.

        Raises:
            ConditionFailedError: `condition` did not hold.
        """
        _written(
            lambda: self.client.put_item(
                TableName=self.name,
                Item=values(item),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_expression(condition=condition, names=names, arguments=arguments),
            )
        )

    def update(
        self,
        pk: str,
        sk: str,
        expression: str,
        *,
        condition: str | None = None,
        names: Mapping[str, str],
        arguments: Item,
    ) -> dict[str, Any]:
        """Change one item and return it as it is then.

        Raises:
            ConditionFailedError: `condition` did not hold.
        """
        answer = _written(
            lambda: self.client.update_item(
                TableName=self.name,
                Key=key(pk, sk),
                UpdateExpression=expression,
                **_expression(condition=condition, names=names, arguments=arguments),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        )
        return plain(answer["Attributes"])

    def delete(self, pk: str, sk: str) -> None:
        """Delete one item; nothing happens when it is not there."""
        _written(lambda: self.client.delete_item(TableName=self.name, Key=key(pk, sk)))

    def transact(self, actions: Sequence["TransactWriteItemTypeDef"]) -> None:
        """Do all of `actions` or nothing; a clash with another transaction is tried again here, with jitter.

        Raises:
            ConditionFailedError: `failed` tells which conditions did not hold.
        """
        for _ in _tries(CONFLICT_ATTEMPTS):
            try:
                with busy_translated():
                    self.client.transact_write_items(TransactItems=actions)
            except ClientError as error:
                if error_code(error) != "TransactionCanceledException":
                    raise
                codes = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
                if CONDITION_FAILED in codes:
                    failed = frozenset(i for i, code in enumerate(codes) if code == CONDITION_FAILED)
                    raise ConditionFailedError(failed=failed) from error
                if not set(codes) & {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}:
                    raise
            else:
                return
        raise ServiceBusyError


def _expression(*, condition: str | None, names: Mapping[str, str] | None, arguments: Item | None) -> dict[str, Any]:
    """The parameters that DynamoDB wants left out, not empty."""
    parameters = {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values(arguments) if arguments else None,
    }
    return {name: value for name, value in parameters.items() if value}


def _beginning(pk_name: str, sk_name: str, pk: str, prefix: str) -> tuple[str, dict[str, str]]:
    """A key condition for the items of one partition whose sort key begins with `prefix`, and its arguments."""
    if not prefix:  # DynamoDB refuses an empty one
        return f"{pk_name} = :pk", {":pk": pk}
    return f"{pk_name} = :pk AND begins_with({sk_name}, :prefix)", {":pk": pk, ":prefix": prefix}


def _bounded(pk: str, relation: str, sk: str | None) -> tuple[str, dict[str, str]]:
    """A key condition for the items of one partition on one side of a sort key, and its arguments."""
    if not sk:
        return "pk = :pk", {":pk": pk}
    return f"pk = :pk AND sk {relation} :sk", {":pk": pk, ":sk": sk}


def _written(write: Callable[[], T]) -> T:
    """The answer to the write of one item; a clash with a transaction on that item is tried again here, with jitter.

    Raises:
        ConditionFailedError: Its condition did not hold.
    """
    for _ in _tries(CONFLICT_ATTEMPTS):
        try:
            with busy_translated():
                return write()
        except ClientError as error:
            match error_code(error):
                case "ConditionalCheckFailedException":
                    item: Any = error.response.get("Item")
                    raise ConditionFailedError(item=plain(item) if item else None) from error
                case "TransactionConflictException":
                    continue
                case _:
                    raise
    raise ServiceBusyError


def _tries(most: int) -> Iterator[None]:
    """As many tries, with a growing pause between them."""
    for attempt in range(most):
        if attempt:
            pause = random.uniform(0, 0.02 * 2**attempt)  # nosec B311  # noqa: S311 - spreads retries, keeps no secret
            time.sleep(pause)
        yield


def _to_decimal(value: Any) -> Any:
    match value:
        case float():
            return Decimal(str(round(value, 6)))
        case Mapping():
            return {name: _to_decimal(member) for name, member in value.items() if member is not None}
        case list() | tuple():
            return [_to_decimal(member) for member in value]
        case _:
            return value


def _from_decimal(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dict():
            return {name: _from_decimal(member) for name, member in value.items()}
        case list():
            return [_from_decimal(member) for member in value]
        case _:
            return value
