"""People: registering, reading, changing them, and what is held about them."""

from collections.abc import Iterator
from typing import cast

from client.decoding import Json, decode, encode
from client.models.export import Held
from client.models.people import Consent, Me, Person, StoredFace
from client.transport import Transport, json_of, path


class People(Transport):
    """The calls about people. Persons and faces are named by their ids."""

    def me(self) -> Me:
        """Who is signed in, with which roles."""
        return self._answer(Me, "GET", "/me")

    def register_person(
        self, name: str, *, consent: Consent, external_ref: str | None = None, idempotency_key: str | None = None
    ) -> Person:
        """Register a person; operators, and, where the stage allows it, everybody themself.

        Args:
            name: Their name.
            consent: What they agreed to.
            external_ref: What they are called elsewhere, unique.
            idempotency_key: Of your own, where you may ask again after this process has ended; good for a day.

        Raises:
            ApiError: `external_ref_taken` when `external_ref` is somebody's already, and others.
        """
        body: Json = {"name": name, "consent": encode(consent)}
        if external_ref is not None:
            body["externalRef"] = external_ref
        return self._create(Person, "/people", key=idempotency_key, json=body)

    def person(self, person_id: str) -> Person:
        """One person, with the history of their consent and the `etag` that a change needs."""
        return self._again(lambda: self._person("GET", path("people", person_id)))

    def people(
        self, *, name_prefix: str | None = None, external_ref: str | None = None, pending: bool = False
    ) -> Iterator[Person]:
        """People, page by page; operators only.

        Args:
            name_prefix: Those whose name begins so, whatever the case.
            external_ref: The one who is called so elsewhere.
            pending: Those who registered themselves and wait for approval; goes with neither of the others.
        """
        status = "pending" if pending else None
        return self._pages(Person, "/people", namePrefix=name_prefix, externalRef=external_ref, status=status)

    def change_person(
        self,
        person: Person,
        *,
        name: str | None = None,
        approve: bool = False,
        consent: Consent | None = None,
        withdraw_consent: bool = False,
    ) -> Person:
        """Rename or approve a person, renew their consent, or withdraw it, which ends in their erasure.

        Args:
            person: As it was read; nothing is changed if somebody else has changed it since.
            name: The new name. Default: the one before.
            approve: Somebody who registered themself is recognized from now on; operators only.
            consent: Replaces the consent before; operators only. Default: the one before.
            withdraw_consent: The person is not recognized any more from now on.

        Raises:
            ApiError: `precondition_failed` when `person` is out of date, and others.
            httpx.TransportError: No answer came, so that the change may have been made: read the person again.
            ValueError: `person` is from a list.
        """
        if person.etag is None:
            raise ValueError("read the person by its id first")
        body: Json = {"withdrawConsent": True} if withdraw_consent else {}
        if name is not None:
            body["name"] = name
        if approve:
            body["status"] = "active"
        if consent is not None:
            body["consent"] = encode(consent)
        return self._person("PATCH", path("people", person.id), json=body, headers={"if-match": person.etag})

    def faces_of(self, person_id: str) -> Iterator[StoredFace]:
        """The faces that stand for a person, the first one registered first."""
        return self._pages(StoredFace, path("people", person_id, "faces"))

    def remove_face(self, person_id: str, face_id: str) -> None:
        """Remove a face, with its vector and its photo. Removing it again is no error."""
        self._answer(dict, "DELETE", path("people", person_id, "faces", face_id))

    def export(self, person_id: str) -> Iterator[Held]:
        """All that is held about a person, page by page; admins, and the person themself.

        The addresses of photos are good for five minutes from when their page was read: `download` them as they come.
        """
        return self._pages(cast(type[Held], Held), path("people", person_id, "export"))

    def _person(self, method: str, path: str, **arguments: object) -> Person:
        response = self._request(method, path, **arguments)
        return decode(Person, {**json_of(response), "etag": response.headers.get("etag")})
