"""AWS clients as this service wants them: short patience, few tries of their own, connections kept open."""

from typing import Any

import boto3
from botocore.config import Config

from adapters.whole_answers import require_whole_answers

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=15,
    retries={"mode": "standard", "total_max_attempts": 2},  # what is still busy then is put off, not waited for
    max_pool_connections=16,
    tcp_keepalive=True,
    signature_version=None,
)


def client(service: str, **overrides: Any) -> Any:
    """A client of `service`; make it once, outside of the handler, and use it for every call."""
    made = boto3.client(service, config=_CONFIG.merge(Config(**overrides)))  # type: ignore[call-overload]
    require_whole_answers(made)
    return made
