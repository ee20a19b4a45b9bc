"""All that is held about a person, for the person to take along."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import ForbiddenError
from domain.pages import Page
from domain.people import ConsentEntry, People, Person, read_person
from domain.person_faces import StoredFace

LINK_LIFE = timedelta(minutes=5)  # long enough to download the photos of a page


@dataclass(frozen=True)
class HeldPhoto:
    """A photo that was uploaded for the person; `version` is None where it is not kept, or not there yet."""

    id: str
    key: str
    version: str | None


@dataclass(frozen=True)
class Sighting:
    """The person was recognized on a photo: as its face `n`, with `similarity` in percent."""

    photo_id: str
    seen_at: datetime
    n: int
    similarity: float


@dataclass(frozen=True)
class Mention:
    """The person is named by the result of a photo without having been recognized on it: as a candidate in a review."""

    photo_id: str


Held = ConsentEntry | StoredFace | HeldPhoto | Sighting | Mention


class Holdings(Protocol):
    """Where it is kept what is known about people."""

    def of_person(self, person_id: str, *, limit: int, after: str | None, now: datetime) -> Page[Held]:
        """List what is held about a person, as it is now; what is past its time is left out.

        Args:
            limit: Most things on the page; a page may hold fewer although more follow.
            after: `Page.position` of the page before.
        """


class DownloadSigner(Protocol):
    """Signs permissions to download."""

    def download(self, key: str, version: str, *, expires_at: datetime) -> str:
        """The address of one version of an uploaded object, good until `expires_at`, for whoever has it."""


def require_exportable(caller: Caller, person_id: str, *, people: People) -> Person:
    """Check that the caller may have all that is held about a person.

    Raises:
        NotFoundError: There is no such person, or the caller may not see them.
        ForbiddenError: The caller is neither an admin nor the person.
    """
    person = read_person(caller, person_id, people=people)
    if not caller.is_admin and people.of_user(caller.sub) != person.id:
        raise ForbiddenError
    return person


def export_page(
    person: Person, *, holdings: Holdings, limit: int, after: str | None, record: Record, now: datetime
) -> Page[Held]:
    """One page of what is held about a person, beside the person themself; it is recorded.

    Vectors are not among it: Rekognition does not give them out.

    Raises:
        AuditUnavailableError: It cannot be recorded, so it is not told.
    """
    record(AuditAction.EXPORTED, [person.id])
    return holdings.of_person(person.id, limit=limit, after=after, now=now)
