"""All that is held about a person, for the person to take along."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, AuditEntry, AuditTrail, Record
from domain.decisions import DecisionPolicy
from domain.errors import ForbiddenError
from domain.faces import Box, Decision, RecognizedFace, Review
from domain.ids import Kind, is_id
from domain.pages import Page
from domain.people import ConsentEntry, People, Person, read_person
from domain.person_faces import StoredFace
from domain.photos import Result
from domain.sightings import Sighting

_TRAIL = "AUDIT#"  # begins the positions in the audit, which follows what is theirs
LINK_LIFE = timedelta(minutes=5)  # long enough to download the photos of a page


@dataclass(frozen=True)
class HeldPhoto:
    """A photo that was uploaded for the person; `version` is None where it is not kept, or not there yet."""

    id: str
    key: str
    version: str | None


@dataclass(frozen=True)
class Judgement:
    """What was decided about one face, as far as it concerns the person; of others it tells nothing.

    Attributes:
        decision: The service's own.
        themself: Whether the service took the face for the person.
        similarity: To the person, in percent; None where the service saw none worth telling.
        review: A human's decision, which counts instead; without a `person_id` where it was for somebody else.
    """

    n: int
    box: Box
    confidence: float
    decision: Decision
    themself: bool
    similarity: float | None
    review: Review | None


@dataclass(frozen=True)
class Judged:
    """The result of a photo, as far as it concerns the person.

    Attributes:
        policy: The thresholds that were in force.
    """

    completed_at: datetime
    policy: DecisionPolicy | None
    model_version: str | None
    faces: tuple[Judgement, ...]


@dataclass(frozen=True)
class HeldSighting:
    """The person was recognized on a photo; `result` is None where it is past its time."""

    sighting: Sighting
    result: Judged | None = None

    @property
    def photo_id(self) -> str:
        """The photo's id."""
        return self.sighting.photo_id


@dataclass(frozen=True)
class HeldMention:
    """The result of a photo concerns the person without their having been recognized on it.

    They were a candidate in a review, or were taken for somebody else, or were said to be on it and were not.
    """

    photo_id: str
    result: Judged | None = None


Held = ConsentEntry | StoredFace | HeldPhoto | HeldSighting | HeldMention | AuditEntry


class Holdings(Protocol):
    """Where it is kept what is known about people."""

    def of_person(self, person_id: str, *, limit: int, after: str | None, now: datetime) -> Page[Held]:
        """List what is held about a person, as it is now; what is past its time is left out.

        Args:
            limit: Most things on the page; a page may hold fewer although more follow.
            after: `Page.position` of the page before.
        """

    def results(self, photo_ids: Iterable[str], *, now: datetime) -> Mapping[str, Result]:
        """The results of photos by their ids, as they are now; those that are not there or past their time are not."""


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
    person: Person,
    *,
    holdings: Holdings,
    trail: AuditTrail,
    limit: int,
    after: str | None,
    record: Record,
    now: datetime,
) -> Page[Held]:
    """One page of what is held about a person, beside the person themself; it is recorded.

    First what is theirs, with what was decided on each photo that shows them or might, and then who learned of them or
    did something to them. Vectors are not among it: Rekognition does not give them out.

    Args:
        limit: Most things on the page. Each holds as much as a photo has faces, so this bounds what a page weighs.
        after: `Page.position` of the page before.

    Raises:
        AuditUnavailableError: It cannot be recorded, so it is not told.
    """
    record(AuditAction.EXPORTED, [person.id])
    items: list[Held] = []
    if after is None or not after.startswith(_TRAIL):
        page = holdings.of_person(person.id, limit=limit, after=after, now=now)
        items = _with_results(person, page.items, holdings=holdings, now=now)
        if page.position or len(items) == limit:
            return Page(items, page.position or _TRAIL)
        after = _TRAIL
    entries = trail.of_person(person.id, limit=limit - len(items), after=after.removeprefix(_TRAIL) or None, now=now)
    return Page([*items, *entries.items], _TRAIL + entries.position if entries.position else None)


def _with_results(person: Person, items: Sequence[Held], *, holdings: Holdings, now: datetime) -> list[Held]:
    photo_ids = [held.photo_id for held in items if isinstance(held, HeldSighting | HeldMention)]
    results = holdings.results(photo_ids, now=now) if photo_ids else {}
    return [
        replace(held, result=_judged(person.id, held.photo_id, results.get(held.photo_id)))
        if isinstance(held, HeldSighting | HeldMention)
        else held
        for held in items
    ]


def _judged(person_id: str, photo_id: str, result: Result | None) -> Judged | None:
    if result is None:
        return None
    of_them_alone = is_id(photo_id, Kind.VERIFICATION)  # its one face was compared with nobody else
    faces = [face for face in result.faces if of_them_alone or person_id in face.mentions]
    return Judged(
        result.completed_at,
        result.policy,
        result.model_version,
        tuple(_judgement(person_id, face, of_them_alone=of_them_alone) for face in faces),
    )


def _judgement(person_id: str, face: RecognizedFace, *, of_them_alone: bool) -> Judgement:
    themself = face.person_id == person_id
    candidate = next((match.similarity for match in face.candidates if match.person_id == person_id), None)
    review = face.review
    return Judgement(
        n=face.n,
        box=face.box,
        confidence=face.confidence,
        decision=face.decision,
        themself=themself,
        similarity=face.similarity if themself or of_them_alone else candidate,
        review=review and replace(review, person_id=person_id if review.person_id == person_id else None),
    )
