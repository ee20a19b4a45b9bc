"""The client of the HTTP API."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx

from client.errors import ApiError, NotFinishedError, UploadRefusedError
from client.models import OPEN, Consent, Json, Person, Recognition, Registration, Upload, Verification

_PNG = b"\x89PNG\r\n\x1a\n"
Photo = TypeVar("Photo", Registration, Recognition, Verification)


@dataclass(frozen=True)
class Polling:
    """How a result is waited for: soon at first, then less often. All in seconds.

    Most photos are done within a second; each poll is a billed request.
    """

    first: float = 0.2
    factor: float = 1.5
    longest: float = 3.0
    timeout: float = 60.0


class FacesClient:
    """Calls the API on behalf of somebody signed in. Safe for threads; a context manager, or call `close`.

    Args:
        api_url: The API's address, with its stage if it has one.
        token: Called for each request: the access token, or None to call without. `Session.access_token` is one.
        polling: How results are waited for.
        timeout: Seconds that one request may take.
    """

    def __init__(
        self,
        api_url: str,
        *,
        token: Callable[[], str | None],
        polling: Polling | None = None,
        timeout: float = 30.0,
    ) -> None:
        self._token, self._polling = token, polling or Polling()
        self._api = httpx.Client(base_url=api_url, timeout=timeout, auth=self._authorize)
        # Uploads go to S3, which must not see the token.
        self._s3 = httpx.Client(timeout=timeout)

    def me(self) -> Json:
        """Who is signed in, with which roles."""
        return self.call("GET", "/me")

    def register_person(self, name: str, *, consent: Consent, external_ref: str | None = None) -> Person:
        """Register a person; operators only.

        Raises:
            ApiError: `external_ref_taken` when `external_ref` is somebody's already, and others.
        """
        body = {"name": name, "consent": consent.as_json()}
        if external_ref is not None:
            body["externalRef"] = external_ref
        return self._person("POST", "/people", json=body)

    def person(self, person_id: str) -> Person:
        """One person."""
        return self._person("GET", f"/people/{person_id}")

    def change_person(
        self, person: Person, *, name: str | None = None, consent: Consent | None = None, withdraw_consent: bool = False
    ) -> Person:
        """Rename a person, renew their consent, or withdraw it, which ends in their erasure.

        Args:
            person: As it was read; nothing is changed if somebody else has changed it since.
            name: The new name. Default: the one before.
            consent: Replaces the consent before; operators only. Default: the one before.
            withdraw_consent: The person is not recognized any more from now on.

        Raises:
            ApiError: `precondition_failed` when `person` is out of date, and others.
            ValueError: `person` is from a list.
        """
        if person.etag is None:
            raise ValueError("read the person by its id first")
        body: Json = {"withdrawConsent": True} if withdraw_consent else {}
        if name is not None:
            body["name"] = name
        if consent is not None:
            body["consent"] = consent.as_json()
        return self._person("PATCH", f"/people/{person.id}", json=body, headers={"if-match": person.etag})

    def people(self, *, name_prefix: str | None = None, external_ref: str | None = None) -> Iterator[Person]:
        """The people whose name begins with `name_prefix`, or the one with `external_ref`, page by page."""
        query = {"namePrefix": name_prefix, "externalRef": external_ref, "cursor": None}
        while True:
            page = self.call("GET", "/people", params={name: value for name, value in query.items() if value})
            yield from map(Person.of, page["items"])
            query["cursor"] = page["nextCursor"]
            if query["cursor"] is None:
                return

    def begin_registration(self, person_id: str, *, content_type: str) -> Registration:
        """Ask for an upload that adds a face to a person; operators only."""
        return Registration.of(self.call("POST", f"/people/{person_id}/faces", json={"contentType": content_type}))

    def add_face(self, person_id: str, photo: bytes) -> Registration:
        """Add the face on a JPEG or PNG photo to a person, and wait until it is done.

        Raises:
            ApiError: The API refused.
            UploadRefusedError: S3 refused the upload.
            NotFinishedError: It took too long.
        """
        begun = self.begin_registration(person_id, content_type=content_type_of(photo))
        self.upload(begun.upload, photo)
        return self.wait_for_registration(begun.id)

    def registration(self, registration_id: str) -> Registration:
        """One registration, as it is now."""
        return Registration.of(self.call("GET", f"/registrations/{registration_id}"))

    def wait_for_registration(self, registration_id: str) -> Registration:
        """One registration, once it is done.

        Raises:
            NotFinishedError: It took too long.
        """
        return self._wait(lambda: self.registration(registration_id))

    def begin_verification(self, person_id: str, *, content_type: str) -> Verification:
        """Ask for an upload that is to show a person; operators, and the person themself."""
        body = {"contentType": content_type}
        return Verification.of(self.call("POST", f"/people/{person_id}/verifications", json=body))

    def verify(self, person_id: str, photo: bytes) -> Verification:
        """Compare the largest face on a JPEG or PNG photo with a person, and wait until it is done.

        Raises:
            ApiError: The API refused.
            UploadRefusedError: S3 refused the upload.
            NotFinishedError: It took too long.
        """
        begun = self.begin_verification(person_id, content_type=content_type_of(photo))
        self.upload(begun.upload, photo)
        return self.wait_for_verification(begun.id)

    def verification(self, verification_id: str) -> Verification:
        """One verification, as it is now."""
        return Verification.of(self.call("GET", f"/verifications/{verification_id}"))

    def wait_for_verification(self, verification_id: str) -> Verification:
        """One verification, once it is done.

        Raises:
            NotFinishedError: It took too long.
        """
        return self._wait(lambda: self.verification(verification_id))

    def begin_recognition(self, *, content_type: str, faces: Literal["all", "largest"] = "all") -> Recognition:
        """Ask for an upload on which faces are identified."""
        return Recognition.of(self.call("POST", "/recognitions", json={"contentType": content_type, "faces": faces}))

    def recognize(self, photo: bytes, *, faces: Literal["all", "largest"] = "all") -> Recognition:
        """Identify the faces on a JPEG or PNG photo, and wait until it is done.

        Raises:
            ApiError: The API refused.
            UploadRefusedError: S3 refused the upload.
            NotFinishedError: It took too long.
        """
        begun = self.begin_recognition(content_type=content_type_of(photo), faces=faces)
        self.upload(begun.upload, photo)
        return self.wait_for_recognition(begun.id)

    def recognize_now(self, photo: bytes, *, faces: Literal["all", "largest"] = "all") -> Recognition:
        """Identify the faces on a JPEG or PNG photo of at most 4 MiB by one request, which answers with the result.

        Raises:
            ApiError: The API refused; what cannot be recognized as well as when it is too busy.
        """
        headers = {"content-type": content_type_of(photo)}
        answer = self.call("POST", "/recognitions/immediate", params={"faces": faces}, content=photo, headers=headers)
        return Recognition.of(answer)

    def recognition(self, recognition_id: str) -> Recognition:
        """One recognition, as it is now."""
        return Recognition.of(self.call("GET", f"/recognitions/{recognition_id}"))

    def wait_for_recognition(self, recognition_id: str) -> Recognition:
        """One recognition, once it is done.

        Raises:
            NotFinishedError: It took too long.
        """
        return self._wait(lambda: self.recognition(recognition_id))

    def upload(self, upload: Upload | None, photo: bytes) -> None:
        """Send a photo where the API said.

        Raises:
            UploadRefusedError: S3 refused: too large, expired, or not what was agreed.
        """
        if upload is None:
            raise ValueError("this photo is not waiting for an upload")
        response = self._s3.post(upload.url, data=upload.fields, files={"file": ("photo", photo)})
        if response.is_error:
            raise UploadRefusedError.of(response)

    def call(self, method: str, path: str, **arguments: Any) -> Json:
        """Any request of the API, with httpx's arguments; the JSON that it answers, nothing for an empty answer.

        Raises:
            ApiError: The API refused, or failed.
        """
        response = self._request(method, path, **arguments)
        body: Json = response.json() if response.content else {}
        return body

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        self._s3.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _person(self, method: str, path: str, **arguments: Any) -> Person:
        response = self._request(method, path, **arguments)
        return Person.of(response.json(), response.headers.get("etag"))

    def _request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        response = self._api.request(method, path, **arguments)
        if response.is_error:
            raise ApiError.of(response)
        return response

    def _authorize(self, request: httpx.Request) -> httpx.Request:
        if token := self._token():
            request.headers["authorization"] = f"Bearer {token}"
        return request

    def _wait(self, read: Callable[[], Photo]) -> Photo:
        until, pause = time.monotonic() + self._polling.timeout, self._polling.first
        while (photo := read()).status in OPEN:
            if time.monotonic() + pause > until:
                raise NotFinishedError(f"{photo.id} is still {photo.status} after {self._polling.timeout:g} s")
            time.sleep(pause)
            pause = min(pause * self._polling.factor, self._polling.longest)
        return photo


def content_type_of(photo: bytes) -> str:
    """The content type of a photo by its first bytes: PNG, or else JPEG, for the service takes nothing else."""
    return "image/png" if photo.startswith(_PNG) else "image/jpeg"
