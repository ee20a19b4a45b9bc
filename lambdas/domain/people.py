"""People: who is registered, and with whose consent."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from domain import times
from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import (
    AlreadyRegisteredError,
    ConsentMissingError,
    ExternalRefTakenError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    PersonErasingError,
    PersonPendingError,
    TooManyFacesError,
)
from domain.ids import Kind, is_id
from domain.pages import Page

MAX_FACES = 100  # of one person: Rekognition's limit for a user
RECOMMENDED_POSES = 5  # of one person, at least: AWS's own advice for Rekognition's collections
CLOCK_SKEW = timedelta(minutes=5)


class PersonStatus(StrEnum):
    """Where a person stands; one who registered themself is `PENDING`, and nobody on a photo, until approved."""

    ACTIVE = "active"
    PENDING = "pending"
    ERASING = "erasing"


@dataclass(frozen=True)
class Consent:
    """What a person agreed to: the purpose, the version of the text they saw, and for how long.

    Attributes:
        withdrawn_at: When the person took it back, if they did.
    """

    purpose: str
    text_version: str
    given_at: datetime
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def valid_until(self) -> datetime:
        """The instant from which on it no longer holds."""
        return min(self.expires_at or times.FOREVER, self.withdrawn_at or times.FOREVER)


class ConsentEvent(StrEnum):
    """What happened to a person's consent."""

    GIVEN = "given"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ConsentEntry:
    """One line of the history of a person's consent, which is only ever added to.

    Attributes:
        at: When it was entered, by this service's clock; `consent.given_at` is what the client said.
        by: `sub` of the user who entered it.
        consent: As it was from then on.
    """

    event: ConsentEvent
    at: datetime
    by: str
    consent: Consent


@dataclass(frozen=True)
class Person:
    """Somebody registered; `id` is also the Rekognition user id.

    Attributes:
        sub: Of the signed-in user who registered themself as this person; None for all whom operators registered.
        revision: Grows with every change, faces included: who changes a person says which revision they have read.
    """

    id: str
    name: str
    created_at: datetime
    consent: Consent
    external_ref: str | None = None
    status: PersonStatus = PersonStatus.ACTIVE
    faces: int = 0
    sub: str | None = None
    revision: int = 1

    @property
    def missing_poses(self) -> int:
        """How many more photos are recommended, each with another pose; poses themselves are not compared."""
        return max(0, RECOMMENDED_POSES - self.faces)


class People(Protocol):
    """Where people are kept."""

    def add(self, person: Person, *, by: str) -> None:
        """Keep a new person, and begin the history of their consent, entered by the user whose `sub` is `by`.

        Nothing happens when there is one with this id already.

        Raises:
            ExternalRefTakenError: Somebody else has this external reference.
            AlreadyRegisteredError: The user `person.sub` is somebody already.
        """

    def change(self, before: Person, after: Person, entry: ConsentEntry | None) -> None:
        """Replace `before` with `after`, and add `entry` to the history of the consent, all or nothing.

        Raises:
            StaleError: The person is not as in `before` any more; then nothing was changed.
        """

    def consent_history(self, person_id: str) -> Sequence[ConsentEntry]:
        """All that happened to the person's consent, oldest first, including what was written just now."""

    def get(self, person_id: str) -> Person | None:
        """Read a person, including what was written just now."""

    def by_external_ref(self, external_ref: str) -> Person | None:
        """Find the one person with this external reference."""

    def by_name(self, prefix: str, *, limit: int, after: str | None) -> Page[Person]:
        """List people in the order of their folded names, eventually consistent.

        Args:
            prefix: Folded beginning of the name; everybody when empty.
            limit: Most people on the page.
            after: `Page.position` of the page before.
        """

    def pending(self, *, limit: int, after: str | None) -> Page[Person]:
        """List those who wait for approval, who came first first, eventually consistent; arguments as for `by_name`."""

    def names(self, person_ids: frozenset[str]) -> dict[str, str]:
        """Names by person id; who is not there, or is being erased, is left out."""

    def recognizable(self, person_ids: frozenset[str], now: datetime) -> dict[str, str]:
        """Names by person id of those who may be recognized now: approved, and with a consent that is valid."""

    def of_user(self, sub: str) -> str | None:
        """Id of the person that this signed-in user is, if any."""


_FOLDED = {0x0131: "i", 0x200C: None, 0x200D: None}  # the last two join letters, and cannot be seen


def folded(name: str) -> str:
    """A name as it is sorted and searched: without case, width or runs of spaces.

    The Turkish letters i with and without a dot are one: what is the other's capital depends on the language.
    """
    caseless = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(caseless.replace("i\u0307", "i").translate(_FOLDED).split())[:200]


def register_person(
    caller: Caller,
    *,
    person_id: str,
    name: str,
    external_ref: str | None,
    consent: Consent,
    self_registration: bool,
    people: People,
    record: Record,
    now: datetime,
) -> Person:
    """Register somebody, with the consent that they gave; no photo yet.

    A plain user registers themself, once, and is nobody on a photo until an operator has approved it: a photo proves
    nothing about who sent it.

    Args:
        person_id: The new person's id; done again under the same one, the person is only read.
        self_registration: Plain users may register themselves.

    Raises:
        ForbiddenError: The caller is no operator, and may not register themself.
        InvalidRequestError: The consent lies in the future or is over already; or it is a plain user who gives an
            external reference, which could be somebody else's.
        ExternalRefTakenError: Somebody else has this external reference.
        AlreadyRegisteredError: The caller has registered themself before.
        AuditUnavailableError: It cannot be recorded; nobody was registered.
    """
    person = Person(person_id, name, now, consent, external_ref)
    if not caller.is_operator:
        if not self_registration:
            raise ForbiddenError
        if external_ref is not None:
            raise InvalidRequestError("externalRef is given by operators only")
        person = replace(person, status=PersonStatus.PENDING, sub=caller.sub)
    require_consent_that_holds(consent, now)
    _require_free(person, people)
    record(AuditAction.REGISTERED, [person_id])
    people.add(person, by=caller.sub)
    return read_person(caller, person_id, people=people)


def _require_free(person: Person, people: People) -> None:
    """Refuse what `People.add` would refuse before it is recorded; of two at the same moment, one is refused there.

    Raises:
        ExternalRefTakenError: Somebody else has the external reference.
        AlreadyRegisteredError: The user has registered themself before.
    """
    if person.sub and people.of_user(person.sub) not in {None, person.id}:
        raise AlreadyRegisteredError
    if person.external_ref and (other := people.by_external_ref(person.external_ref)) and other.id != person.id:
        raise ExternalRefTakenError


def require_consent_that_holds(consent: Consent, now: datetime) -> None:
    """Check a consent that is about to be entered.

    Raises:
        InvalidRequestError: It lies in the future or is over already.
    """
    if consent.given_at > now + CLOCK_SKEW:
        raise InvalidRequestError("consent.givenAt lies in the future")
    if consent.valid_until <= max(now, consent.given_at):
        raise InvalidRequestError("consent.expiresAt must lie in the future, after consent.givenAt")


def read_person(caller: Caller, person_id: str, *, people: People) -> Person:
    """Read a person.

    Raises:
        NotFoundError: There is no such person, or the caller may not see them.
    """
    person = find_person(person_id, people=people) if may_see_person(caller, person_id, people=people) else None
    if person is None:
        raise NotFoundError
    return person


def find_person(person_id: str, *, people: People) -> Person | None:
    """The person with this id, by whoever it was given; nothing that is no id is looked up."""
    return people.get(person_id) if is_id(person_id, Kind.PERSON) else None


def may_see_person(caller: Caller, person_id: str, *, people: People) -> bool:
    """Operators see everybody, others only themselves."""
    return caller.is_operator or people.of_user(caller.sub) == person_id


def require_comparable(person: Person, now: datetime) -> None:
    """Check that faces may be compared with those of `person` now.

    Raises:
        PersonErasingError: The person is being erased.
        PersonPendingError: The person has registered themself and is not approved yet.
        ConsentMissingError: There is no consent that is valid now.
    """
    require_consenting(person, now)
    if person.status is PersonStatus.PENDING:
        raise PersonPendingError


def require_registrable(person: Person, now: datetime) -> None:
    """Check that a face may be added to `person` now.

    Raises:
        PersonErasingError: The person is being erased.
        ConsentMissingError: There is no consent that is valid now.
        TooManyFacesError: The person has as many faces as a person may have.
    """
    require_consenting(person, now)
    if person.faces >= MAX_FACES:
        raise TooManyFacesError(f"A person may have {MAX_FACES} faces")


def require_consenting(person: Person, now: datetime) -> None:
    """Check that `person` may be known to the service now.

    Raises:
        PersonErasingError: The person is being erased.
        ConsentMissingError: There is no consent that is valid now.
    """
    if person.status is PersonStatus.ERASING:
        raise PersonErasingError
    if person.consent.valid_until <= now:
        raise ConsentMissingError
