"""The port to the face recognition service: searching and keeping faces."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from domain.errors import LowQualityError, NoFaceError, ServiceBusyError
from domain.faces import DetectedFace, Match
from domain.photos import Call, Photo

Image = Photo | bytes
"""An uploaded photo, which the service reads from S3 by itself, or the bytes of a JPEG or PNG, at most 5 MB."""

NOT_LARGEST = "FACE_NOT_LARGEST"
MOST_MATCHES = 50  # asked for: more than are ever told, for those who may not be named must not hide those who may


@dataclass(frozen=True)
class UnsearchedFace:
    """A face that was seen but not searched, and why, in Rekognition's words."""

    face: DetectedFace
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """Whom the largest face of an image resembles, and which other faces are there.

    Attributes:
        searched: The largest face; None when there is no face at all.
        matches: People, best first.
        model_version: Version of the face model; vectors of two versions cannot be compared.
    """

    searched: DetectedFace | None
    matches: tuple[Match, ...]
    unsearched: tuple[UnsearchedFace, ...]
    model_version: str


@dataclass(frozen=True)
class IndexedFace:
    """A face whose vector was stored, not yet anybody's."""

    id: str
    face: DetectedFace


class Gallery(Protocol):
    """The registered faces.

    Every method may raise:
        ServiceBusyError: Throttled, out of order, or answered with half an answer; the call may succeed later.
    Those that take an image may raise:
        UnsupportedImageError, ImageTooLargeError, ImageTooSmallError: The image cannot be read, now or later.
    """

    def search(self, image: Image, *, threshold: float, limit: int, strict: bool) -> Search:
        """Find whom the largest face of `image` resembles.

        Args:
            threshold: Least similarity in percent.
            limit: Most people to be named.
            strict: Leave faces of low quality unsearched and say why, instead of trying.
        """

    def add_person(self, person_id: str) -> None:
        """Make the person known; nothing happens when it is."""

    def index(self, photo: Photo) -> IndexedFace:
        """Store the vector of the largest face of `photo`; the same photo is not stored twice.

        Raises:
            LowQualityError: The face is not clear enough to be stored.
            NoFaceError: There is no face.
        """

    def associate(self, photo: Photo, face_id: str) -> bool:
        """Give the face to the person of `photo`; whether it can be searched already.

        Raises:
            FaceMismatchError: It does not look like the person's other faces.
            DuplicatePersonError: It belongs to another person.
            TooManyFacesError: The person has as many faces as a person may have.
            PersonErasingError: The person is not known any more.
        """

    def remove(self, photo: Photo, face_id: str) -> None:
        """Take back what `index` and `associate` did for `photo`; nothing happens when it is not there."""


def faces_not_largest(search: Search) -> Sequence[DetectedFace]:
    """The other faces that are worth a search of their own, largest first."""
    others = [other.face for other in search.unsearched if NOT_LARGEST in other.reasons]
    return sorted(others, key=lambda face: -face.box.area)


def require_face(search: Search) -> DetectedFace:
    """The face that a strict search was about: the largest one, for nobody in the background is whom a photo is of.

    Raises:
        LowQualityError: The largest face is not clear enough.
        NoFaceError: There is no face.
    """
    face = search.searched
    larger = [other for other in search.unsearched if face is None or other.face.box.area > face.box.area]
    if larger:
        raise LowQualityError(reasons=sorted({reason for other in larger for reason in other.reasons}))
    if face is None:
        raise NoFaceError
    return face


class MeteredGallery:
    """A gallery that counts the calls which are billed: not those that a busy service turns away; safe for threads.

    Args:
        before: Calls that were made before, for the same photo.
    """

    def __init__(self, gallery: Gallery, before: Mapping[Call, int]) -> None:
        self._gallery = gallery
        self._lock = threading.Lock()
        self._calls = Counter(before)
        self.add_person = gallery.add_person
        self.associate = gallery.associate
        self.remove = gallery.remove

    @property
    def calls(self) -> Mapping[Call, int]:
        """How many calls were made so far, by kind."""
        return dict(+self._calls)

    def search(self, image: Image, *, threshold: float, limit: int, strict: bool) -> Search:
        """See `Gallery.search`."""
        with self._counted(Call.SEARCH):
            return self._gallery.search(image, threshold=threshold, limit=limit, strict=strict)

    def index(self, photo: Photo) -> IndexedFace:
        """See `Gallery.index`."""
        with self._counted(Call.INDEX):
            return self._gallery.index(photo)

    @contextmanager
    def _counted(self, call: Call) -> Iterator[None]:
        billed = 1
        try:
            yield
        except ServiceBusyError:
            billed = 0
            raise
        finally:
            with self._lock:
                self._calls[call] += billed
