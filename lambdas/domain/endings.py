"""What is told once a photo or an erasure has ended: to the audit what was found, to the event bus that it is so.

Both may be done twice, for whoever brings an ending brings it at least once: an entry of the audit is made once all the
same, and an event carries an id by which a receiver can tell that it has it already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from domain import times
from domain.audit import SERVICE, AuditAction, AuditEntry, AuditWriter, Finding
from domain.faces import Decision, RecognizedFace
from domain.ids import Kind, derived_id
from domain.photos import Purpose, Result, Status


@dataclass(frozen=True)
class PhotoEnding:
    """A photo whose result was written.

    Attributes:
        requested_by: `sub` of the user who asked for the upload.
        person_id: The person of a registration or a verification.
        uploaded_at: None of results that were written before this was kept with them.
    """

    photo_id: str
    purpose: Purpose
    requested_by: str
    person_id: str | None
    result: Result
    uploaded_at: datetime | None = None


@dataclass(frozen=True)
class ErasureEnding:
    """A person of whom nothing is left."""

    erasure_id: str
    person_id: str
    requested_at: datetime
    completed_at: datetime


Ending = PhotoEnding | ErasureEnding


class EventKind(StrEnum):
    """What an event tells; public, like the members of its detail: docs/events.md."""

    RECOGNITION = "RecognitionCompleted"
    REGISTRATION = "RegistrationCompleted"
    VERIFICATION = "VerificationCompleted"
    ERASURE = "PersonErased"


@dataclass(frozen=True)
class Event:
    """Something that happened; `detail` is JSON: ids, decisions and numbers, never a name."""

    kind: EventKind
    at: datetime
    detail: Mapping[str, Any]


class EventBus(Protocol):
    """Where whoever wants to know learns what happened."""

    def publish(self, event: Event) -> None:
        """Hand over an event.

        Raises:
            ServiceBusyError: It was not taken; it has to be handed over again.
        """


def announce(ending: Ending, *, trail: AuditWriter, bus: EventBus) -> None:
    """Record who was found, and then tell it.

    Raises:
        AuditUnavailableError: It is not recorded, and nobody was told.
        ServiceBusyError: It is recorded, but nobody was told.
    """
    if isinstance(ending, ErasureEnding):
        trail.record([_erased(ending)])
        bus.publish(_person_erased(ending))
    else:
        trail.record(_found(ending))
        bus.publish(_photo_completed(ending))


# -- for the audit --------------------------------------------------------------------------------------------------


def _erased(ending: ErasureEnding) -> AuditEntry:
    entry_id = derived_id(Kind.AUDIT, ending.completed_at, ending.erasure_id)
    return AuditEntry(
        entry_id, ending.completed_at, SERVICE, AuditAction.ERASED, ending.person_id, source=ending.erasure_id
    )


def _found(ending: PhotoEnding) -> Sequence[AuditEntry]:
    """One entry for each person whom the photo's result names, and one if it names nobody."""
    if ending.result.status is not Status.SUCCEEDED:
        return ()
    match ending.purpose:
        case Purpose.RECOGNITION:
            best = _best_faces(ending.result)
            return [_entry(ending, AuditAction.SEARCHED, person, face) for person, face in best.items()] or [
                _entry(ending, AuditAction.SEARCHED, None, None)
            ]
        case Purpose.VERIFICATION:
            (face,) = ending.result.faces
            return [_entry(ending, AuditAction.VERIFIED, ending.person_id, (face.decision, face.similarity))]
        case Purpose.REGISTRATION:
            return [_entry(ending, AuditAction.REGISTERED, ending.person_id, None)]


def _best_faces(result: Result) -> dict[str, tuple[Decision, float | None]]:
    """The decision on the face that resembles a person most, by person: matched ones before candidates."""
    found: dict[str, tuple[Decision, float | None]] = {}
    for face in sorted(result.faces, key=lambda face: -(face.similarity or 0)):
        if face.person_id and face.person_id not in found:
            found[face.person_id] = (face.decision, face.similarity)
    candidates = [(face, candidate) for face in result.faces for candidate in face.candidates]
    for face, candidate in sorted(candidates, key=lambda pair: -pair[1].similarity):
        found.setdefault(candidate.person_id, (face.decision, candidate.similarity))
    return found


def _entry(
    ending: PhotoEnding, action: AuditAction, person_id: str | None, found: tuple[Decision, float | None] | None
) -> AuditEntry:
    at = ending.result.completed_at
    decision, similarity = found or (None, None)
    return AuditEntry(
        derived_id(Kind.AUDIT, at, ending.photo_id, person_id or ""),
        at,
        ending.requested_by,
        action,
        person_id,
        source=ending.photo_id,
        finding=Finding(decision, similarity, ending.result.policy, ending.result.model_version),
    )


# -- for the event bus ----------------------------------------------------------------------------------------------


def _person_erased(ending: ErasureEnding) -> Event:
    detail = {
        "erasureId": ending.erasure_id,
        "personId": ending.person_id,
        "completedAt": times.to_text(ending.completed_at),
    }
    return Event(EventKind.ERASURE, ending.completed_at, detail)


def _photo_completed(ending: PhotoEnding) -> Event:
    result = ending.result
    common = {
        f"{ending.purpose}Id": ending.photo_id,
        "requestedBy": ending.requested_by,
        "status": result.status,
        "completedAt": times.to_text(result.completed_at),
        "error": result.problem.code if result.problem else None,
        "modelVersion": result.model_version,
    }
    kind, details = _DETAILS[ending.purpose]
    return Event(kind, result.completed_at, {**common, **details(ending)})


def _recognition(ending: PhotoEnding) -> Mapping[str, Any]:
    policy = ending.result.policy
    return {
        "matched": sorted({face.person_id for face in ending.result.faces if face.person_id}),
        "faces": [_face(face) for face in ending.result.faces],
        "thresholds": {"match": policy.match_threshold, "review": policy.review_threshold} if policy else None,
    }


def _face(face: RecognizedFace) -> Mapping[str, Any]:
    return {"n": face.n, "decision": face.decision, "personId": face.person_id, "similarity": face.similarity}


def _registration(ending: PhotoEnding) -> Mapping[str, Any]:
    result = ending.result
    return {
        "personId": ending.person_id,
        "faceId": result.registered.id if result.registered else None,
        "duplicate": result.duplicate_of is not None,
    }


def _verification(ending: PhotoEnding) -> Mapping[str, Any]:
    face = next(iter(ending.result.faces), None)
    return {
        "personId": ending.person_id,
        "verified": face is not None and face.decision is Decision.MATCHED,
        "similarity": face.similarity if face else None,
    }


_DETAILS = {
    Purpose.RECOGNITION: (EventKind.RECOGNITION, _recognition),
    Purpose.REGISTRATION: (EventKind.REGISTRATION, _registration),
    Purpose.VERIFICATION: (EventKind.VERIFICATION, _verification),
}
