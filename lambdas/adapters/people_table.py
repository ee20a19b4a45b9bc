"""People in the table: the person, their consent, and the pointers that find them."""

from dataclasses import dataclass
from typing import Any

from adapters.table import ConditionFailedError, Item, Table, values
from domain import times
from domain.errors import ExternalRefTakenError
from domain.pages import Page
from domain.people import Consent, Person, PersonStatus, folded

ALL_PEOPLE = "PEOPLE"
CONSENTS_DUE = "DUE"
SELF = "A"


def person_pk(person_id: str) -> str:
    """The partition that holds all that is known about a person."""
    return f"P#{person_id}"


@dataclass(frozen=True)
class PeopleTable:
    """`domain.people.People` on DynamoDB."""

    table: Table

    def add(self, person: Person) -> None:
        """See `People.add`; person, consent and external reference are written together or not at all."""
        items = [_person_item(person), _consent_item(person)]
        if person.external_ref:
            items.append({"pk": f"X#{person.external_ref}", "sk": SELF, "personId": person.id})
        try:
            self.table.transact(
                [
                    {
                        "Put": {
                            "TableName": self.table.name,
                            "Item": values(item),
                            "ConditionExpression": "attribute_not_exists(pk)",
                        }
                    }
                    for item in items
                ]
            )
        except ConditionFailedError as error:
            if 0 not in error.failed:  # the person is new, so it is the reference that is not
                raise ExternalRefTakenError from error

    def get(self, person_id: str) -> Person | None:
        """See `People.get`."""
        return next(iter(self._read([person_id])), None)

    def by_external_ref(self, external_ref: str) -> Person | None:
        """See `People.by_external_ref`."""
        pointer = self.table.get(f"X#{external_ref}", SELF)
        return self.get(pointer["personId"]) if pointer else None

    def by_name(self, prefix: str, *, limit: int, after: str | None) -> Page[Person]:
        """See `People.by_name`; a person who is gone from the table, but not yet from the index, is left out."""
        start = None
        if after:
            pk = person_pk(after.rpartition("#")[2])
            start = {"pk": pk, "sk": SELF, "gsi1pk": ALL_PEOPLE, "gsi1sk": after}
        page = self.table.index(ALL_PEOPLE, prefix, limit=limit, after=start)
        return Page(self._read([pk.removeprefix("P#") for pk, _ in page.keys]), page.position)

    def names(self, person_ids: frozenset[str]) -> dict[str, str]:
        """See `People.names`."""
        items = self.table.get_many((person_pk(person_id), SELF) for person_id in sorted(person_ids))
        return {item["id"]: item["name"] for item in items.values() if item["status"] != PersonStatus.ERASING}

    def of_user(self, sub: str) -> str | None:
        """See `People.of_user`."""
        pointer = self.table.get(f"U#{sub}", SELF)
        return pointer["personId"] if pointer else None

    def _read(self, person_ids: list[str]) -> list[Person]:
        pks = [person_pk(person_id) for person_id in person_ids]
        items = self.table.get_many((pk, sk) for pk in pks for sk in (SELF, "CONSENT"))
        return [
            _person(items[pk, SELF], items[pk, "CONSENT"])
            for pk in pks
            if (pk, SELF) in items and (pk, "CONSENT") in items
        ]


def _person_item(person: Person) -> Item:
    return {
        "pk": person_pk(person.id),
        "sk": SELF,
        "gsi1pk": ALL_PEOPLE,
        "gsi1sk": f"{folded(person.name)}#{person.id}",
        "id": person.id,
        "name": person.name,
        "externalRef": person.external_ref,
        "status": person.status,
        "faces": person.faces,
        "createdAt": times.to_text(person.created_at),
        "consentUntil": times.to_text(person.consent.valid_until),
    }


def _consent_item(person: Person) -> Item:
    consent = person.consent
    item: dict[str, Any] = {
        "pk": person_pk(person.id),
        "sk": "CONSENT",
        "purpose": consent.purpose,
        "textVersion": consent.text_version,
        "givenAt": times.to_text(consent.given_at),
    }
    if consent.expires_at:
        expires_at = times.to_text(consent.expires_at)
        item |= {"expiresAt": expires_at, "gsi1pk": CONSENTS_DUE, "gsi1sk": f"{expires_at}#{person.id}"}
    return item


def _person(item: Item, consent: Item) -> Person:
    expires_at = consent.get("expiresAt")
    return Person(
        id=item["id"],
        name=item["name"],
        created_at=times.from_text(item["createdAt"]),
        consent=Consent(
            purpose=consent["purpose"],
            text_version=consent["textVersion"],
            given_at=times.from_text(consent["givenAt"]),
            expires_at=times.from_text(expires_at) if expires_at else None,
        ),
        external_ref=item.get("externalRef"),
        status=PersonStatus(item["status"]),
        faces=item["faces"],
    )
