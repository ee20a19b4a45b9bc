"""Lists of recognitions and links to photos, as JSON."""

from typing import Annotated, Literal

from pydantic import Field

from domain.faces import Decision
from handlers.api.schemas.common import In, Instant, Out, example
from handlers.api.schemas.photos import RecognitionOut


class RecognitionsOut(Out):
    """Some recognitions, newest first. A page may hold few or none although `nextCursor` says that more follow."""

    items: list[RecognitionOut]
    next_cursor: str | None


class ReviewIn(In):
    """Who a face is: `matched` with a `personId`, or `unknown` without."""

    model_config = example(decision="matched", personId="per_01JDZ6V8K2M3N4P5Q6R7S8T9VA")

    decision: Literal[Decision.MATCHED, Decision.UNKNOWN]
    person_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class PhotoLinkOut(Out):
    """Where to GET the photo, without a token, until `expiresAt`."""

    url: str
    content_type: str
    expires_at: Instant
