"""Lists of recognitions and links to photos, as JSON."""

from handlers.api.schemas.common import Instant, Out
from handlers.api.schemas.photos import RecognitionOut


class RecognitionsOut(Out):
    """Some recognitions, newest first. A page may hold few or none although `nextCursor` says that more follow."""

    items: list[RecognitionOut]
    next_cursor: str | None


class PhotoLinkOut(Out):
    """Where to GET the photo, without a token, until `expiresAt`."""

    url: str
    content_type: str
    expires_at: Instant
