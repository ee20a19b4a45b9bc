"""1:N: identify every face on a photo."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from domain.decisions import MAX_CANDIDATES, DecisionPolicy
from domain.faces import Box, DetectedFace, Match, RecognizedFace
from domain.gallery import MOST_MATCHES, NOT_LARGEST, Gallery, faces_not_largest
from domain.photos import FacesWanted, Photo

PARALLEL_SEARCHES = 8
MAX_PEOPLE = 48  # named by one result, which is committed in one transaction of at most 100 actions
SAME_FACE_OVERLAP = 0.4  # of the face expected on a crop and the one that was searched


@dataclass(frozen=True)
class Crop:
    """A part of a photo around one face.

    Attributes:
        content: A JPEG, 80 pixels a side or more, at most 5 MB.
        expected: Where on the crop the face is.
    """

    content: bytes
    expected: Box


class CropSource(Protocol):
    """Cuts faces out of photos."""

    def crops(self, photo: Photo, faces: Sequence[Box], *, all_faces: Sequence[Box]) -> list[Crop | None]:
        """Cut out each of `faces`, with the rest of `all_faces` painted over; None where that cannot be done."""


@dataclass(frozen=True)
class SearchedPhoto:
    """Whom every face of a photo resembles, before anything is decided.

    Attributes:
        faces: Largest first, each with its matches; None instead of matches when it was not searched.
    """

    faces: tuple[tuple[DetectedFace, tuple[Match, ...] | None], ...]
    model_version: str

    def decide(self, policy: DecisionPolicy, *, without: frozenset[str]) -> tuple[RecognizedFace, ...]:
        """Decide about every face, as if the people in `without` had never been there.

        Where so many people are candidates that one transaction could not hold them, each face keeps fewer.
        """
        for most in range(MAX_CANDIDATES, 0, -1):
            faces = tuple(
                policy.decide(n, face, None if matches is None else _remaining(matches, without), most=most)
                for n, (face, matches) in enumerate(self.faces)
            )
            if len(frozenset().union(*(face.mentions for face in faces))) <= MAX_PEOPLE:
                break
        return faces


def search_photo(
    photo: Photo, *, gallery: Gallery, crop_source: CropSource, policy: DecisionPolicy, max_faces: int
) -> SearchedPhoto:
    """Search the largest face on the whole photo, and every other face on a crop of its own.

    One call for a photo with one face, whose bytes are not read here; N calls for N faces.

    Args:
        photo: An uploaded JPEG or PNG, 80 px a side or more, at most 15 MiB.
        policy: Candidates below its review threshold are not asked for.
        max_faces: Most faces that are searched; the smaller ones beyond it are told, but not searched.

    Raises:
        PhotoRejectedError: The image cannot be read.
        ServiceBusyError: The service throttles; the same call may succeed later.
    """
    first = gallery.search(photo, threshold=policy.review_threshold, limit=MOST_MATCHES, strict=False)
    if first.searched is None:
        return SearchedPhoto(tuple((other.face, None) for other in first.unsearched), first.model_version)
    others = faces_not_largest(first)
    wanted = others[: max_faces - 1] if photo.faces_wanted is FacesWanted.ALL else []
    crops: Sequence[Crop | None] = ()
    if wanted:
        all_boxes = [first.searched.box, *(other.face.box for other in first.unsearched)]
        crops = crop_source.crops(photo, [face.box for face in wanted], all_faces=all_boxes)

    def search_crop(crop: Crop | None) -> tuple[Match, ...] | None:
        if crop is None:
            return None
        found = gallery.search(crop.content, threshold=policy.review_threshold, limit=MOST_MATCHES, strict=False)
        if found.searched is None or found.searched.box.overlap(crop.expected) < SAME_FACE_OVERLAP:
            return None  # another face than the one that was meant: an answer about it would be a wrong one
        return found.matches

    with ThreadPoolExecutor(PARALLEL_SEARCHES) as threads:
        matches = list(threads.map(search_crop, crops))
    searched = [(first.searched, first.matches), *zip(wanted, matches, strict=True)]
    skipped = [*others[len(wanted) :], *(o.face for o in first.unsearched if NOT_LARGEST not in o.reasons)]
    return SearchedPhoto((*searched, *((face, None) for face in skipped)), first.model_version)


def _remaining(matches: Sequence[Match], without: frozenset[str]) -> Sequence[Match]:
    return [match for match in matches if match.person_id not in without]
