"""Adding the face on a photo to a person."""

from dataclasses import dataclass
from typing import Protocol

from domain.errors import DuplicatePersonError, MultipleFacesError, PhotoRejectedError
from domain.gallery import MOST_MATCHES, Gallery, faces_not_largest, require_face
from domain.people import People
from domain.photos import Photo, RegisteredFace


class PhotoReader(Protocol):
    """Reads uploaded photos."""

    def sha256(self, photo: Photo) -> str:
        """Hash of the bytes of the version that is processed, in hex."""


class KnownContent(Protocol):
    """Which photos of a person were registered before."""

    def face_of_content(self, person_id: str, content_hash: str) -> str | None:
        """Id of the face that a photo with these very bytes added to the person."""


@dataclass(frozen=True)
class Registration:
    """What was done, not yet committed.

    Attributes:
        registered: The face that was added, unless the photo had been registered before.
        duplicate_of: Face that the same photo had added before.
        content_hash: SHA-256 of the photo, in hex.
    """

    content_hash: str
    registered: RegisteredFace | None
    duplicate_of: str | None
    model_version: str | None


def register_face(
    photo: Photo,
    person_id: str,
    *,
    gallery: Gallery,
    reader: PhotoReader,
    known: KnownContent,
    people: People,
    match_threshold: float,
) -> Registration:
    """Store the vector of the one face on `photo` and give it to the person.

    Doing it again after a crash at any point ends in the same state: the service stores the same photo once, and
    associating a face with the person who has it already changes nothing. Whoever cannot commit what this did has to
    call `Gallery.remove`.

    Args:
        match_threshold: Percent; a face this similar to another person's is not added, unless they are being erased.

    Raises:
        PhotoRejectedError: The photo cannot be used; nothing that was stored by this call is left in the gallery.
        ServiceBusyError: The service throttles; the same call may succeed later.
    """
    content_hash = reader.sha256(photo)
    if face_id := known.face_of_content(person_id, content_hash):
        return Registration(content_hash, None, face_id, None)
    search = gallery.search(photo, threshold=match_threshold, limit=MOST_MATCHES, strict=True)
    require_face(search)
    if faces_not_largest(search):
        raise MultipleFacesError
    others = frozenset(match.person_id for match in search.matches) - {person_id}
    if others and people.names(others):  # whose vector outlives them for a moment has no name any more
        raise DuplicatePersonError
    gallery.add_person(person_id)
    indexed = gallery.index(photo)
    try:
        searchable = gallery.associate(photo, indexed.id)
    except PhotoRejectedError:
        gallery.remove(photo, indexed.id)
        raise
    registered = RegisteredFace(indexed.id, indexed.face, searchable)
    return Registration(content_hash, registered, None, search.model_version)
