"""What is held about a person, as JSON: a list of things of several kinds, each with its `kind`."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from domain.export import Held, HeldMention, HeldPhoto, HeldSighting, Judged, Judgement
from domain.faces import Decision
from domain.people import ConsentEntry, Person
from domain.person_faces import StoredFace
from handlers.api.schemas.audit import AuditEntryOut
from handlers.api.schemas.common import Instant, Out
from handlers.api.schemas.faces import StoredFaceOut
from handlers.api.schemas.people import ConsentEntryOut, PersonOut
from handlers.api.schemas.photos import BoxOut


class HeldConsentOut(ConsentEntryOut):
    """Something that happened to the consent."""

    kind: Literal["consent"] = "consent"


class HeldFaceOut(StoredFaceOut):
    """A registered face; `contentHash` is the SHA-256 of its photo."""

    kind: Literal["face"] = "face"
    content_hash: str


class HeldPhotoOut(Out):
    """A photo uploaded for the person; `url` leads to it for five minutes if it has added a face that there is still.

    Others are not kept, or for some time only.
    """

    kind: Literal["photo"] = "photo"
    id: str
    url: str | None


class JudgementReviewOut(Out):
    """A human's decision about a face; it counts instead of the service's.

    `themself` is whether it was for the person, and `by` the `sub` of the user who decided.
    """

    decision: Decision
    themself: bool
    by: str
    at: Instant


class JudgementOut(Out):
    """What was decided about a face, as far as it concerns the person.

    `decision` is the service's own, `themself` whether it took the face for the person, and `similarity` the one to the
    person, in percent.
    """

    n: int
    box: BoxOut
    confidence: float
    decision: Decision
    themself: bool
    similarity: float | None
    review: JudgementReviewOut | None

    @classmethod
    def of(cls, face: Judgement) -> "JudgementOut":
        """A face as JSON."""
        review = face.review and JudgementReviewOut(
            decision=face.review.decision,
            themself=face.review.person_id is not None,
            by=face.review.by,
            at=face.review.at,
        )
        return cls(**vars(face) | {"box": BoxOut.model_validate(vars(face.box)), "review": review})


class JudgedOut(Out):
    """The result of a photo as far as it concerns the person: the faces that were, or might have been, theirs."""

    completed_at: Instant
    match_threshold: float | None
    review_threshold: float | None
    model_version: str | None
    faces: list[JudgementOut]

    @classmethod
    def of(cls, judged: Judged | None) -> "JudgedOut | None":
        """A result as JSON."""
        if judged is None:
            return None
        policy = judged.policy
        return cls(
            completed_at=judged.completed_at,
            match_threshold=policy.match_threshold if policy else None,
            review_threshold=policy.review_threshold if policy else None,
            model_version=judged.model_version,
            faces=[JudgementOut.of(face) for face in judged.faces],
        )


class HeldSightingOut(Out):
    """The person was recognized on a photo; `similarity` is null where a human saw a likeness and the service none."""

    kind: Literal["sighting"] = "sighting"
    photo_id: str
    seen_at: Instant
    n: int
    similarity: float | None
    reviewed: bool
    result: JudgedOut | None


class HeldMentionOut(Out):
    """The result of a photo concerns the person, without their having been recognized on it."""

    kind: Literal["mention"] = "mention"
    photo_id: str
    result: JudgedOut | None


class HeldAuditOut(AuditEntryOut):
    """Somebody learned of the person, or did something to them."""

    kind: Literal["audit"] = "audit"


HeldOut = Annotated[
    HeldConsentOut | HeldFaceOut | HeldPhotoOut | HeldSightingOut | HeldMentionOut | HeldAuditOut,
    Field(discriminator="kind"),
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
        case HeldSighting():
            return HeldSightingOut(**vars(held.sighting), result=JudgedOut.of(held.result))
        case HeldMention():
            return HeldMentionOut(photo_id=held.photo_id, result=JudgedOut.of(held.result))
        case _:
            return HeldAuditOut.model_validate(vars(AuditEntryOut.of(held)))
