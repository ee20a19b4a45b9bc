"""Recognition while the caller waits: the photo comes with the request, the result goes out with the answer.

The photo is recorded, kept, claimed, searched and committed like one that was uploaded, only by the caller's own
request, and it is not put off: whoever waits is told at once that a service is busy. Its record then stays without a
result, as it does if the request dies half-way. The same request sent again with its Idempotency-Key goes on from
there; without one it is another photo.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.access import Caller
from domain.errors import (
    FaceError,
    ImageTooLargeError,
    ImageTooSmallError,
    RequestInProgressError,
    ServiceBusyError,
    UnsupportedImageError,
)
from domain.photos import FacesWanted, Photo, Problem, Purpose, Result
from domain.processing import Arrival, Processor
from domain.uploads import PhotoRegister, require_kept
from domain.usage import MonthlyBudget

MAX_BYTES = 4 * 1024 * 1024  # in base 64, as API Gateway hands it over, it still fits into the 6 MB that Lambda takes
_ENDS: dict[str, type[FaceError]] = {
    kind.code: kind for kind in (ImageTooLargeError, ImageTooSmallError, UnsupportedImageError)
}


class PhotoStore(Protocol):
    """Where photos are kept that come with a request."""

    def keep(self, photo: Photo, content: bytes) -> str:
        """Put the photo where it triggers nothing, once; the version that it has there.

        Raises:
            ServiceBusyError: It may be kept or not; done again, it is.
        """


@dataclass(frozen=True)
class NotPutOff:
    """`domain.processing.Postponer` of somebody who waits for the answer."""

    def postpone(self, arrival: Arrival, *, delay: timedelta) -> None:  # noqa: ARG002 - the port's argument
        """Refuse.

        Raises:
            ServiceBusyError: A service is busy; the photo is free for the same request sent again.
            RequestInProgressError: Nobody was busy, so it is another request that has the photo: the same, sent before.
        """
        raise ServiceBusyError if arrival.attempt else RequestInProgressError


def recognize_now(
    caller: Caller,
    content: bytes,
    *,
    photo_id: str,
    content_type: str,
    faces_wanted: FacesWanted,
    check_image: Callable[[bytes], None],
    photos: PhotoRegister,
    store: PhotoStore,
    processor: Processor,
    budget: MonthlyBudget,
    now: datetime,
) -> None:
    """Recognize the people on a photo that `caller` sends, and bring it to its end; its result is read as any other's.

    Args:
        content: A JPEG or PNG, 80 px a side or more, at most 4 MiB.
        photo_id: The new photo's id; done again under the same one, an end that was reached stays as it is.
        check_image: Refuses what is certainly no image that can be searched, before anything is kept of it.
        processor: One that puts nothing off.

    Raises:
        ImageTooLargeError: Nothing was kept.
        UnsupportedImageError, ImageTooSmallError: By `check_image`; nothing was kept.
        BudgetSpentError: No new photo is taken this month.
        NotFoundError: The photo was deleted since the same request was sent before.
        RequestInProgressError: The same request, sent before, works on it.
        ServiceBusyError: A service is busy; the same request, sent again, brings the photo to its end.
    """
    if len(content) > MAX_BYTES:
        raise ImageTooLargeError(f"At most {MAX_BYTES // 1024**2} MiB can be recognized at once: ask for an upload")
    check_image(content)
    budget.require_left(now)
    photo = photos.add(
        Photo(photo_id, caller.sub, Purpose.RECOGNITION, content_type, now, faces_wanted=faces_wanted, immediate=True)
    )
    require_kept(photo)
    version = photo.version or store.keep(photo, content)
    processor.process(Arrival(photo.key, version, len(content), photo.uploaded_at or now))


def require_success(result: Result | None) -> None:
    """Check how a photo ended for whose result somebody waits.

    Raises:
        RequestInProgressError: It has not ended: the same request, sent before, still works on it.
        FaceError: It came to nothing, and this is why.
    """
    if result is None:
        raise RequestInProgressError
    if result.problem:
        raise _error_of(result.problem)


def _error_of(problem: Problem) -> FaceError:
    return _ENDS[problem.code](problem.detail)
