"""Values for the terminal: a line or a few for people, or one of JSON."""

import json
from functools import singledispatch

from client.decoding import encode
from client.models.administration import AuditEntry, Erasure, Usage
from client.models.people import Me, Person, StoredFace
from client.models.photos import Face, Recognition, Registration, Verification
from client.models.sightings import Attendance, Visit


def as_json(value: object) -> str:
    """One line of JSON, with the names of the API."""
    return json.dumps(encode(value), ensure_ascii=False)


@singledispatch
def for_people(value: object) -> str:
    """What people want to see of a value; all of it where nothing better is known."""
    return value if isinstance(value, str) else as_json(value)


@for_people.register
def _(me: Me) -> str:
    person = f", {for_people(me.person)}" if me.person else ""
    return f"{me.sub}: {', '.join(me.roles) or 'plain user'}{person}"


@for_people.register
def _(person: Person) -> str:
    ref = f"  [{person.external_ref}]" if person.external_ref else ""
    return f"{person.id}  {person.status:<8} {_many(person.faces, 'face'):<9} {person.name}{ref}"


@for_people.register
def _(face: StoredFace) -> str:
    return f"{face.id}  registered {face.registered_at:%Y-%m-%d %H:%M} UTC by {face.registration_id}"


@for_people.register
def _(registration: Registration) -> str:
    missing = registration.guidance.missing_poses if registration.guidance else 0
    face = (
        "the same photo again"
        if registration.duplicate
        else f"face {registration.face.id if registration.face else '-'}"
    )
    said = f"{face}, {_many(missing, 'pose')} missing" if registration.status == "succeeded" else registration.error
    return f"{registration.id}  {registration.status}  {said or ''}".rstrip()


@for_people.register
def _(verification: Verification) -> str:
    said: object = verification.error or ""
    if verification.verified is not None:
        said = ("verified" if verification.verified else "not verified") + _percent(verification.similarity)
    return f"{verification.id}  {verification.status}  {said}".rstrip()


@for_people.register
def _(recognition: Recognition) -> str:
    faces = _many(len(recognition.faces), "face") if recognition.status == "succeeded" else recognition.error or ""
    first = f"{recognition.id}  {recognition.created_at:%Y-%m-%d %H:%M:%S} UTC  {recognition.status}  {faces}".rstrip()
    return "\n".join([first, *(f"  {for_people(face)}" for face in recognition.faces)])


@for_people.register
def _(face: Face) -> str:
    counts = face.review or face
    somebody = "somebody" if counts.decision == "matched" else ""  # whose name is withheld
    who = counts.name or counts.person_id or somebody
    likely = [f"{one.name or one.person_id}{_percent(one.similarity)}" for one in face.candidates]
    said = "decided by a human" if face.review else f"perhaps {', '.join(likely)}" if likely else ""
    return f"{face.n:>3}  {counts.decision:<12} {who}{_percent(face.similarity)}  {said}".rstrip()


@for_people.register
def _(visit: Visit) -> str:
    return f"{_span(visit)}  {_many(visit.sightings, 'sighting')}  {visit.photo_id}{_percent(visit.similarity)}"


@for_people.register
def _(attendance: Attendance) -> str:
    return f"{_span(attendance)}  {_many(attendance.visits, 'visit'):<10} {attendance.person_id}  {attendance.name}"


@for_people.register
def _(erasure: Erasure) -> str:
    return "\n".join(
        [f"{erasure.id}  {erasure.status}", *([f"  {as_json(erasure.receipt)}"] if erasure.receipt else [])]
    )


@for_people.register
def _(entry: AuditEntry) -> str:
    return (
        f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.actor}  {entry.action:<10} {entry.person_id or '-'}  {entry.source}"
    )


@for_people.register
def _(usage: Usage) -> str:
    lines = [
        f"  {used.purpose:<13} {_many(used.photos, 'photo'):<14} "
        f"{', '.join(f'{count} {kind}' for kind, count in used.calls.items())}  {used.dollars:.4f} dollars"
        for used in usage.items
    ]
    budget = f" of {usage.budget_dollars:g}" if usage.budget_dollars is not None else ""
    return "\n".join([f"{usage.month}: {usage.dollars:.4f}{budget} dollars, at prices of {usage.prices.as_of}", *lines])


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _span(seen: Visit | Attendance) -> str:
    return f"{seen.first_seen_at:%Y-%m-%d %H:%M:%S} to {seen.last_seen_at:%Y-%m-%d %H:%M:%S} UTC"


def _percent(similarity: float | None) -> str:
    return "" if similarity is None else f" {similarity:.2f} %"
