"""Asking for an upload: the record comes first, then the permission to upload to its key and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import Caller
from domain.errors import NotFoundError
from domain.people import People, read_person, require_comparable, require_registrable
from domain.photos import UPLOAD_WITHIN, FacesWanted, Photo, Purpose, Status
from domain.usage import MonthlyBudget


@dataclass(frozen=True)
class Upload:
    """A permission to send one file: POST `fields` as a form to `url`, then the file as the last field, `file`."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime


class UploadSigner(Protocol):
    """Signs permissions to upload."""

    def sign(self, photo: Photo, *, expires_at: datetime) -> Upload:
        """Allow one exact key and content type and 1 byte to 15 MiB, until `expires_at`."""


class PhotoRegister(Protocol):
    """Where the records of photos are made."""

    def add(self, photo: Photo) -> Photo:
        """Keep the record of a photo that is yet to be uploaded; the one that is there, if there is one by this id."""


def request_recognition(
    caller: Caller,
    *,
    photo_id: str,
    content_type: str,
    faces_wanted: FacesWanted,
    photos: PhotoRegister,
    signer: UploadSigner,
    budget: MonthlyBudget,
    now: datetime,
) -> tuple[Photo, Upload | None]:
    """Let `caller` upload a photo on which people are to be recognized.

    Args:
        photo_id: The new photo's id; done again under the same one, the upload is signed anew while it is awaited.

    Raises:
        BudgetSpentError: No new photo is taken this month.
    """
    photo = Photo(photo_id, caller.sub, Purpose.RECOGNITION, content_type, now, faces_wanted=faces_wanted)
    return _accept(photo, photos=photos, signer=signer, budget=budget, now=now)


def request_photo_of_person(
    caller: Caller,
    purpose: Purpose,
    *,
    photo_id: str,
    person_id: str,
    content_type: str,
    people: People,
    photos: PhotoRegister,
    signer: UploadSigner,
    budget: MonthlyBudget,
    now: datetime,
) -> tuple[Photo, Upload | None]:
    """Let `caller` upload a photo that adds a face to a person, or one that is said to show them.

    Args:
        purpose: `REGISTRATION` or `VERIFICATION`.
        photo_id: As in `request_recognition`.

    Raises:
        NotFoundError: There is no such person, or the caller may not see them.
        PersonErasingError: The person is being erased.
        PersonPendingError: They are not approved yet, so no photo can show them.
        ConsentMissingError: The person's consent does not hold now.
        TooManyFacesError: The person has as many faces as a person may have.
        BudgetSpentError: No new photo is taken this month.
    """
    person = read_person(caller, person_id, people=people)
    require = require_registrable if purpose is Purpose.REGISTRATION else require_comparable
    require(person, now)
    photo = Photo(photo_id, caller.sub, purpose, content_type, now, person_id=person.id)
    return _accept(photo, photos=photos, signer=signer, budget=budget, now=now)


def require_kept(photo: Photo) -> None:
    """Check that a photo whose request was sent again has not been deleted since.

    Raises:
        NotFoundError: It has.
    """
    if photo.status is Status.DELETED:
        raise NotFoundError


def _accept(
    photo: Photo, *, photos: PhotoRegister, signer: UploadSigner, budget: MonthlyBudget, now: datetime
) -> tuple[Photo, Upload | None]:
    budget.require_left(now)
    kept = photos.add(photo)
    require_kept(kept)
    awaited = kept.status_at(now) is Status.AWAITING_UPLOAD
    return kept, signer.sign(kept, expires_at=now + UPLOAD_WITHIN) if awaited else None
