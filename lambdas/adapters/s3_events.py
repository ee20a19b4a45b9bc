"""S3 events in and out. They arrive as they are (S3 invokes the function) or as the body of a queue's message."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from domain import times
from domain.photos import Call
from domain.processing import Arrival

_RETRY = "retry"  # our own member, beside Records, of an event that was put off


def arrivals(event: Mapping[str, Any], *, bucket: str) -> Iterator[Arrival | None]:
    """Read an event: None for each object of another bucket; nothing at all for S3's test event.

    Raises:
        ValueError: It is no S3 event, or the bucket keeps no versions.
    """
    if event.get("Event") == "s3:TestEvent":
        return
    if "Records" not in event:
        raise ValueError("not an S3 event")
    retry = event.get(_RETRY, {})
    for record in event["Records"]:
        if record["s3"]["bucket"]["name"] != bucket:
            yield None
            continue
        s3_object = record["s3"]["object"]
        if not s3_object.get("versionId"):
            raise ValueError("the bucket has to keep versions")
        yield Arrival(
            key=unquote_plus(s3_object["key"]),
            version=s3_object["versionId"],
            size=s3_object["size"],
            uploaded_at=times.from_text(record["eventTime"]),
            attempt=retry.get("attempt", 0),
            first_seen=times.from_text(retry["firstSeen"]) if retry else None,
            calls={Call(call): count for call, count in retry.get("calls", {}).items()},
        )


def retry_event(arrival: Arrival, *, bucket: str) -> dict[str, Any]:
    """An event that `arrivals` reads as `arrival` again."""
    record = {
        "eventTime": times.to_text(arrival.uploaded_at),
        "s3": {
            "bucket": {"name": bucket},
            "object": {"key": quote_plus(arrival.key), "size": arrival.size, "versionId": arrival.version},
        },
    }
    first_seen = times.to_text(arrival.first_seen or arrival.uploaded_at)
    retry = {"attempt": arrival.attempt, "firstSeen": first_seen, "calls": dict(arrival.calls)}
    return {"Records": [record], _RETRY: retry}
