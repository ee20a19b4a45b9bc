"""What a dead letter is about, without telling what others have chosen: keys that are not ours stay unsaid."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote_plus

UNKNOWN = "unknown"
CHANGES = "changes of the table"

_PHOTO_KEY = re.compile(r"uploads/[a-z]+/((?:rec|reg|ver)_[0-9A-Z]{26})")
_ERASURE_ID = re.compile(r"era_[0-9A-Z]{26}")


def subject_of(kind: str, body: str) -> str:
    """The id of the photo or erasure that a dead letter is about; `UNKNOWN` if it is no message of this service."""
    try:
        parsed: Any = json.loads(body)
        match kind:
            case "photos":
                parsed = parsed.get("requestPayload", parsed)
                keys = [unquote_plus(record["s3"]["object"]["key"]) for record in parsed["Records"]]
                ours = [match[1] for key in keys if (match := _PHOTO_KEY.fullmatch(key))]
                return ", ".join(ours) if len(ours) == len(keys) > 0 else UNKNOWN
            case "erasures":
                return parsed["erasureId"] if _ERASURE_ID.fullmatch(parsed["erasureId"]) else UNKNOWN
            case _:
                return CHANGES if parsed["DDBStreamBatchInfo"]["shardId"] else UNKNOWN
    except (ValueError, KeyError, TypeError, AttributeError):
        return UNKNOWN
