"""Reading what became of a photo: who may, and whom they may recognize by it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import NotFoundError
from domain.faces import RecognizedFace
from domain.ids import is_id
from domain.people import People
from domain.photos import ID_KINDS, Photo, Purpose, Result


class PhotoReads(Protocol):
    """Where photos and their results are read."""

    def get(self, photo_id: str, *, now: datetime) -> tuple[Photo, Result | None] | None:
        """Read a photo and its result, including what was written just now; None when there is none any more."""


@dataclass(frozen=True)
class Reading:
    """A photo and its result as the caller may see them.

    Attributes:
        names: Of the people in the result, by person id; only those that the caller may know.
    """

    photo: Photo
    result: Result | None
    names: Mapping[str, str]


def read_photo(
    caller: Caller,
    purpose: Purpose,
    photo_id: str,
    *,
    photos: PhotoReads,
    people: People,
    names_for_users: bool,
    record: Record,
    now: datetime,
) -> Reading:
    """Read a photo of the caller's own, or any as an operator; whom it shows is recorded.

    Plain users see faces, decisions and similarities, but identities only of themselves.

    Args:
        names_for_users: Show identities to plain users too.

    Raises:
        NotFoundError: There is no such photo of this purpose, or it is somebody else's.
        AuditUnavailableError: It cannot be recorded who is shown.
    """
    found = photos.get(photo_id, now=now) if is_id(photo_id, ID_KINDS[purpose]) else None
    if found is None:
        raise NotFoundError
    photo, result = found
    if photo.purpose is not purpose or not (caller.is_operator or photo.owner == caller.sub):
        raise NotFoundError
    if result is None:
        return Reading(photo, result, {})
    if photo.person_id:
        record(AuditAction.SAW, [photo.person_id])
    if not result.mentions or purpose is Purpose.VERIFICATION:
        return Reading(photo, result, {})  # a verification is about the one person whom its owner named
    if caller.is_operator or names_for_users:
        known = result.mentions
    else:
        known = result.mentions & {people.of_user(caller.sub)}
        result = replace(result, faces=tuple(_without_strangers(face, known) for face in result.faces))
    record(AuditAction.SAW, sorted(known))
    return Reading(photo, result, people.names(known) if known else {})


def _without_strangers(face: RecognizedFace, known: frozenset[str]) -> RecognizedFace:
    """The face as somebody may see it who may only know the people in `known`."""
    return replace(
        face,
        person_id=face.person_id if face.person_id in known else None,
        candidates=tuple(candidate for candidate in face.candidates if candidate.person_id in known),
    )
