"""People, as JSON."""

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import model_validator

from domain.access import Role
from domain.people import Consent, ConsentEntry, ConsentEvent, Person, PersonStatus
from domain.person_changes import PersonChange
from handlers.api.schemas.common import GivenTime, In, Instant, Out, Text, example


class ConsentIn(In):
    """What the person agreed to."""

    purpose: Text
    text_version: Text
    given_at: GivenTime
    expires_at: GivenTime | None = None

    def to_domain(self) -> Consent:
        """As the domain has it."""
        return Consent(self.purpose, self.text_version, self.given_at, self.expires_at)


class PersonIn(In):
    """Somebody to be registered."""

    model_config = example(
        name="Ada Lovelace",
        externalRef="badge-7",
        consent={"purpose": "access control", "textVersion": "2026-01", "givenAt": "2026-11-24T08:00:00Z"},
    )

    name: Text
    external_ref: Text | None = None
    consent: ConsentIn


class PersonChangeIn(In):
    """What is to be changed about a person; what is absent, or null, stays as it is.

    `status` approves somebody who registered themself. `consent` replaces the one before. `withdrawConsent` ends it
    now, which has to be said in so many words: a null that a client sends by habit must not end in an erasure.
    """

    model_config = example(name="Ada King")

    name: Text | None = None
    status: Literal["active"] | None = None
    consent: ConsentIn | None = None
    withdraw_consent: bool = False

    @model_validator(mode="after")
    def _one_thing_at_least(self) -> Self:
        if self.consent and self.withdraw_consent:
            raise ValueError("either consent or withdrawConsent")
        if not (self.name or self.status or self.consent or self.withdraw_consent):
            raise ValueError("nothing to change")
        return self

    def to_domain(self) -> PersonChange:
        """As the domain has it."""
        consent = self.consent.to_domain() if self.consent else None
        return PersonChange(
            self.name, approve=self.status is not None, consent=consent, withdraw_consent=self.withdraw_consent
        )


class ConsentOut(Out):
    """What the person agreed to; it holds until `expiresAt` or `withdrawnAt`, whichever comes first."""

    purpose: str
    text_version: str
    given_at: Instant
    expires_at: Instant | None
    withdrawn_at: Instant | None

    @classmethod
    def of(cls, consent: Consent) -> "ConsentOut":
        """A consent as JSON."""
        return cls.model_validate(vars(consent))


class ConsentEntryOut(Out):
    """What happened to a consent: when, entered by which user, and the consent from then on."""

    event: ConsentEvent
    at: Instant
    by: str
    consent: ConsentOut

    @classmethod
    def of(cls, entry: ConsentEntry) -> "ConsentEntryOut":
        """An entry as JSON."""
        return cls(event=entry.event, at=entry.at, by=entry.by, consent=ConsentOut.of(entry.consent))


class PersonOut(Out):
    """A registered person."""

    id: str
    name: str
    external_ref: str | None
    status: PersonStatus
    faces: int
    created_at: Instant
    consent: ConsentOut

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        """A person as JSON."""
        return cls(**_common(person))


class WholePersonOut(PersonOut):
    """A registered person with the history of their consent, oldest first."""

    consent_history: list[ConsentEntryOut]

    @classmethod
    def with_history(cls, person: Person, history: Sequence[ConsentEntry]) -> "WholePersonOut":
        """A person as JSON."""
        return cls(**_common(person), consent_history=[ConsentEntryOut.of(entry) for entry in history])


class PeopleOut(Out):
    """A page of people."""

    items: list[PersonOut]
    next_cursor: str | None


class MeOut(Out):
    """The signed-in user."""

    sub: str
    roles: list[Role]
    person: PersonOut | None


def _common(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "external_ref": person.external_ref,
        "status": person.status,
        "faces": person.faces,
        "created_at": person.created_at,
        "consent": ConsentOut.of(person.consent),
    }
