"""Looking at a photo that was uploaded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import NotFoundError
from domain.photos import Photo, Purpose
from domain.results import PhotoReads, find_photo

LINK_LIFE = timedelta(minutes=1)  # long enough for a browser to follow it at once, too short to pass it on


@dataclass(frozen=True)
class PhotoLink:
    """A permission to download one photo by GET until `expires_at`, for whoever has it."""

    url: str
    content_type: str
    expires_at: datetime


class LinkSigner(Protocol):
    """Signs permissions to download."""

    def link(self, photo: Photo, *, expires_at: datetime) -> str:
        """The address of the version that was processed, good until `expires_at`."""


def link_to_photo(
    caller: Caller, recognition_id: str, *, photos: PhotoReads, signer: LinkSigner, record: Record, now: datetime
) -> PhotoLink:
    """Let the caller look at a photo of their own, or at any as an operator; it is recorded, with whom it shows.

    Whether the photo is still there is not asked: photos may expire before their results do.

    Raises:
        NotFoundError: There is no such recognition, it is somebody else's, or nothing was uploaded for it yet.
        AuditUnavailableError: It cannot be recorded that the photo is shown.
    """
    photo, result = find_photo(caller, Purpose.RECOGNITION, recognition_id, photos=photos, now=now)
    if photo.version is None:
        raise NotFoundError
    record(AuditAction.SAW, sorted(result.mentions) if result and result.mentions else [None])
    expires_at = now + LINK_LIFE
    return PhotoLink(signer.link(photo, expires_at=expires_at), photo.content_type, expires_at)
