"""The registered faces of a person: listing them, and removing one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import PersonErasingError
from domain.faces import DetectedFace
from domain.people import People, PersonStatus, read_person
from domain.photos import Purpose, object_key


@dataclass(frozen=True)
class StoredFace:
    """A face that stands for a person.

    Attributes:
        id: Rekognition's face id.
        photo_id: The registration that added it.
        photo_version: The version of the photo in the bucket.
        content_hash: SHA-256 of the photo, in hex.
        model_version: Of the face model that made the vector.
    """

    id: str
    face: DetectedFace
    photo_id: str
    photo_version: str
    content_hash: str
    registered_at: datetime
    model_version: str

    @property
    def photo_key(self) -> str:
        """The photo's key in the bucket."""
        return object_key(Purpose.REGISTRATION, self.photo_id)


class PersonFaces(Protocol):
    """Where it is kept which faces stand for whom. Every method may raise `ServiceBusyError`."""

    def of_person(self, person_id: str) -> Sequence[StoredFace]:
        """All faces of a person, a hundred at most, the first one registered first, as they are now."""

    def get(self, person_id: str, face_id: str) -> StoredFace | None:
        """One face of a person, if it is theirs."""

    def forget(self, person_id: str, face: StoredFace) -> None:
        """Forget the face, and that its photo was registered; nothing happens when that was done before."""


class FaceVectors(Protocol):
    """Where vectors are kept."""

    def remove(self, person_id: str, face_id: str) -> None:
        """Take a face from a person and delete it for good; nothing happens when it is not there.

        Raises:
            ServiceBusyError: It may still be there; the same call may succeed later.
        """


class VersionDeletion(Protocol):
    """Where registered photos are deleted."""

    def delete(self, key: str, version: str) -> None:
        """Delete one version for good; nothing happens when it is gone."""


def list_faces(
    caller: Caller, person_id: str, *, people: People, faces: PersonFaces, record: Record
) -> Sequence[StoredFace]:
    """List the faces of a person, the first one registered first.

    Raises:
        NotFoundError: There is no such person, or the caller may not see them.
        AuditUnavailableError: It cannot be recorded, so it is not told.
    """
    person = read_person(caller, person_id, people=people)
    record(AuditAction.SAW, [person.id])
    return faces.of_person(person.id)


def remove_face(
    caller: Caller,
    person_id: str,
    face_id: str,
    *,
    people: People,
    faces: PersonFaces,
    vectors: FaceVectors,
    objects: VersionDeletion,
    record: Record,
) -> None:
    """Remove a face of a person: its vector, its photo, and that it was there. Done again, it changes nothing.

    In this order, so that whatever a crash leaves behind is still found by who removes the face again: the vector
    first, by which people are recognized, and the entry that leads to all of it last. The same photo can be registered
    again after that.

    Raises:
        NotFoundError: There is no such person, or the caller may not see them.
        PersonErasingError: The person is being erased, and all their faces with them.
        AuditUnavailableError: It cannot be recorded; nothing was removed.
        ServiceBusyError: The face may be removed half-way; the same call removes the rest.
    """
    person = read_person(caller, person_id, people=people)
    if person.status is PersonStatus.ERASING:
        raise PersonErasingError
    face = faces.get(person.id, face_id)
    if face is None:
        return
    record(AuditAction.CHANGED, [person.id])
    vectors.remove(person.id, face.id)
    objects.delete(face.photo_key, face.photo_version)
    faces.forget(person.id, face)
