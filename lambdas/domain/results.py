"""Reading what became of a photo: who may, and whom they may recognize by it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import DuplicatePersonError, NotAcceptedError, NotFoundError
from domain.faces import RecognizedFace
from domain.ids import is_id
from domain.people import People
from domain.photos import ID_KINDS, Photo, Problem, Purpose, Result, Status


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
    photo, result = find_photo(caller, purpose, photo_id, photos=photos, now=now)
    if result is None:
        return Reading(photo, None, {})
    if photo.person_id:  # a registration or a verification is about the one person whom its owner named
        record(AuditAction.SAW, [photo.person_id])
        return Reading(photo, result if caller.is_operator else _without_duplicates(result), {})
    result = Discretion(caller, people, names_for_users).applied(result)
    record(AuditAction.SAW, sorted(result.mentions))
    return Reading(photo, result, people.names(result.mentions) if result.mentions else {})


def find_photo(
    caller: Caller, purpose: Purpose, photo_id: str, *, photos: PhotoReads, now: datetime, deleted_too: bool = False
) -> tuple[Photo, Result | None]:
    """Find a photo of the caller's own, or any as an operator, and all that is known about it.

    Args:
        deleted_too: Whether a photo that was deleted a while ago is found as well, as its tombstone.

    Raises:
        NotFoundError: There is no such photo of this purpose, or it is somebody else's.
    """
    found = photos.get(photo_id, now=now) if is_id(photo_id, ID_KINDS[purpose]) else None
    if found is None:
        raise NotFoundError
    photo, _ = found
    if photo.purpose is not purpose or not (caller.is_operator or photo.owner == caller.sub):
        raise NotFoundError
    if photo.status is Status.DELETED and not deleted_too:
        raise NotFoundError
    return found


@dataclass(frozen=True)
class Discretion:
    """Withholds from results whom the caller may not know: plain users know nobody but themselves.

    Attributes:
        names_for_users: Plain users may know everybody.
    """

    caller: Caller
    people: People
    names_for_users: bool

    def applied(self, result: Result) -> Result:
        """The result as the caller may see it; it mentions only whom they may know."""
        if not result.mentions or self.caller.is_operator or self.names_for_users:
            return result
        return replace(result, faces=tuple(_without_strangers(face, self._themself) for face in result.faces))

    @cached_property
    def _themself(self) -> frozenset[str | None]:
        return frozenset({self.people.of_user(self.caller.sub)})


def _without_duplicates(result: Result) -> Result:
    """The result as somebody may see it who may not learn that a face is known as somebody else's."""
    if result.problem is None or result.problem.code != DuplicatePersonError.code:
        return result
    error = NotAcceptedError()
    return replace(result, problem=Problem(error.code, error.title, error.detail))


def _without_strangers(face: RecognizedFace, known: frozenset[str | None]) -> RecognizedFace:
    """The face as somebody may see it who may only know the people in `known`."""
    return replace(
        face,
        person_id=face.person_id if face.person_id in known else None,
        candidates=tuple(candidate for candidate in face.candidates if candidate.person_id in known),
        review=face.review
        and replace(face.review, person_id=face.review.person_id if face.review.person_id in known else None),
    )
