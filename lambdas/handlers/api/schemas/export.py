"""What is held about a person, as JSON: a list of things of several kinds, each with its `kind`."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from domain.export import Held, HeldPhoto, Sighting
from domain.people import ConsentEntry, Person
from domain.person_faces import StoredFace
from handlers.api.schemas.common import Instant, Out
from handlers.api.schemas.faces import StoredFaceOut
from handlers.api.schemas.people import ConsentEntryOut, PersonOut


class HeldConsentOut(ConsentEntryOut):
    """Something that happened to the consent."""

    kind: Literal["consent"] = "consent"


class HeldFaceOut(StoredFaceOut):
    """A registered face; `contentHash` is the SHA-256 of its photo."""

    kind: Literal["face"] = "face"
    content_hash: str


class HeldPhotoOut(Out):
    """A photo uploaded for the person; `url` leads to it for five minutes, and is null where the photo is not kept."""

    kind: Literal["photo"] = "photo"
    id: str
    url: str | None


class HeldSightingOut(Out):
    """The person was recognized on a photo."""

    kind: Literal["sighting"] = "sighting"
    photo_id: str
    seen_at: Instant
    n: int
    similarity: float


class HeldMentionOut(Out):
    """The result of a photo names the person, without having recognized them on it."""

    kind: Literal["mention"] = "mention"
    photo_id: str


HeldOut = Annotated[
    HeldConsentOut | HeldFaceOut | HeldPhotoOut | HeldSightingOut | HeldMentionOut, Field(discriminator="kind")
]


class ExportOut(Out):
    """A page of all that is held about a person, and the person themself on every page."""

    person: PersonOut
    items: list[HeldOut]
    next_cursor: str | None

    @classmethod
    def of(
        cls, person: Person, items: list[Held], next_cursor: str | None, *, link: Callable[[HeldPhoto], str | None]
    ) -> "ExportOut":
        """A page as JSON; `link` gives the address of a photo."""
        return cls(
            person=PersonOut.of(person), items=[_held(held, link=link) for held in items], next_cursor=next_cursor
        )


def _held(held: Held, *, link: Callable[[HeldPhoto], str | None]) -> HeldOut:
    match held:
        case ConsentEntry():
            return HeldConsentOut.model_validate(vars(ConsentEntryOut.of(held)))
        case StoredFace():
            return HeldFaceOut.model_validate(vars(StoredFaceOut.of(held)) | {"content_hash": held.content_hash})
        case HeldPhoto():
            return HeldPhotoOut(id=held.id, url=link(held))
        case Sighting():
            return HeldSightingOut.model_validate(vars(held))
        case _:
            return HeldMentionOut(photo_id=held.photo_id)
