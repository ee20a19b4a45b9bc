"""The table's stream: changes of items, as Lambda hands them over, read as endings."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.photo_items import RESULT, result_of
from adapters.table import plain
from domain import times
from domain.endings import Ending, ErasureEnding, PhotoEnding
from domain.photos import Purpose

_ERASURE = "E#"


def endings(event: Mapping[str, Any]) -> Iterator[tuple[str, Ending]]:
    """The endings of an event, each with the sequence number of its change.

    New results of photos, and erasures that turned from pending to complete: all else is left out, also here, for the
    filter of the event source is only there to save invocations.
    """
    for record in event["Records"]:
        change = record["dynamodb"]
        keys = plain(change["Keys"])
        new, old = plain(change.get("NewImage", {})), plain(change.get("OldImage", {}))
        if record["eventName"] == "INSERT" and keys["sk"] == RESULT:
            yield change["SequenceNumber"], _photo(new)
        elif keys["pk"].startswith(_ERASURE) and (old.get("status"), new.get("status")) == ("pending", "complete"):
            yield change["SequenceNumber"], _erasure(old, new)


def _photo(result: Mapping[str, Any]) -> PhotoEnding:
    return PhotoEnding(
        photo_id=result["pk"].partition("#")[2],
        purpose=Purpose(result["gsi1pk"].rpartition("#")[2]),
        requested_by=result["owner"],
        person_id=result.get("personId"),
        result=result_of(result),
        uploaded_at=times.from_text(result["uploadedAt"]) if "uploadedAt" in result else None,
    )


def _erasure(pending: Mapping[str, Any], complete: Mapping[str, Any]) -> ErasureEnding:
    """Once complete it does not say any more who it was; just before, it did."""
    return ErasureEnding(
        pending["id"],
        pending["personId"],
        requested_at=times.from_text(pending["requestedAt"]),
        completed_at=times.from_text(complete["completedAt"]),
    )
