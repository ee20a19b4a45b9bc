"""The failures that the service answers with: one class a code, HTTP 400 unless the class says otherwise."""


class ServiceError(Exception):
    """An expected failure. `code` is the name that the SDKs raise it under."""

    code = "InternalServerError"
    status = 400

    @property
    def message(self) -> str:
        """What the caller reads."""
        return str(self)


class InternalError(ServiceError):
    """A bug or a full disk; the SDKs retry it."""

    status = 500


class AccessDeniedError(ServiceError):
    """The caller is a web page."""

    code = "AccessDeniedException"


class ConflictError(ServiceError):
    """The user exists already."""

    code = "ConflictException"


class IdempotencyError(ServiceError):
    """A client request token came again with other parameters."""

    code = "IdempotentParameterMismatchException"


class ImageFormatError(ServiceError):
    """Neither a JPEG nor a PNG, or a damaged one."""

    code = "InvalidImageFormatException"


class ImageTooLargeError(ServiceError):
    """More bytes or pixels than an image may have."""

    code = "ImageTooLargeException"


class PageTokenError(ServiceError):
    """Not a page token of this list."""

    code = "InvalidPaginationTokenException"


class ParameterError(ServiceError):
    """Well-formed, but not acceptable."""

    code = "InvalidParameterException"


class QuotaError(ServiceError):
    """A user or a collection is full."""

    code = "ServiceQuotaExceededException"


class ResourceExistsError(ServiceError):
    """The collection exists already."""

    code = "ResourceAlreadyExistsException"


class ResourceNotFoundError(ServiceError):
    """No such collection or user."""

    code = "ResourceNotFoundException"


class S3ObjectError(ServiceError):
    """The object is not there, or may not be read."""

    code = "InvalidS3ObjectException"

    def __init__(self) -> None:
        super().__init__("Unable to get object metadata from S3. Check object key, region and/or access permissions.")


class SerializationError(ServiceError):
    """The body is no JSON, or a value has the wrong JSON type. Common to AWS's JSON services."""

    code = "SerializationException"


class UnknownOperationError(ServiceError):
    """No Rekognition operation has this name. Common to AWS's JSON services."""

    code = "UnknownOperationException"


class ValidationError(ServiceError):
    """A value breaks a constraint of the service model. Common to AWS's JSON services."""

    code = "ValidationException"
