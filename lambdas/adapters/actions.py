"""The actions of a transaction, in DynamoDB's words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from adapters.table import Item, Table, key, values

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

NEW = "attribute_not_exists(pk)"


def put(table: Table, item: Item, *, condition: str | None = None) -> "TransactWriteItemTypeDef":
    """Write a whole item."""
    action: Any = {"TableName": table.name, "Item": values(item)}
    return {"Put": action | _conditional(condition)}


def update(
    table: Table, pk: str, sk: str, expression: str, *, condition: str, names: Mapping[str, str], arguments: Item
) -> "TransactWriteItemTypeDef":
    """Change an item."""
    action: Any = {
        "TableName": table.name,
        "Key": key(pk, sk),
        "UpdateExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values(arguments),
    }
    return {"Update": action | _conditional(condition)}


def _conditional(condition: str | None) -> dict[str, str]:
    return {"ConditionExpression": condition} if condition else {}
