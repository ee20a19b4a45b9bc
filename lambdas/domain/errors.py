"""Every failure that the service expects, each with a public code that never changes.

What becomes of an error is decided at the edge: the API turns it into an HTTP status, the photo processor into the
outcome of a photo. Whatever is not a `FaceError` is a bug or an outage, and is left to the runtime to report.
"""

from collections.abc import Sequence
from typing import ClassVar


class FaceError(Exception):
    """Base of every expected failure.

    Attributes:
        code: Stable name of the failure, part of the public API.
        title: What it means, in a few words; the same for every occurrence.
        retryable: Whether the very same call may succeed later.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class RetryableError(FaceError):
    """Base of the failures after which the very same call may succeed.

    Attributes:
        retry_after: Seconds to wait before that.
    """

    code = "retryable"
    title = "Try again later"
    retryable = True

    def __init__(self, detail: str = "", *, retry_after: int = 2) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


# -- the request ------------------------------------------------------------------------------------------------


class MalformedRequestError(FaceError):
    """The request cannot be read at all."""

    code = "malformed_request"
    title = "The request cannot be read"


class UnsupportedMediaTypeError(FaceError):
    """The body comes as something else than JSON."""

    code = "unsupported_media_type"
    title = "The body has to be JSON"


class InvalidRequestError(FaceError):
    """The request can be read, but a field holds something that it may not hold."""

    code = "invalid_request"
    title = "A field of the request is not valid"


class InvalidCursorError(FaceError):
    """A page cursor that was tampered with, or that belongs to another caller or another query."""

    code = "invalid_cursor"
    title = "The cursor is not valid for this list"


class UnknownTimeZoneError(FaceError):
    """A time zone that the IANA's database does not name."""

    code = "unknown_time_zone"
    title = "There is no such time zone; name one as Europe/Berlin"


class NotAcceptableError(FaceError):
    """The request accepts none of the content types that there are."""

    code = "not_acceptable"
    title = "The answer cannot be given in a content type that you accept"


class IdempotencyKeyReusedError(FaceError):
    """The Idempotency-Key came with another body before."""

    code = "idempotency_key_reused"
    title = "The Idempotency-Key belongs to another request"


class RequestInProgressError(RetryableError):
    """The same request, with the same Idempotency-Key, is being worked on."""

    code = "request_in_progress"
    title = "The same request is being worked on"


class RateLimitedError(RetryableError):
    """The user has sent too many requests that make something."""

    code = "rate_limited"
    title = "Too many requests"


class AccessTokenRequiredError(FaceError):
    """The bearer token is genuine but no access token, an ID token for example."""

    code = "access_token_required"
    title = "An access token is required"


class ForbiddenError(FaceError):
    """The caller's roles do not allow this."""

    code = "forbidden"
    title = "Your roles do not allow this"


class NotFoundError(FaceError):
    """There is no such thing, or it is not the caller's: the answer is the same, so that ids cannot be probed."""

    code = "not_found"
    title = "There is no such resource"


class PreconditionRequiredError(FaceError):
    """A change without ``If-Match``: it could undo what somebody else has changed meanwhile."""

    code = "precondition_required"
    title = "Say by If-Match which version you have read"


class StaleError(FaceError):
    """Somebody else has changed it since the caller read it; reading it again tells how it is now."""

    code = "precondition_failed"
    title = "It was changed since you read it"


class BudgetSpentError(RetryableError):
    """This month's calls to Rekognition cost as much as they may, so no new photo is taken until the next."""

    code = "budget_spent"
    title = "This month's budget is spent"


# -- people -----------------------------------------------------------------------------------------------------


class ExternalRefTakenError(FaceError):
    """Another person carries this external reference already."""

    code = "external_ref_taken"
    title = "Another person has this external reference"


class AlreadyRegisteredError(FaceError):
    """The user has registered themself before; somebody is one person."""

    code = "already_registered"
    title = "You have registered yourself before"


class ServiceBusyError(RetryableError):
    """A service that this one depends on throttles or fails for the moment; the same call may succeed later."""

    code = "service_busy"
    title = "The service is busy"


class AuditUnavailableError(ServiceBusyError):
    """It cannot be recorded just now who learns of whom, so nobody may learn it."""

    code = "audit_unavailable"
    title = "The audit cannot be written, so nothing is told about anybody"


# -- a photo: these end it as rejected, or refuse it before it is uploaded ------------------------------------------


class PhotoRejectedError(FaceError):
    """Base of what is wrong with a photo for good; sending the same photo again cannot help.

    Attributes:
        reasons: Rekognition's own reasons where it gave any, such as ``LOW_SHARPNESS``.
    """

    code = "photo_rejected"
    title = "The photo cannot be used"

    def __init__(self, detail: str = "", *, reasons: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.reasons = tuple(reasons)


class ConsentMissingError(PhotoRejectedError):
    """The person has given no consent that is valid now, so no face of theirs may be stored or compared."""

    code = "consent_missing"
    title = "The person's consent is missing or no longer valid"


class PersonErasingError(PhotoRejectedError):
    """The person is being erased; nothing may be added any more."""

    code = "person_erasing"
    title = "The person is being erased"


class PersonPendingError(PhotoRejectedError):
    """The person has registered themself, and no operator has approved it yet."""

    code = "person_pending"
    title = "The person is not approved yet"


class UnsupportedImageError(PhotoRejectedError):
    """Not a JPEG or PNG that can be decoded."""

    code = "unsupported_image"
    title = "Only JPEG and PNG images are supported"


class ImageTooLargeError(PhotoRejectedError):
    """The file is larger than the service reads."""

    code = "image_too_large"
    title = "The image is too large"


class ImageTooSmallError(PhotoRejectedError):
    """The image has a side shorter than 80 pixels."""

    code = "image_too_small"
    title = "The image is too small"


class NoFaceError(PhotoRejectedError):
    """A photo without a face that has to have one."""

    code = "no_face"
    title = "There is no face on the photo"


class MultipleFacesError(PhotoRejectedError):
    """A registration photo with more than one face: it would not be certain whose face is stored."""

    code = "multiple_faces"
    title = "There is more than one face on the photo"


class LowQualityError(PhotoRejectedError):
    """A face that is too small, dark, blurred or turned away to be stored or compared; `reasons` say which."""

    code = "low_quality"
    title = "The face on the photo is not clear enough"


class DuplicatePersonError(PhotoRejectedError):
    """The face is already registered as somebody else."""

    code = "duplicate_person"
    title = "The face is already registered as another person"


class NotAcceptedError(PhotoRejectedError):
    """What somebody without a role learns in the place of `DuplicatePersonError`: not that the face is known."""

    code = "not_accepted"
    title = "The photo is not accepted; please ask an operator"


class FaceMismatchError(PhotoRejectedError):
    """The face does not look like the person's other faces."""

    code = "face_mismatch"
    title = "The face does not match the person's other faces"


class TooManyFacesError(PhotoRejectedError):
    """The person has as many faces as a person may have."""

    code = "too_many_faces"
    title = "The person has the largest number of faces already"
