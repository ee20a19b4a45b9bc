"""The actions of a transaction, in DynamoDB's words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from adapters.table import Item, Table, key, values

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

NEW, THERE = "attribute_not_exists(pk)", "attribute_exists(pk)"


def put(table: Table, item: Item, *, condition: str | None = None) -> "TransactWriteItemTypeDef":
    """Write a whole item."""
    return {"Put": _action(table, {"Item": values(item)}, condition)}


def update(
    table: Table,
    pk: str,
    sk: str,
    expression: str,
    *,
    condition: str | None = None,
    names: Mapping[str, str] | None = None,
    arguments: Item | None = None,
) -> "TransactWriteItemTypeDef":
    """Change an item; without a condition one that is not there is made."""
    return {"Update": _action(table, {"Key": key(pk, sk), "UpdateExpression": expression}, condition, names, arguments)}


def delete(
    table: Table, pk: str, sk: str, *, condition: str | None = None, arguments: Item | None = None
) -> "TransactWriteItemTypeDef":
    """Delete an item; without a condition it need not be there."""
    return {"Delete": _action(table, {"Key": key(pk, sk)}, condition, None, arguments)}


def check(
    table: Table,
    pk: str,
    sk: str,
    condition: str,
    *,
    names: Mapping[str, str] | None = None,
    arguments: Item | None = None,
) -> "TransactWriteItemTypeDef":
    """Have the transaction hold only if `condition` does."""
    return {"ConditionCheck": _action(table, {"Key": key(pk, sk)}, condition, names, arguments)}


def _action(
    table: Table,
    action: Mapping[str, Any],
    condition: str | None,
    names: Mapping[str, str] | None = None,
    arguments: Item | None = None,
) -> Any:
    parameters = {
        "TableName": table.name,
        **action,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values(arguments or {}),
    }
    return {name: value for name, value in parameters.items() if value}
