"""What happens to an uploaded photo: claim; recognize, register or verify; commit.

Events may come twice, late and out of order, and a worker may die anywhere. The record decides: only the first version
of an object is ever claimed, a claim that was abandoned is taken over, and a result is written once, in a transaction
that holds only while record, people and consents are still as they were.
"""

import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from domain.decisions import DecisionPolicy
from domain.errors import ConsentMissingError, FaceError, PhotoRejectedError, ServiceBusyError
from domain.gallery import Gallery, MeteredGallery
from domain.people import People, Person, require_comparable, require_registrable
from domain.photos import Call, Photo, Problem, Purpose, Result, Status, parse_key
from domain.recognition import MAX_PEOPLE, CropSource, search_photo
from domain.registration import KnownContent, PhotoReader, Registration, register_face
from domain.verification import verify_face

GIVE_UP_AFTER = timedelta(days=1)  # of being turned away by a service that is busy
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=2), timedelta(minutes=15)


@dataclass(frozen=True)
class Arrival:
    """One event: a version of an object was put into the bucket.

    Attributes:
        attempt: How often this photo was put off before, because a service was busy.
        first_seen: When it came up for the first time.
        calls: Billed calls that were made for it before it was put off.
    """

    key: str
    version: str
    size: int
    uploaded_at: datetime
    attempt: int = 0
    first_seen: datetime | None = None
    calls: Mapping[Call, int] = field(default_factory=dict)


class ClaimState(StrEnum):
    """How a claim ended."""

    CLAIMED = "claimed"
    NO_RECORD = "no_record"
    OTHER_VERSION = "other_version"
    HELD = "held"
    FINISHED = "finished"


@dataclass(frozen=True)
class Claim:
    """The photo as the claim left it; `held_until` is set while another worker has it."""

    state: ClaimState
    photo: Photo | None = None
    held_until: datetime | None = None


class ChangedMeanwhileError(Exception):
    """What the result rests on is not so any more.

    Attributes:
        person_ids: People whom the result names but may not: erased, without consent by now, or full. Empty when it is
            the same photo that was registered for the person by another worker.
    """

    def __init__(self, person_ids: frozenset[str]) -> None:
        super().__init__("people or faces changed while the photo was processed")
        self.person_ids = person_ids


class PhotoRecords(Protocol):
    """The records of photos and their results. Each method is one request to the table."""

    def claim(self, purpose: Purpose, photo_id: str, arrival: Arrival, *, now: datetime, until: datetime) -> Claim:
        """Take the photo, if it is free, for `arrival`'s version, and pin that version."""

    def release(self, photo: Photo) -> None:
        """Give a claimed photo back, so that it can be claimed at once."""

    def holds(self, photo: Photo) -> bool:
        """Whether the photo is still claimed, for its version."""

    def commit(self, photo: Photo, result: Result) -> bool:
        """Write the result and all that follows from it, all or nothing.

        Returns:
            False if the photo has a result already; then nothing was changed.

        Raises:
            ChangedMeanwhileError: Somebody whom the result names is being erased or has no consent by now, or the
                same photo was registered meanwhile.
            ServiceBusyError: The table is too busy for now.
        """


class PhotoObjects(PhotoReader, CropSource, Protocol):
    """The uploaded objects."""

    def delete(self, key: str, version: str) -> None:
        """Delete one version for good; nothing happens when it is gone."""

    def quarantine(self, key: str, version: str) -> None:
        """Mark an object that nobody asked for; it stays where it is for a day."""


class Postponer(Protocol):
    """Puts photos off."""

    def postpone(self, arrival: Arrival, *, delay: timedelta) -> None:
        """Have the photo come up again after `delay`, at most 15 minutes."""


class Outcome(StrEnum):
    """What became of an arrival, for logs and metrics; `HELD`: another worker has the photo, and it will come again."""

    COMMITTED = "committed"
    REJECTED = "rejected"
    FAILED = "failed"
    REPEATED = "repeated"
    SUPERSEDED = "superseded"
    HELD = "held"
    POSTPONED = "postponed"
    QUARANTINED = "quarantined"


OUTCOMES: Mapping[Status, Outcome] = {
    Status.SUCCEEDED: Outcome.COMMITTED,
    Status.REJECTED: Outcome.REJECTED,
    Status.FAILED: Outcome.FAILED,
}


@dataclass(frozen=True)
class Processor:
    """Processes photos.

    Attributes:
        lease: How long a claim holds; longer than a worker can live, shorter than it takes an event to come again.
        max_faces: Most faces that are searched on one photo; so many people a result can name.
    """

    people: People
    records: PhotoRecords
    known: KnownContent
    objects: PhotoObjects
    gallery: Gallery
    postponer: Postponer
    policy: DecisionPolicy
    max_faces: int
    lease: timedelta
    clock: Callable[[], datetime]

    def __post_init__(self) -> None:
        if not 1 <= self.max_faces <= MAX_PEOPLE:
            raise ValueError(f"max_faces: 1 to {MAX_PEOPLE}")

    def process(self, arrival: Arrival) -> Outcome:  # noqa: PLR0911 - one for each state of a claim
        """Bring one photo to its end, or put it off.

        Raises:
            Exception: What nobody expected. The photo stays claimed until its lease ends; the event has to come again.
        """
        arrival = replace(arrival, first_seen=arrival.first_seen or self.clock())
        if (named := parse_key(arrival.key)) is None:
            return self._quarantine(arrival)
        now = self.clock()
        try:
            claim = self.records.claim(*named, arrival, now=now, until=now + self.lease)
        except ServiceBusyError:
            return self._postpone(arrival)
        match claim:
            case Claim(ClaimState.CLAIMED, Photo() as photo):
                return self._finish(photo, arrival)
            case Claim(ClaimState.FINISHED, Photo() as photo):
                self._clean_up(photo)  # the worker that finished it may have died before it did so
                return Outcome.REPEATED
            case Claim(ClaimState.HELD, held_until=datetime() as held_until):
                self.postponer.postpone(arrival, delay=min(held_until - now + FIRST_DELAY, LONGEST_DELAY))
                return Outcome.HELD
            case Claim(ClaimState.OTHER_VERSION):
                self.objects.delete(arrival.key, arrival.version)
                return Outcome.SUPERSEDED
            case _:
                return self._quarantine(arrival)

    def _finish(self, photo: Photo, arrival: Arrival) -> Outcome:
        gallery = MeteredGallery(self.gallery, arrival.calls)
        work = {
            Purpose.RECOGNITION: self._recognize,
            Purpose.REGISTRATION: self._register,
            Purpose.VERIFICATION: self._verify,
        }
        try:
            try:
                ended = work[photo.purpose](photo, gallery)
            except PhotoRejectedError as error:
                ended = self._end(photo, Status.REJECTED, error, gallery)
        except ServiceBusyError as error:
            if self.clock() - (arrival.first_seen or self.clock()) < GIVE_UP_AFTER:
                return self._release_and_postpone(photo, replace(arrival, calls=gallery.calls))
            ended = self._end(photo, Status.FAILED, error, gallery)
        except Exception:
            if self.records.holds(photo):
                raise
            ended = None  # the photo was deleted meanwhile, so it could not be read
        if ended is None:
            return Outcome.REPEATED
        self._clean_up(ended)
        return OUTCOMES[ended.status]

    def _recognize(self, photo: Photo, gallery: MeteredGallery) -> Photo | None:
        found = search_photo(
            photo, gallery=gallery, crop_source=self.objects, policy=self.policy, max_faces=self.max_faces
        )
        gone: frozenset[str] = frozenset()
        while True:
            result = Result(
                Status.SUCCEEDED,
                self.clock(),
                faces=found.decide(self.policy, without=gone),
                calls=gallery.calls,
                policy=self.policy,
                model_version=found.model_version,
            )
            try:
                return self._commit(photo, result)
            except ChangedMeanwhileError as changed:
                if changed.person_ids <= gone:
                    raise  # deciding again cannot help, and would not end
                gone |= changed.person_ids

    def _register(self, photo: Photo, gallery: MeteredGallery) -> Photo | None:
        person = self._registrable(photo)
        done = register_face(
            photo,
            person.id,
            gallery=gallery,
            reader=self.objects,
            known=self.known,
            people=self.people,
            match_threshold=self.policy.match_threshold,
        )
        result = Result(
            Status.SUCCEEDED,
            self.clock(),
            registered=done.registered,
            duplicate_of=done.duplicate_of,
            content_hash=done.content_hash,
            calls=gallery.calls,
            policy=self.policy,
            model_version=done.model_version,
        )
        try:
            ended = self._commit(photo, result)
        except ChangedMeanwhileError:
            self._take_back(photo, done)
            self._registrable(photo)  # refuses, if it is the person that changed
            raise ServiceBusyError("Another registration came first") from None
        if ended is None and self.known.face_of_content(person.id, done.content_hash) != _face_id(done):
            self._take_back(photo, done)
        return ended

    def _verify(self, photo: Photo, gallery: MeteredGallery) -> Photo | None:
        person = self._person(photo)
        require_comparable(person, self.clock())
        done = verify_face(photo, person.id, gallery=gallery, policy=self.policy)
        result = Result(
            Status.SUCCEEDED,
            self.clock(),
            faces=(done.face,),
            calls=gallery.calls,
            policy=self.policy,
            model_version=done.model_version,
        )
        try:
            return self._commit(photo, result)
        except ChangedMeanwhileError:
            require_comparable(self._person(photo), self.clock())  # refuses, if that is what changed
            raise ServiceBusyError("The person changed meanwhile") from None

    def _registrable(self, photo: Photo) -> Person:
        person = self._person(photo)
        require_registrable(person, self.clock())
        return person

    def _person(self, photo: Photo) -> Person:
        person = self.people.get(photo.person_id or "")
        if person is None:
            raise ConsentMissingError("The person is not registered any more")
        return person

    def _take_back(self, photo: Photo, done: Registration) -> None:
        if done.registered:
            self.gallery.remove(photo, done.registered.id)

    def _end(self, photo: Photo, status: Status, error: FaceError, gallery: MeteredGallery) -> Photo | None:
        reasons = error.reasons if isinstance(error, PhotoRejectedError) else ()
        problem = Problem(error.code, error.title, error.detail, retryable=error.retryable, reasons=reasons)
        return self._commit(photo, Result(status, self.clock(), problem=problem, calls=gallery.calls))

    def _commit(self, photo: Photo, result: Result) -> Photo | None:
        return photo.ended(result) if self.records.commit(photo, result) else None

    def _clean_up(self, photo: Photo) -> None:
        if photo.discarded and photo.version:
            self.objects.delete(photo.key, photo.version)

    def _quarantine(self, arrival: Arrival) -> Outcome:
        self.objects.quarantine(arrival.key, arrival.version)
        return Outcome.QUARANTINED

    def _release_and_postpone(self, photo: Photo, arrival: Arrival) -> Outcome:
        with contextlib.suppress(ServiceBusyError):  # then the lease has to run out first, and that is all
            self.records.release(photo)
        return self._postpone(arrival)

    def _postpone(self, arrival: Arrival) -> Outcome:
        longest = min(FIRST_DELAY * 2 ** min(arrival.attempt, 10), LONGEST_DELAY)
        delay = longest * random.uniform(0.5, 1)  # nosec B311  # noqa: S311 - spreads retries, keeps no secret
        self.postponer.postpone(replace(arrival, attempt=arrival.attempt + 1), delay=delay)
        return Outcome.POSTPONED


def _face_id(done: Registration) -> str | None:
    return done.registered.id if done.registered else done.duplicate_of
