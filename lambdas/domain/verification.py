"""1:1: whether a photo shows the person that it is said to show."""

from dataclasses import dataclass

from domain.decisions import DecisionPolicy
from domain.faces import Decision, RecognizedFace
from domain.gallery import Gallery, require_face
from domain.photos import Photo

MOST_PEOPLE = 500  # Rekognition's limit for one search: the claimed person counts even if others come nearer


@dataclass(frozen=True)
class Verification:
    """What a comparison with one person gave.

    Attributes:
        face: The face that was compared: `MATCHED` with the claimed person, or `UNKNOWN`. Its similarity is that to the
            claimed person, in percent; None below the review threshold, where it is not told.
        model_version: Version of the face model.
    """

    face: RecognizedFace
    model_version: str


def verify_face(photo: Photo, person_id: str, *, gallery: Gallery, policy: DecisionPolicy) -> Verification:
    """Compare the largest face on `photo` with the faces of one person, by one call.

    The answer depends on the claimed person alone: whom else the face resembles is neither told nor counts.

    Args:
        photo: An uploaded JPEG or PNG, 80 px a side or more, at most 15 MiB.
        policy: The face is the person's at or above its match threshold.

    Raises:
        PhotoRejectedError: The image cannot be read, or its largest face is missing or not clear enough to compare.
        ServiceBusyError: The service throttles; the same call may succeed later.
    """
    search = gallery.search(photo, threshold=policy.review_threshold, limit=MOST_PEOPLE, strict=True)
    face = require_face(search)
    similarity = next((match.similarity for match in search.matches if match.person_id == person_id), None)
    verified = similarity is not None and similarity >= policy.match_threshold
    compared = RecognizedFace(
        0,
        face.box,
        face.confidence,
        Decision.MATCHED if verified else Decision.UNKNOWN,
        person_id if verified else None,
        similarity,
    )
    return Verification(compared, search.model_version)
