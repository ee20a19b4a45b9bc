"""Changing a person: a new name, approval, and consent that is renewed or withdrawn."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.erasures import Erasures, Reason
from domain.errors import NotFoundError, PersonErasingError, ServiceBusyError, StaleError
from domain.people import (
    Consent,
    ConsentEntry,
    ConsentEvent,
    People,
    Person,
    PersonStatus,
    read_person,
    require_consent_that_holds,
)


@dataclass(frozen=True)
class PersonChange:
    """What is to be changed; None leaves a thing as it is.

    Attributes:
        approve: Have somebody who registered themself recognized from now on.
        consent: A new consent, which replaces the one before.
        withdraw_consent: End the consent now; not together with `consent`.
    """

    name: str | None = None
    approve: bool = False
    consent: Consent | None = None
    withdraw_consent: bool = False


def change_person(
    caller: Caller,
    person_id: str,
    change: PersonChange,
    *,
    expected: frozenset[int] | None,
    people: People,
    erasures: Erasures,
    record: Record,
    now: datetime,
) -> Person:
    """Change a person, if they are as the caller has read them.

    A change to what is so already changes nothing, so that whoever got no answer may ask again. From the moment that a
    withdrawal is written, no photo is matched with the person and no face added, and they are erased. Where that cannot
    begin at once, or this dies before, it begins as for every consent that has ended: on a schedule.

    Args:
        expected: Revisions that the caller takes for the current one; None for whichever there is.

    Returns:
        The person as they are now.

    Raises:
        NotFoundError: There is no such person, or the caller may not see them.
        StaleError: The person was changed since.
        PersonErasingError: The person is being erased.
        ForbiddenError: The caller may not do this: only operators approve and enter consent.
        InvalidRequestError: The consent lies in the future or is over already.
        AuditUnavailableError: It cannot be recorded; nothing was changed.
    """
    person = read_person(caller, person_id, people=people)
    if expected is not None and person.revision not in expected:
        raise StaleError
    if person.status is PersonStatus.ERASING:
        raise PersonErasingError
    after = replace(person, name=change.name or person.name)
    if change.approve:
        caller.require_operator()
        after = replace(after, status=PersonStatus.ACTIVE)
    entry = _consent_entry(caller, person.consent, change, now)
    if entry:
        after = replace(after, consent=entry.consent)
    record(AuditAction.CHANGED, [person.id])
    if after != person:
        after = replace(after, revision=person.revision + 1)
        try:
            people.change(person, after, entry)
        except StaleError:
            if expected is None:  # the caller named no revision, so it is not theirs that is stale
                raise ServiceBusyError("The person was changed at this very moment") from None
            raise
    return _begin_to_erase(after, erasures) if change.withdraw_consent else after


def _begin_to_erase(person: Person, erasures: Erasures) -> Person:
    """The person as they are then; not read again, for they may be gone already."""
    try:
        erasures.start(person.id, Reason.CONSENT_ENDED)
    except (ServiceBusyError, NotFoundError):  # the schedule begins it; or somebody renewed the consent just now
        return person
    return replace(person, status=PersonStatus.ERASING, revision=person.revision + 1)


def _consent_entry(caller: Caller, consent: Consent, change: PersonChange, now: datetime) -> ConsentEntry | None:
    if change.withdraw_consent:
        if consent.withdrawn_at:
            return None
        return ConsentEntry(ConsentEvent.WITHDRAWN, now, caller.sub, replace(consent, withdrawn_at=now))
    if change.consent is None:
        return None
    caller.require_operator()
    if change.consent == consent:
        return None
    require_consent_that_holds(change.consent, now)
    return ConsentEntry(ConsentEvent.RENEWED, now, caller.sub, change.consent)
