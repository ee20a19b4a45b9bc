"""The secret that seals cursors: made once a deployment, at its first use, and kept in the table."""

import secrets

from adapters.table import ConditionFailedError, Table

_KEY = ("SECRET#cursor", "A")
_BYTES = 32


def cursor_key(table: Table) -> bytes:
    """The key; when several make one at once, the first one is everybody's.

    Raises:
        ServiceBusyError: The table is too busy for now.
    """
    if item := table.get(*_KEY):
        return bytes.fromhex(item["key"])
    made = secrets.token_hex(_BYTES)
    try:
        table.put({"pk": _KEY[0], "sk": _KEY[1], "key": made}, condition="attribute_not_exists(pk)")
    except ConditionFailedError as error:
        return bytes.fromhex((error.item or {})["key"])
    return bytes.fromhex(made)
