"""Registered faces, as JSON."""

from domain.person_faces import StoredFace
from handlers.api.schemas.common import Instant, Out
from handlers.api.schemas.photos import BoxOut


class StoredFaceOut(Out):
    """A face that stands for a person; `registrationId` is the photo that it is from."""

    id: str
    registration_id: str
    registered_at: Instant
    model_version: str
    box: BoxOut
    confidence: float

    @classmethod
    def of(cls, stored: StoredFace) -> "StoredFaceOut":
        """A registered face as JSON."""
        return cls(
            id=stored.id,
            registration_id=stored.photo_id,
            registered_at=stored.registered_at,
            model_version=stored.model_version,
            box=BoxOut.model_validate(vars(stored.face.box)),
            confidence=stored.face.confidence,
        )


class FacesOut(Out):
    """All faces of a person, the first one registered first; nobody has more than fit on a page."""

    items: list[StoredFaceOut]
    next_cursor: None = None
