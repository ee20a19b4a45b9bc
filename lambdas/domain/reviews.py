"""A human's decision about a face: it is kept beside the service's own, and counts instead of it."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import InvalidRequestError, NotFoundError, ServiceBusyError
from domain.faces import Decision, RecognizedFace, Review
from domain.people import People, find_person, require_comparable
from domain.photos import Photo, Purpose, Result
from domain.results import PhotoReads, Reading, find_photo

MAX_NAMED = 90  # people by one result, which is deleted in one transaction of at most 100 actions
_ATTEMPTS = 3


class ReviewRecords(Protocol):
    """Where decisions of humans are kept."""

    def review(self, photo: Photo, before: Result, after: Result, *, n: int, now: datetime) -> bool:
        """Write face `n` as `after` has it, with the sightings, mentions and the work list as they follow from it.

        All or nothing: whoever is somebody on the photo has one sighting, whoever is otherwise named one mention.

        Returns:
            False if the result is not as `before` any more, or somebody whom it names is being erased or may not be
            recognized by now; then nothing was changed.

        Raises:
            ServiceBusyError: The table is too busy for now.
        """


class OpenReviews(Protocol):
    """Photos that wait for a human."""

    def oldest(self, now: datetime) -> datetime | None:
        """Since when the one has waited that has waited longest; None if none waits. Eventually consistent."""


def review_face(
    caller: Caller,
    recognition_id: str,
    n: int,
    *,
    decision: Decision,
    person_id: str | None,
    photos: PhotoReads,
    reviews: ReviewRecords,
    people: People,
    record: Record,
    now: datetime,
) -> Reading:
    """Decide about a face, whatever the service or another human decided before. Done again, it changes nothing.

    Args:
        decision: `MATCHED` with a `person_id`, who need not be among the candidates, or `UNKNOWN` without.

    Raises:
        ForbiddenError: The caller is no operator.
        NotFoundError: There is no such recognition, or no such face on it.
        InvalidRequestError: There is no such person, or one is named where none may be; or the photo names as many
            people as it may.
        PersonErasingError: The person is being erased.
        PersonPendingError: The person has registered themself and is not approved yet.
        ConsentMissingError: The person's consent does not hold now.
        AuditUnavailableError: It cannot be recorded about whom was decided; nothing was.
        ServiceBusyError: Others decide about this photo at the same time, or somebody else on it is being erased.
    """
    caller.require_operator()
    if (decision is Decision.MATCHED) != (person_id is not None):
        raise InvalidRequestError("personId goes with the decision matched, and with it alone")
    for _ in range(_ATTEMPTS):
        photo, before = find_photo(caller, Purpose.RECOGNITION, recognition_id, photos=photos, now=now)
        face = next((face for face in before.faces if face.n == n), None) if before else None
        if before is None or face is None:
            raise NotFoundError
        if face.review and (face.review.decision, face.review.person_id) == (decision, person_id):
            return _told(photo, before, people=people, record=record)
        if person_id:
            _require_recognizable(person_id, people=people, now=now)
        after = _reviewed(before, replace(face, review=Review(decision, person_id, caller.sub, now)))
        if len(after.mentions) > MAX_NAMED:
            raise InvalidRequestError(f"A photo may name {MAX_NAMED} people")
        concerned = face.mentions | ({person_id} if person_id else set())
        record(AuditAction.REVIEWED, sorted(concerned) or [None])
        if reviews.review(photo, before, after, n=n, now=now):
            return _told(photo, after, people=people, record=record)
    raise ServiceBusyError("The recognition is being changed by others")


def _require_recognizable(person_id: str, *, people: People, now: datetime) -> None:
    person = find_person(person_id, people=people)
    if person is None:
        raise InvalidRequestError("personId names nobody")
    require_comparable(person, now)


def _reviewed(result: Result, reviewed: RecognizedFace) -> Result:
    faces = tuple(reviewed if face.n == reviewed.n else face for face in result.faces)
    return replace(result, faces=faces, revision=result.revision + 1)


def _told(photo: Photo, result: Result, *, people: People, record: Record) -> Reading:
    record(AuditAction.SAW, sorted(result.mentions))
    return Reading(photo, result, people.names(result.mentions) if result.mentions else {})
