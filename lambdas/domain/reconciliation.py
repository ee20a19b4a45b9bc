"""Reconciliation: what the face recognition service holds and what the table says, compared both ways.

Vectors cannot be made again without the photos, so nothing is deleted before everything was looked at, and then only
what is certainly ours and certainly of no use: users with ids of ours that are no person's, and faces that came from a
photo of ours but stand for nobody. Both have to be older than a day, and where more than 1 percent would go, nothing
does: then it is rather the table that is wrong. Faces on record that the service does not have are counted only.

A run that is cut off goes on where it was: after every page it is kept how far it came.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from domain.ids import Kind, id_time, is_id

T = TypeVar("T")
MIN_AGE = timedelta(days=1)
MOST_STRAY = 0.01


@dataclass(frozen=True)
class StoredVector:
    """A face in the collection; `photo_id` is its external image id, `person_id` the user whose it is."""

    id: str
    photo_id: str | None
    person_id: str | None


@dataclass(frozen=True)
class Batch(Generic[T]):
    """Some of a list; `token` leads to the next ones, None after the last."""

    items: Sequence[T]
    token: str | None


class Collection(Protocol):
    """All that the face recognition service holds. Every method may raise `ServiceBusyError`."""

    def users(self, token: str | None) -> Batch[str]:
        """Ids of the users, in batches."""

    def faces(self, token: str | None) -> Batch[StoredVector]:
        """All faces, in batches."""

    def existing(self, face_ids: Sequence[str]) -> frozenset[str]:
        """Which of these faces there are."""

    def remove_person(self, person_id: str) -> None:
        """Remove a user, whose faces are nobody's then; nothing happens when there is none."""

    def remove_stray(self, face: StoredVector) -> None:
        """Remove a face; nothing happens when it is not there, or is somebody's by now."""


class Registry(Protocol):
    """What the table says, as it is now."""

    def registered(self, person_ids: Sequence[str]) -> frozenset[str]:
        """Which of these are people."""

    def strays(self, faces: Sequence[StoredVector], *, now: datetime) -> Sequence[StoredVector]:
        """Which of these faces are on record for nobody, and whose photo nobody can be working on any more."""

    def recorded_faces(self, token: str | None) -> Batch[str]:
        """Ids of the faces that are on record, people by people; eventually consistent."""


class Step(StrEnum):
    """What is gone through, in this order."""

    LOOK_AT_USERS = "look_at_users"
    LOOK_AT_FACES = "look_at_faces"
    LOOK_AT_RECORDS = "look_at_records"
    SWEEP_FACES = "sweep_faces"  # first, while it can still be told from a face whose it was
    SWEEP_USERS = "sweep_users"


STEPS = tuple(Step)


@dataclass(frozen=True)
class Progress:
    """How far a run has come.

    Attributes:
        token: The place in the step.
        counts: What was counted.
        doomed: Faces that the sweep was about to remove when it was last heard of, and whose they were: a face is taken
            from its user before it is deleted, and could not be told from others after that.
    """

    step: Step = STEPS[0]
    token: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    doomed: Mapping[str, str] = field(default_factory=dict)

    def counted(self, **more: int) -> "Progress":
        """With some more counted."""
        return replace(self, counts={**self.counts, **{name: self.counts.get(name, 0) + n for name, n in more.items()}})

    def moved(self, token: str | None) -> "Progress | None":
        """At the next batch, or at the next step; None when all is done."""
        if token is not None:
            return replace(self, token=token, doomed={})
        following = STEPS[STEPS.index(self.step) + 1 :]
        return replace(self, step=following[0], token=None, doomed={}) if following else None


class ProgressStore(Protocol):
    """Keeps how far a run has come."""

    def load(self) -> Progress | None:
        """Of the run that was cut off, if one was."""

    def save(self, progress: Progress | None) -> None:
        """Keep it; None when the run has ended."""


class Ending(StrEnum):
    """How a run ended."""

    DONE = "done"
    DRY = "dry"
    STOPPED = "stopped"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Reconciler:
    """Compares and tidies up.

    Attributes:
        deletes: Whether anything is deleted at all; otherwise a run only counts.
    """

    collection: Collection
    registry: Registry
    progress: ProgressStore
    deletes: bool
    clock: Callable[[], datetime]

    def run(self, *, until: datetime, most_stray: float = MOST_STRAY) -> tuple[Ending, Mapping[str, int]]:
        """Begin, or go on with what was cut off; how it ended, and what was counted.

        Args:
            most_stray: Share of all users, and of all faces, up to which strays are deleted.

        Raises:
            ServiceBusyError: A service is busy; the next run goes on from here.
        """
        progress = self.progress.load() or Progress()
        while True:
            if progress.step is Step.SWEEP_FACES and (ending := self._reason_not_to_sweep(progress.counts, most_stray)):
                self.progress.save(None)
                return ending, progress.counts
            if self.clock() >= until:
                return Ending.UNFINISHED, progress.counts
            progress, token = self._batch(progress)
            following = progress.moved(token)
            self.progress.save(following)
            if following is None:
                return Ending.DONE, progress.counts
            progress = following

    def _reason_not_to_sweep(self, counts: Mapping[str, int], most_stray: float) -> Ending | None:
        for kind in ("users", "faces"):
            if counts.get(f"stray_{kind}", 0) > most_stray * counts.get(kind, 0):
                return Ending.STOPPED
        return None if self.deletes else Ending.DRY

    def _batch(self, progress: Progress) -> tuple[Progress, str | None]:
        match progress.step:
            case Step.LOOK_AT_USERS | Step.SWEEP_USERS:
                return self._users(progress)
            case Step.LOOK_AT_FACES | Step.SWEEP_FACES:
                return self._faces(progress)
            case Step.LOOK_AT_RECORDS:
                return self._records(progress)

    def _users(self, progress: Progress) -> tuple[Progress, str | None]:
        batch = self.collection.users(progress.token)
        ours = [user for user in batch.items if self._is_old(user, Kind.PERSON)]
        known = self.registry.registered(ours)
        strays = [user for user in ours if user not in known]
        if progress.step is Step.SWEEP_USERS:
            for user in strays:
                self.collection.remove_person(user)
            return progress.counted(removed_users=len(strays)), batch.token
        return progress.counted(users=len(batch.items), stray_users=len(strays)), batch.token

    def _faces(self, progress: Progress) -> tuple[Progress, str | None]:
        batch = self.collection.faces(progress.token)
        ours = [
            replace(face, person_id=face.person_id or progress.doomed.get(face.id))
            for face in batch.items
            if self._is_old(face.photo_id or "", Kind.REGISTRATION)
        ]
        strays = self.registry.strays(ours, now=self.clock())
        if progress.step is Step.SWEEP_FACES:
            if doomed := {face.id: face.person_id for face in strays if face.person_id}:
                self.progress.save(replace(progress, doomed=doomed))
            for face in strays:
                self.collection.remove_stray(face)
            return progress.counted(removed_faces=len(strays)), batch.token
        return progress.counted(faces=len(batch.items), stray_faces=len(strays)), batch.token

    def _records(self, progress: Progress) -> tuple[Progress, str | None]:
        batch = self.registry.recorded_faces(progress.token)
        missing = set(batch.items) - self.collection.existing(batch.items)
        return progress.counted(recorded_faces=len(batch.items), missing_faces=len(missing)), batch.token

    def _is_old(self, text: str, kind: Kind) -> bool:
        return is_id(text, kind) and self.clock() - id_time(text) > MIN_AGE
