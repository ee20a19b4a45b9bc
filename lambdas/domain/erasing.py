"""How a person is erased: an order of steps in which a crash at any point leaves something to go on from.

The person's own partition of the table is the list of what is still to be done, and is emptied step by step: each entry
goes only after what it points to, in the transaction that counts it. Nothing can be added to that list meanwhile, for
whatever adds to it holds only while the person is not being erased. The steps are the same on every run, and those that
were done before find nothing to do.

What may still come from elsewhere is a registration that was in work when the erasure began. Its record is closed, once
no worker holds it, so that no later event can take it up; until then the erasure is put off. A worker that died between
storing a vector and recording it leaves a vector that only a walk through the collection finds, so the walk is made
where, and only where, that may have happened.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from domain.erasures import Counts, Erasure, ErasureQueue, Remainder
from domain.errors import ServiceBusyError
from domain.photos import Photo, Result
from domain.redaction import redacted

BUSY_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=10)
LIFECYCLE_SLACK = timedelta(days=3)  # S3 acts at midnight, and drops a version a day after it has expired
STREAM_LIFE = timedelta(days=1)  # of the table's changes, those of the erasure itself among them: DynamoDB's own


@dataclass(frozen=True)
class PhotoOfPerson:
    """A photo that was asked for to register or to verify the person; `found` once it is noted that it was uploaded."""

    id: str
    key: str
    found: bool = False


@dataclass(frozen=True)
class Closed:
    """What became of the record of such a photo.

    Attributes:
        held_until: A worker has it until then, and nothing was closed.
        cut_short: A worker may have stored a vector without recording it.
    """

    held_until: datetime | None = None
    cut_short: bool = False


@dataclass(frozen=True)
class Appearance:
    """An entry saying that a photo's result names the person: recognized (`sighting`), or as a candidate only.

    Attributes:
        found: It is noted that the photo was there.
    """

    key: str
    photo_id: str
    sighting: bool
    found: bool = False


@dataclass(frozen=True)
class RecognizedPhoto:
    """A photo and its result."""

    photo: Photo
    result: Result


class PersonData(Protocol):
    """What the table holds about a person who is being erased. All of it is read as it is now.

    Whatever takes an `Erasure` counts what it removes in the same transaction, and does nothing when it is gone.
    """

    def work_on(self, erasure_id: str, now: datetime) -> Erasure | None:
        """The erasure, noting that somebody works on it now; None unless it is pending."""

    def photos(self, person_id: str) -> Sequence[PhotoOfPerson]:
        """Photos that were asked for to register or to verify the person, whatever became of them."""

    def close(self, photo: PhotoOfPerson, *, now: datetime) -> Closed:
        """Have nobody work on the photo any more, and drop its result; what is uploaded from now on is deleted."""

    def note_found(self, person_id: str, entry: PhotoOfPerson | Appearance) -> None:
        """Keep that the photo of an entry is there: it is about to go, and counted even by who finds it gone."""

    def drop_photo(self, erasure: Erasure, photo: PhotoOfPerson, *, removed: bool) -> None:
        """Forget a photo whose object is gone; `removed` by the erasure, not before."""

    def faces(self, person_id: str) -> Sequence[str]:
        """Ids of the person's faces."""

    def note_face(self, person_id: str, face_id: str) -> None:
        """Keep the id of a face that was stored but not recorded."""

    def drop_face(self, erasure: Erasure, face_id: str) -> None:
        """Forget a face whose vector is gone."""

    def appearances(self, person_id: str) -> Iterable[Appearance]:
        """Entries for all results that name the person."""

    def recognized(self, photo_id: str) -> RecognizedPhoto | None:
        """The photo and its result; None when they have expired."""

    def redact(
        self,
        erasure: Erasure,
        appearance: Appearance,
        seen: RecognizedPhoto | None,
        *,
        redacted: Result | None,
        photo_there: bool,
        photo_gone: bool,
    ) -> bool:
        """Write the `redacted` result and forget the appearance.

        Args:
            photo_there: The photo has not expired before.
            photo_gone: There is no reason any more to keep it.

        Returns:
            False if the result is not as it was `seen` any more; then nothing was changed.
        """

    def drop_rest(self, person_id: str) -> None:
        """Forget everything about the person but the person and their consent."""

    def counts(self, erasure: Erasure) -> Counts:
        """What was removed so far."""

    def finish(self, erasure: Erasure, *, remains: Sequence[Remainder], now: datetime) -> None:
        """Forget the person, their consent and what led to them, and complete the erasure: all in one."""


class PersonVectors(Protocol):
    """The person's faces in the face recognition service. Every method may raise `ServiceBusyError`."""

    def faces_of(self, person_id: str) -> frozenset[str]:
        """Ids of the faces that are the person's; none when the person is not known."""

    def faces_from(self, photo_ids: frozenset[str]) -> frozenset[str]:
        """Ids of the faces that came from these photos, whosever they are. Walks through all faces there are."""

    def remove_person(self, person_id: str) -> None:
        """Remove the person, whose faces are nobody's then; nothing happens when there is no such person."""

    def remove_faces(self, face_ids: Sequence[str]) -> None:
        """Remove faces that are nobody's; nothing happens to those that are not there."""

    def any_left(self, person_id: str, face_ids: Sequence[str]) -> bool:
        """Whether the service still knows the person or one of the faces."""


class ObjectErasure(Protocol):
    """The uploaded objects."""

    def is_there(self, key: str) -> bool:
        """Whether there is any version of an object."""

    def delete_all(self, key: str) -> None:
        """Delete every version of an object for good."""


class Outcome(StrEnum):
    """What became of one run; for logs and metrics."""

    COMPLETED = "completed"
    REPEATED = "repeated"
    POSTPONED = "postponed"


@dataclass(frozen=True)
class Retention:
    """How long things live that an erasure does not reach.

    Attributes:
        photos: Photos on which somebody else was recognized too.
        backups: States that the table can be set back to; nothing if it cannot.
    """

    photos: timedelta
    backups: timedelta

    def remains(self, counts: Counts, now: datetime) -> tuple[Remainder, ...]:
        """What is left when an erasure ends now."""
        shared = Remainder("shared_photos", now + self.photos + LIFECYCLE_SLACK)
        backups = Remainder("backups", now + self.backups)
        return (
            *([shared] if counts.shared_photos else []),
            *([backups] if self.backups else []),
            Remainder("table_stream", now + STREAM_LIFE),
            Remainder("account_trails", None),
        )


class _OutOfTimeError(Exception):
    """The function has to end; another run goes on."""


@dataclass(frozen=True)
class Eraser:
    """Erases people."""

    data: PersonData
    vectors: PersonVectors
    objects: ObjectErasure
    queue: ErasureQueue
    retention: Retention
    clock: Callable[[], datetime]

    def erase(self, erasure_id: str, *, until: datetime) -> Outcome:
        """Work on an erasure to its end, or until the time is up or something is in the way; then have it come again.

        Raises:
            Exception: What nobody expected. The message comes again, and after some times the schedule sends another.
        """
        erasure = self.data.work_on(erasure_id, self.clock())
        if erasure is None or erasure.person_id is None:
            return Outcome.REPEATED
        try:
            held_until = self._run(erasure, erasure.person_id, until)
        except ServiceBusyError:
            delay = BUSY_DELAY
        except _OutOfTimeError:
            delay = timedelta()
        else:
            if held_until is None:
                return Outcome.COMPLETED
            delay = min(held_until - self.clock() + timedelta(seconds=1), LONGEST_DELAY)
        self.queue.send(erasure.id, delay=max(delay, timedelta()))
        return Outcome.POSTPONED

    def _run(self, erasure: Erasure, person_id: str, until: datetime) -> datetime | None:
        """All steps; when something is still in work elsewhere, the time until which it is."""
        photos = [self._close(person_id, photo, until) for photo in self.data.photos(person_id)]
        cut_short = frozenset(photo.id for photo, closed in photos if closed.cut_short)
        self._remove_vectors(person_id)
        for appearance in self.data.appearances(person_id):
            self._take_out(erasure, person_id, appearance, until)
        if held := [closed.held_until for _, closed in photos if closed.held_until]:
            return max(held)
        # Nobody can add to the person any more: what this sweep finds gone stays gone.
        faces = self._remove_vectors(person_id, cut_short=cut_short)
        if self.vectors.any_left(person_id, faces):
            raise ServiceBusyError("Some of the person is still to be seen in the face recognition service")
        for photo, _ in photos:
            self._check(until)
            removed = self._delete(person_id, photo, photo.key)
            self.data.drop_photo(erasure, photo, removed=removed)
        for face_id in faces:
            self.data.drop_face(erasure, face_id)
        self.data.drop_rest(person_id)
        now = self.clock()
        self.data.finish(erasure, remains=self.retention.remains(self.data.counts(erasure), now), now=now)
        return None

    def _close(self, person_id: str, photo: PhotoOfPerson, until: datetime) -> tuple[PhotoOfPerson, Closed]:
        """Close a photo's record. From then on a late event deletes the photo, which is noted before."""
        self._check(until)
        return replace(photo, found=self._found(person_id, photo, photo.key)), self.data.close(photo, now=self.clock())

    def _remove_vectors(self, person_id: str, *, cut_short: frozenset[str] = frozenset()) -> Sequence[str]:
        """Remove person and faces; the ids of the latter, which are all on record before the first one is removed."""
        found = self.vectors.faces_of(person_id)
        if cut_short:
            found |= self.vectors.faces_from(cut_short)
        for face_id in sorted(found.difference(self.data.faces(person_id))):
            self.data.note_face(person_id, face_id)
        self.vectors.remove_person(person_id)
        faces = self.data.faces(person_id)
        self.vectors.remove_faces(faces)
        return faces

    def _take_out(self, erasure: Erasure, person_id: str, appearance: Appearance, until: datetime) -> None:
        """Take the person out of one result, and delete the photo unless it shows somebody else who is known."""
        done = photo_there = False
        while not done:
            self._check(until)
            seen = self.data.recognized(appearance.photo_id)
            after = redacted(seen.result, person_id) if seen else None
            photo_gone = seen is not None and seen.result.mentions == {person_id}
            if seen and photo_gone:
                photo_there |= self._delete(person_id, appearance, seen.photo.key)
            elif seen:
                photo_there = self.objects.is_there(seen.photo.key)
            done = self.data.redact(
                erasure, appearance, seen, redacted=after, photo_there=photo_there, photo_gone=photo_gone
            )

    def _delete(self, person_id: str, entry: PhotoOfPerson | Appearance, key: str) -> bool:
        """Delete all versions of a photo; whether there were any, also those that an earlier run has deleted."""
        found = self._found(person_id, entry, key)
        self.objects.delete_all(key)
        return found

    def _found(self, person_id: str, entry: PhotoOfPerson | Appearance, key: str) -> bool:
        """Whether a photo is there or was when the erasure came to it, which is noted."""
        if entry.found or not self.objects.is_there(key):
            return entry.found
        self.data.note_found(person_id, entry)
        return True

    def _check(self, until: datetime) -> None:
        if self.clock() >= until:
            raise _OutOfTimeError
