"""Removing a recognition: its photo, its result, and all that points to them."""

from datetime import datetime
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import ServiceBusyError
from domain.photos import Photo, Purpose, Result, Status
from domain.results import PhotoReads, find_photo

_ATTEMPTS = 3


class PhotoRemoval(Protocol):
    """Where photos are forgotten."""

    def forget(self, photo: Photo, result: Result | None, *, now: datetime) -> bool:
        """Delete the result, open reviews, sightings and mentions, and leave a tombstone of the photo, all or nothing.

        Whatever of the photo arrives after that is deleted by who processes it.

        Returns:
            False if photo or result are not as given any more; then nothing was changed.

        Raises:
            ServiceBusyError: The table is too busy for now.
        """


class PhotoDeletion(Protocol):
    """Where photos are deleted."""

    def delete_all(self, key: str) -> None:
        """Delete every version of an object for good; nothing happens when it is gone."""


def delete_recognition(
    caller: Caller,
    recognition_id: str,
    *,
    photos: PhotoReads,
    removal: PhotoRemoval,
    objects: PhotoDeletion,
    record: Record,
    now: datetime,
) -> None:
    """Delete a recognition of the caller's own, or any as an operator. Done again, it changes nothing.

    The photo goes first, while everything that leads to it is still there: if this dies half-way, the recognition is
    still found, by who deletes it again and by the erasure of a person on it. Of one that died before it was claimed
    nobody knows the version, so all are deleted; what is uploaded later is deleted when its event comes.

    Raises:
        NotFoundError: There is no such recognition, or it is somebody else's.
        AuditUnavailableError: It cannot be recorded whose photo is deleted; nothing was.
        ServiceBusyError: The photo is just being processed.
    """
    for _ in range(_ATTEMPTS):
        photo, result = find_photo(
            caller, Purpose.RECOGNITION, recognition_id, photos=photos, now=now, deleted_too=True
        )
        if photo.status is Status.DELETED:
            return
        record(AuditAction.DELETED, sorted(result.mentions) if result and result.mentions else [None])
        objects.delete_all(photo.key)
        if removal.forget(photo, result, now=now):
            return
    raise ServiceBusyError("The photo is just being processed")
