"""Idempotency keys: the same request, sent again, makes nothing twice and is answered afresh.

A key stands for the id of what its first request made. The id is chosen before anything is made, and making something
under an id that exists changes nothing: so a request that died half-way is simply done again under the same id, and two
at once end with one thing.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Protocol

from domain.access import Caller
from domain.ids import Kind, new_id

KEPT_FOR = timedelta(hours=24)


class Reservations(Protocol):
    """Where keys are kept; nothing of the request or the answer is."""

    def reserve(self, key: str, *, fingerprint: str, resource_id: str, now: datetime) -> str:
        """Have `key` stand for `resource_id`, or tell what it stands for already.

        Args:
            fingerprint: Of the request; a key goes with one request only.

        Raises:
            IdempotencyKeyReusedError: The key came with another request before.
        """


def reserved_id(
    caller: Caller,
    kind: Kind,
    *,
    route: str,
    key: str | None,
    body: bytes,
    reservations: Reservations,
    now: datetime,
) -> str:
    """The id of what a request makes: a new one, or the one that the same request had before.

    Args:
        route: Method and path, so that a key used on two routes means two things.
        key: The client's Idempotency-Key; None when it sent none.

    Raises:
        IdempotencyKeyReusedError: The key came with another body within a day.
    """
    fresh = new_id(kind, now)
    if key is None:
        return fresh
    return reservations.reserve(
        _digest(caller.sub.encode(), route.encode(), key.encode()),
        fingerprint=_digest(body),
        resource_id=fresh,
        now=now,
    )


def _digest(*parts: bytes) -> str:
    framed = b"".join(len(part).to_bytes(4) + part for part in parts)
    return hashlib.sha256(framed).hexdigest()
