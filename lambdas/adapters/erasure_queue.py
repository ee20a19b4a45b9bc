"""Messages that bring erasures to the worker: an id, and nothing about whom it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.aws_errors import busy_translated

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class ErasureMessages:
    """`domain.erasures.ErasureQueue` on SQS."""

    client: "SQSClient"
    url: str

    def send(self, erasure_id: str, *, delay: timedelta = timedelta()) -> None:
        """See `ErasureQueue.send`."""
        with busy_translated():
            self.client.send_message(
                QueueUrl=self.url,
                MessageBody=json.dumps({"erasureId": erasure_id}),
                DelaySeconds=round(delay.total_seconds()),
            )


def erasure_id_of(message: Mapping[str, Any]) -> str:
    """The erasure that a message of the queue, as Lambda hands it over, is about.

    Raises:
        ValueError: It is not one of ours.
    """
    body = json.loads(message["body"])
    if not isinstance(body, dict) or not isinstance(body.get("erasureId"), str):
        raise ValueError("not a message about an erasure")  # noqa: TRY004 - what is wrong is the text, as for json
    return str(body["erasureId"])
