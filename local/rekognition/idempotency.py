"""Client request tokens: the same request with the same token is answered as before and not done again."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from local.rekognition.errors import IdempotencyError
from local.rekognition.records import Collection
from local.rekognition.transaction import Transaction


def once(
    transaction: Transaction,
    operation: str,
    collection: Collection,
    request: dict[str, Any],
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Answer as before, or act and remember the answer in the same transaction. Failures are not remembered.

    Raises:
        IdempotencyError: The token came before with other parameters.
    """
    token = request.get("ClientRequestToken")
    if token is None:
        return act()
    parameters = {name: value for name, value in request.items() if name != "ClientRequestToken"}
    fingerprint = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).digest()
    if known := transaction.remembered(operation, token):
        if known[0] != fingerprint:
            raise IdempotencyError("The client request token was used with other parameters")
        answer: dict[str, Any] = json.loads(known[1])
        return answer
    answer = act()
    transaction.remember(operation, token, collection, fingerprint, json.dumps(answer))
    return answer
