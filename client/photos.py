"""Photos: registrations, verifications and recognitions, by upload or at once."""

from typing import Literal

from client.models.photos import OPEN, Recognition, Registration, Upload, Verification
from client.transport import Transport, path

_PNG = b"\x89PNG\r\n\x1a\n"


class Photos(Transport):
    """The calls that send photos and read what became of them.

    `begin_...` asks for an upload, `upload` sends the photo there, `wait_for_...` waits for the result; `add_face`,
    `verify` and `recognize` do all three. They raise what these raise: `ApiError` when the API refuses,
    `UploadRefusedError` when S3 does, `NotFinishedError` when it takes too long. An `idempotency_key` of your own is of
    use where you may ask again after this process has ended: for a day, what it has made is answered again.
    """

    def begin_registration(
        self, person_id: str, *, content_type: str, idempotency_key: str | None = None
    ) -> Registration:
        """Ask for an upload that adds a face to a person; operators, and the person themself."""
        body = {"contentType": content_type}
        return self._create(Registration, path("people", person_id, "faces"), key=idempotency_key, json=body)

    def add_face(self, person_id: str, photo: bytes) -> Registration:
        """Add the face on a JPEG or PNG photo to a person, and wait until it is done."""
        begun = self.begin_registration(person_id, content_type=content_type_of(photo))
        self.upload(begun.upload, photo)
        return self.wait_for_registration(begun.id)

    def registration(self, registration_id: str) -> Registration:
        """One registration, as it is now."""
        return self._answer(Registration, "GET", path("registrations", registration_id))

    def wait_for_registration(self, registration_id: str) -> Registration:
        """One registration, once it is done."""
        return self._until(lambda: self.registration(registration_id), open_=OPEN)

    def begin_verification(
        self, person_id: str, *, content_type: str, idempotency_key: str | None = None
    ) -> Verification:
        """Ask for an upload that is to show a person; operators, and the person themself."""
        body = {"contentType": content_type}
        return self._create(Verification, path("people", person_id, "verifications"), key=idempotency_key, json=body)

    def verify(self, person_id: str, photo: bytes) -> Verification:
        """Compare the largest face on a JPEG or PNG photo with a person, and wait until it is done."""
        begun = self.begin_verification(person_id, content_type=content_type_of(photo))
        self.upload(begun.upload, photo)
        return self.wait_for_verification(begun.id)

    def verification(self, verification_id: str) -> Verification:
        """One verification, as it is now."""
        return self._answer(Verification, "GET", path("verifications", verification_id))

    def wait_for_verification(self, verification_id: str) -> Verification:
        """One verification, once it is done."""
        return self._until(lambda: self.verification(verification_id), open_=OPEN)

    def begin_recognition(
        self, *, content_type: str, faces: Literal["all", "largest"] = "all", idempotency_key: str | None = None
    ) -> Recognition:
        """Ask for an upload on which faces are identified."""
        body = {"contentType": content_type, "faces": faces}
        return self._create(Recognition, "/recognitions", key=idempotency_key, json=body)

    def recognize(self, photo: bytes, *, faces: Literal["all", "largest"] = "all") -> Recognition:
        """Identify the faces on a JPEG or PNG photo, and wait until it is done."""
        begun = self.begin_recognition(content_type=content_type_of(photo), faces=faces)
        self.upload(begun.upload, photo)
        return self.wait_for_recognition(begun.id)

    def recognize_now(
        self, photo: bytes, *, faces: Literal["all", "largest"] = "all", idempotency_key: str | None = None
    ) -> Recognition:
        """Identify the faces on a JPEG or PNG photo of at most 4 MiB by one request, which answers with the result.

        Raises:
            ApiError: The API refused; what cannot be recognized as well as when it is too busy.
        """
        return self._create(
            Recognition,
            "/recognitions/immediate",
            key=idempotency_key,
            params={"faces": faces},
            content=photo,
            headers={"content-type": content_type_of(photo)},
        )

    def recognition(self, recognition_id: str) -> Recognition:
        """One recognition, as it is now."""
        return self._answer(Recognition, "GET", path("recognitions", recognition_id))

    def wait_for_recognition(self, recognition_id: str) -> Recognition:
        """One recognition, once it is done."""
        return self._until(lambda: self.recognition(recognition_id), open_=OPEN)

    def upload(self, upload: Upload | None, photo: bytes) -> None:
        """Send a photo where the API said.

        Raises:
            UploadRefusedError: S3 refused: too large, expired, or not what was agreed.
            ValueError: There is no upload: this photo is not waiting for one.
        """
        if upload is None:
            raise ValueError("this photo is not waiting for an upload")
        self._send(upload.url, upload.fields, photo)


def content_type_of(photo: bytes) -> str:
    """The content type of a photo by its first bytes: PNG, or else JPEG, for the service takes nothing else."""
    return "image/png" if photo.startswith(_PNG) else "image/jpeg"
