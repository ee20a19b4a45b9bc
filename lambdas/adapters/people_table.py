"""People in the table: the person, their consent and its history, and the pointers that find them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters import actions
from adapters.table import ConditionFailedError, Item, Key, Table
from domain import times
from domain.errors import AlreadyRegisteredError, ExternalRefTakenError, FaceError, StaleError
from domain.pages import Page
from domain.people import Consent, ConsentEntry, ConsentEvent, Person, PersonStatus, folded

ALL_PEOPLE = "PEOPLE"
CONSENTS_DUE = "DUE"
SELF = "A"
CONSENTING = "attribute_exists(pk) AND consentUntil > :now"
RECOGNIZABLE = f"{CONSENTING} AND #status = :active"  # a person whom results may name
CONSENT = "CONSENT"
PENDING = "PENDING"
_HISTORY = "CONSENT#"
NOT_ERASING = "attribute_exists(pk) AND #status <> :erasing"
ERASING = {":erasing": PersonStatus.ERASING}


def person_pk(person_id: str) -> str:
    """The partition that holds all that is known about a person."""
    return f"P#{person_id}"


def erased_mark(person_id: str) -> Key:
    """Key of what stays for a day of somebody erased, so that a late retry of their registration does nothing."""
    return f"GONE#{hashlib.sha256(person_id.encode()).hexdigest()}", SELF


@dataclass(frozen=True)
class PeopleTable:
    """`domain.people.People` on DynamoDB."""

    table: Table

    def add(self, person: Person, *, by: str) -> None:
        """See `People.add`; the person and all that leads to them are written together or not at all.

        Somebody who was erased within the last day stays erased: an idempotency key may stand for their id until then.
        """
        given = ConsentEntry(ConsentEvent.GIVEN, person.created_at, by, person.consent)
        items = [_person_item(person), _consent_item(person), _history_item(person.id, given)]
        taken: dict[int, type[FaceError]] = {}
        if person.external_ref:
            taken[len(items)] = ExternalRefTakenError
            items.append({"pk": f"X#{person.external_ref}", "sk": SELF, "personId": person.id})
        if person.sub:
            taken[len(items)] = AlreadyRegisteredError
            items.append({"pk": f"U#{person.sub}", "sk": SELF, "personId": person.id})
        if person.status is PersonStatus.PENDING:
            items.append(_pending_item(person))
        try:
            self.table.transact(
                [
                    *(actions.put(self.table, item, condition=actions.NEW) for item in items),
                    actions.check(self.table, *erased_mark(person.id), actions.NEW),
                ]
            )
        except ConditionFailedError as error:
            if not error.failed & {0, len(items)}:  # the person is new, so it is what leads to them that is not
                raise taken[min(error.failed & taken.keys())] from error

    def change(self, before: Person, after: Person, entry: ConsentEntry | None) -> None:
        """See `People.change`. What processes photos looks at the person alone, so it knows of a withdrawal at once."""
        item = _person_item(after)
        changed = ("name", "status", "consentUntil", "gsi1sk", "revision")
        writes = [
            actions.update(
                self.table,
                item["pk"],
                SELF,
                "SET " + ", ".join(f"#{name} = :{name}" for name in changed),
                condition="#revision = :before AND #status = :standing",
                names={f"#{name}": name for name in changed},
                arguments={f":{name}": item[name] for name in changed}
                | {":before": before.revision, ":standing": before.status},
            )
        ]
        if after.status is not before.status:  # approved
            writes.append(actions.delete(self.table, item["pk"], PENDING))
        if entry:
            writes += [
                actions.put(self.table, _consent_item(after)),
                actions.put(self.table, _history_item(after.id, entry), condition=actions.NEW),
            ]
        try:
            self.table.transact(writes)
        except ConditionFailedError as error:
            raise StaleError from error

    def consent_history(self, person_id: str) -> Sequence[ConsentEntry]:
        """See `People.consent_history`."""
        return [consent_entry(item) for item in self.table.partition(person_pk(person_id), _HISTORY)]

    def get(self, person_id: str) -> Person | None:
        """See `People.get`."""
        return next(iter(self._read([person_id])), None)

    def by_external_ref(self, external_ref: str) -> Person | None:
        """See `People.by_external_ref`."""
        pointer = self.table.get(f"X#{external_ref}", SELF)
        return self.get(pointer["personId"]) if pointer else None

    def by_name(self, prefix: str, *, limit: int, after: str | None) -> Page[Person]:
        """See `People.by_name`; a person who is gone from the table, but not yet from the index, is left out."""
        return self._listed(ALL_PEOPLE, SELF, prefix, limit=limit, after=after)

    def pending(self, *, limit: int, after: str | None) -> Page[Person]:
        """See `People.pending`; whoever has been approved since the index was written is left out."""
        page = self._listed(PENDING, PENDING, "", limit=limit, after=after)
        return Page([person for person in page.items if person.status is PersonStatus.PENDING], page.position)

    def names(self, person_ids: frozenset[str]) -> dict[str, str]:
        """See `People.names`."""
        return {item["id"]: item["name"] for item in self._items(person_ids) if item["status"] != PersonStatus.ERASING}

    def recognizable(self, person_ids: frozenset[str], now: datetime) -> dict[str, str]:
        """See `People.recognizable`."""
        return {
            item["id"]: item["name"]
            for item in self._items(person_ids)
            if item["status"] == PersonStatus.ACTIVE and item["consentUntil"] > times.to_text(now)
        }

    def of_user(self, sub: str) -> str | None:
        """See `People.of_user`."""
        pointer = self.table.get(f"U#{sub}", SELF)
        return pointer["personId"] if pointer else None

    def _items(self, person_ids: frozenset[str]) -> Iterable[Item]:
        return self.table.get_many((person_pk(person_id), SELF) for person_id in sorted(person_ids)).values()

    def _listed(self, index_pk: str, sk: str, prefix: str, *, limit: int, after: str | None) -> Page[Person]:
        """People by the index, where every sort key ends in `#` and the person's id."""
        start = None
        if after:
            start = {"pk": person_pk(after.rpartition("#")[2]), "sk": sk, "gsi1pk": index_pk, "gsi1sk": after}
        page = self.table.index(index_pk, prefix, limit=limit, after=start)
        return Page(self._read([pk.removeprefix("P#") for pk, _ in page.keys]), page.position)

    def _read(self, person_ids: list[str]) -> list[Person]:
        pks = [person_pk(person_id) for person_id in person_ids]
        items = self.table.get_many((pk, sk) for pk in pks for sk in (SELF, CONSENT))
        return [
            _person(items[pk, SELF], items[pk, CONSENT]) for pk in pks if (pk, SELF) in items and (pk, CONSENT) in items
        ]


def consent_entry(item: Item) -> ConsentEntry:
    """The entry of a consent's history that an item describes."""
    return ConsentEntry(ConsentEvent(item["event"]), times.from_text(item["at"]), item["by"], _consent(item))


def _person_item(person: Person) -> dict[str, Any]:
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
        "sub": person.sub,
        "revision": person.revision,
        "createdAt": times.to_text(person.created_at),
        "consentUntil": times.to_text(person.consent.valid_until),
    }


def _consent_item(person: Person) -> Item:
    """The consent as it is now; the index lists those that end, by when they do."""
    item = {"pk": person_pk(person.id), "sk": CONSENT, **_consent_map(person.consent)}
    if (valid_until := person.consent.valid_until) < times.FOREVER:
        item |= {"gsi1pk": CONSENTS_DUE, "gsi1sk": f"{times.to_text(valid_until)}#{person.id}"}
    return item


def _pending_item(person: Person) -> Item:
    """That somebody waits for approval; it goes when they are approved."""
    pk, created_at = person_pk(person.id), times.to_text(person.created_at)
    return {"pk": pk, "sk": PENDING, "gsi1pk": PENDING, "gsi1sk": f"{created_at}#{person.id}"}


def _history_item(person_id: str, entry: ConsentEntry) -> Item:
    at = times.to_text(entry.at)
    return {
        "pk": person_pk(person_id),
        "sk": f"{_HISTORY}{at}",
        "event": entry.event,
        "at": at,
        "by": entry.by,
        **_consent_map(entry.consent),
    }


def _consent_map(consent: Consent) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "textVersion": consent.text_version,
        "givenAt": times.to_text(consent.given_at),
        "expiresAt": times.to_text(consent.expires_at) if consent.expires_at else None,
        "withdrawnAt": times.to_text(consent.withdrawn_at) if consent.withdrawn_at else None,
    }


def _consent(item: Item) -> Consent:
    expires_at, withdrawn_at = item.get("expiresAt"), item.get("withdrawnAt")
    return Consent(
        purpose=item["purpose"],
        text_version=item["textVersion"],
        given_at=times.from_text(item["givenAt"]),
        expires_at=times.from_text(expires_at) if expires_at else None,
        withdrawn_at=times.from_text(withdrawn_at) if withdrawn_at else None,
    )


def _person(item: Item, consent: Item) -> Person:
    return Person(
        id=item["id"],
        name=item["name"],
        created_at=times.from_text(item["createdAt"]),
        consent=_consent(consent),
        external_ref=item.get("externalRef"),
        status=PersonStatus(item["status"]),
        faces=item["faces"],
        sub=item.get("sub"),
        revision=item["revision"],
    )
