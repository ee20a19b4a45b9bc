"""A client of the face recognition service.

Example:
    with FacesClient(api_url, token=sign_in(pool, email="me@example.com", password=...).access_token) as faces:
        recognition = faces.recognize(Path("photo.jpg").read_bytes())
        for face in recognition.faces:
            print(face.name, face.similarity, face.decision)
"""

from client.api import FacesClient
from client.errors import (
    ApiError,
    ClientError,
    DownloadRefusedError,
    NotFinishedError,
    SignInError,
    StorageRefusedError,
    UnexpectedAnswerError,
    UploadRefusedError,
)
from client.models.administration import (
    AuditEntry,
    Erasure,
    Finding,
    Health,
    Prices,
    PurposeUsage,
    Receipt,
    Remainder,
    Usage,
)
from client.models.export import (
    Held,
    HeldAudit,
    HeldConsent,
    HeldFace,
    HeldMention,
    HeldPhoto,
    HeldSighting,
    Judged,
    Judgement,
    JudgementReview,
)
from client.models.people import (
    Consent,
    ConsentEntry,
    Me,
    Person,
    StoredFace,
)
from client.models.photos import (
    Box,
    Candidate,
    ComparedFace,
    Face,
    Guidance,
    PhotoLink,
    Problem,
    Recognition,
    RegisteredFace,
    Registration,
    Review,
    Upload,
    Verification,
)
from client.models.sightings import Attendance, Visit
from client.photos import content_type_of
from client.sessions import Session, UserPool, sign_in
from client.transport import Polling, Retries

__all__ = [
    "ApiError",
    "Attendance",
    "AuditEntry",
    "Box",
    "Candidate",
    "ClientError",
    "ComparedFace",
    "Consent",
    "ConsentEntry",
    "DownloadRefusedError",
    "Erasure",
    "Face",
    "FacesClient",
    "Finding",
    "Guidance",
    "Health",
    "Held",
    "HeldAudit",
    "HeldConsent",
    "HeldFace",
    "HeldMention",
    "HeldPhoto",
    "HeldSighting",
    "Judged",
    "Judgement",
    "JudgementReview",
    "Me",
    "NotFinishedError",
    "Person",
    "PhotoLink",
    "Polling",
    "Prices",
    "Problem",
    "PurposeUsage",
    "Receipt",
    "Recognition",
    "RegisteredFace",
    "Registration",
    "Remainder",
    "Retries",
    "Review",
    "Session",
    "SignInError",
    "StorageRefusedError",
    "StoredFace",
    "UnexpectedAnswerError",
    "Upload",
    "UploadRefusedError",
    "Usage",
    "UserPool",
    "Verification",
    "Visit",
    "content_type_of",
    "sign_in",
]
