"""Putting photos off: a message of our own, on the queue that S3's events come by."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.aws_errors import busy_translated
from adapters.s3_events import retry_event
from domain.processing import Arrival

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class UploadQueue:
    """`domain.processing.Postponer` on SQS.

    A new message, instead of the old one shown again: SQS counts how often a message was received, and moves it to the
    dead letters for it. Being turned away by a busy service is no reason for that.
    """

    client: "SQSClient"
    url: str
    bucket: str

    def postpone(self, arrival: Arrival, *, delay: timedelta) -> None:
        """See `Postponer.postpone`."""
        with busy_translated():
            self.client.send_message(
                QueueUrl=self.url,
                MessageBody=json.dumps(retry_event(arrival, bucket=self.bucket)),
                DelaySeconds=max(0, round(delay.total_seconds())),
            )
