"""Tells events again that could not be told for hours: their dead letters name a place in the table's stream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_lambda import LambdaClient

_AT_ONCE = 100  # changes in one invocation, as the event source has it
_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException"}


class NotReplayedError(Exception):
    """The changes were not told; the message says why."""


class EventReplay:
    """Reads the changes that a dead letter names from the stream, and hands them to the function that tells them."""

    def __init__(self, streams: Any, functions: LambdaClient, announcer: str) -> None:
        # Of boto3's "dynamodbstreams", whose types are not installed.
        self._streams, self._functions, self._announcer = streams, functions, announcer

    def __call__(self, body: str) -> None:
        """Tell all changes of one dead letter; done again, receivers know by the events' ids that they have them.

        Raises:
            NotReplayedError: The stream, which keeps changes for a day, does not have them any more; or the function
                failed again.
        """
        batch = json.loads(body)["DDBStreamBatchInfo"]
        records = list(self._records(batch))
        for begin in range(0, len(records), _AT_ONCE):
            payload = json.dumps({"Records": records[begin : begin + _AT_ONCE]}, default=str)
            answer = self._functions.invoke(FunctionName=self._announcer, Payload=payload)
            if "FunctionError" in answer:
                raise NotReplayedError("the function fails still")

    def _records(self, batch: dict[str, Any]) -> Iterator[Any]:
        last = int(batch["endSequenceNumber"])
        try:
            iterator: str | None = self._streams.get_shard_iterator(
                StreamArn=batch["streamArn"],
                ShardId=batch["shardId"],
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=batch["startSequenceNumber"],
            )["ShardIterator"]
            while iterator:
                answer = self._streams.get_records(ShardIterator=iterator)
                for record in answer["Records"]:
                    if int(record["dynamodb"]["SequenceNumber"]) > last:
                        return
                    yield record
                    if int(record["dynamodb"]["SequenceNumber"]) == last:
                        return
                iterator = answer.get("NextShardIterator")
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                raise NotReplayedError("the stream does not have the changes any more") from None
            raise
