"""Rekognition in tests: moto has no collections."""

from dataclasses import dataclass, field, replace

from domain.errors import FaceError, PersonErasingError, ServiceBusyError
from domain.faces import Box, DetectedFace, Match
from domain.gallery import NOT_LARGEST, IndexedFace, Search, UnsearchedFace

LARGEST = DetectedFace(Box(0.4, 0.2, 0.2, 0.3), 99.0)


@dataclass
class MemoryGallery:
    """A gallery whose answers a test lays out; it keeps faces as Rekognition would, and counts what is asked of it."""

    photo_matches: tuple[Match, ...] = ()
    photo_face: DetectedFace | None = LARGEST
    others: tuple[DetectedFace, ...] = ()
    unclear: tuple[UnsearchedFace, ...] = ()
    crop_answers: list[Search] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    association_failure: FaceError | None = None
    people: set[str] = field(default_factory=set)
    faces: dict[str, str | None] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def search(self, image, *, threshold, limit, strict):
        self._called("search")
        if isinstance(image, bytes):
            return _within(self.crop_answers.pop(0), threshold, limit)
        unsearched = (*(UnsearchedFace(face, (NOT_LARGEST,)) for face in self.others), *self.unclear)
        found = Search(self.photo_face, self.photo_matches if self.photo_face else (), unsearched, "7.0")
        return _within(found, threshold, limit)

    def add_person(self, person_id):
        self._called("add_person")
        self.people.add(person_id)

    def index(self, photo):
        self._called("index")
        self.faces.setdefault(f"face-of-{photo.id}", None)
        return IndexedFace(f"face-of-{photo.id}", LARGEST)

    def associate(self, photo, face_id):
        self._called("associate")
        if photo.person_id not in self.people:
            raise PersonErasingError
        if self.association_failure:
            raise self.association_failure
        self.faces[face_id] = photo.person_id
        return True

    def remove(self, photo, face_id):
        self._called("remove")
        self.faces.pop(face_id, None)

    def faces_of(self, person_id):
        self._called("faces_of")
        return frozenset(face for face, owner in self.faces.items() if owner == person_id)

    def faces_from(self, photo_ids):
        self._called("faces_from")
        return frozenset(self.faces) & {f"face-of-{photo_id}" for photo_id in photo_ids}

    def remove_person(self, person_id):
        self._called("remove_person")
        self.people.discard(person_id)
        self.faces = {face: None if owner == person_id else owner for face, owner in self.faces.items()}

    def remove_faces(self, face_ids):
        self._called("remove_faces")
        if any(self.faces.get(face_id) for face_id in face_ids):
            raise ServiceBusyError("a face is still somebody's")
        self.faces = {face: owner for face, owner in self.faces.items() if face not in face_ids}

    def any_left(self, person_id, face_ids):
        self._called("any_left")
        return person_id in self.people or bool(set(face_ids) & set(self.faces))

    def _called(self, call):
        self.calls.append(call)
        if self.failures and (failure := self.failures.pop(0)):
            raise failure


def _within(found, threshold, limit):
    near = sorted((match for match in found.matches if match.similarity >= threshold), key=lambda m: -m.similarity)
    return replace(found, matches=tuple(near[:limit]))
