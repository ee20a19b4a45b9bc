"""People, as JSON."""

from pydantic import AwareDatetime

from domain.access import Role
from domain.people import Consent, Person, PersonStatus
from handlers.api.schemas.common import In, Instant, Out, Text, example


class ConsentIn(In):
    """What the person agreed to."""

    purpose: Text
    text_version: Text
    given_at: AwareDatetime
    expires_at: AwareDatetime | None = None

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


class ConsentOut(Out):
    """What the person agreed to."""

    purpose: str
    text_version: str
    given_at: Instant
    expires_at: Instant | None


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
        consent = person.consent
        return cls(
            id=person.id,
            name=person.name,
            external_ref=person.external_ref,
            status=person.status,
            faces=person.faces,
            created_at=person.created_at,
            consent=ConsentOut(
                purpose=consent.purpose,
                text_version=consent.text_version,
                given_at=consent.given_at,
                expires_at=consent.expires_at,
            ),
        )


class PeopleOut(Out):
    """A page of people."""

    items: list[PersonOut]
    next_cursor: str | None


class MeOut(Out):
    """The signed-in user."""

    sub: str
    roles: list[Role]
    person: PersonOut | None
