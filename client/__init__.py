"""A client of the face recognition service.

Example:
    with FacesClient(api_url, token=sign_in(pool, email="me@example.com", password=...).access_token) as faces:
        recognition = faces.recognize(Path("photo.jpg").read_bytes())
        for face in recognition.faces:
            print(face.name, face.similarity, face.decision)
"""

from client.api import FacesClient, Polling
from client.errors import ApiError, ClientError, NotFinishedError, SignInError, UploadRefusedError
from client.models import (
    Box,
    Candidate,
    Consent,
    Face,
    Person,
    Recognition,
    RegisteredFace,
    Registration,
    Upload,
    Verification,
)
from client.sessions import Session, UserPool, sign_in

__all__ = [
    "ApiError",
    "Box",
    "Candidate",
    "ClientError",
    "Consent",
    "Face",
    "FacesClient",
    "NotFinishedError",
    "Person",
    "Polling",
    "Recognition",
    "RegisteredFace",
    "Registration",
    "Session",
    "SignInError",
    "Upload",
    "UploadRefusedError",
    "UserPool",
    "Verification",
    "sign_in",
]
