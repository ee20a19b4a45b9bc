"""Rekognition in memory, call by call, for tests that run the handlers thousands of times.

The faces on a photo are what its bytes end in: ``faces: ada, bob``, largest first. The tests of the local endpoint and
the end-to-end tests have the real face model; here only what is stored for whom counts.
"""

import base64
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MARK = b"faces:"
MODEL = "7.0"
ONLY_ONCE = {"CreateUser", "AssociateFaces", "DisassociateFaces", "DeleteUser"}  # under one client request token

Answer = dict[str, Any]


def picture(*names: str, beginning: bytes = b"") -> bytes:
    """A photo of these people."""
    return beginning + MARK + ", ".join(names).encode()


class RefusedError(Exception):
    """What Rekognition answers with an error; the message is its code."""


@dataclass
class Face:
    """A stored face: who is on it, which photo it came from, and whose it is."""

    shows: str
    photo: str
    owner: str | None = None


@dataclass
class FakeRekognition:
    """One collection. `read` gives the bytes of an S3 object."""

    read: Callable[[Mapping[str, str]], bytes]
    users: set[str] = field(default_factory=set)
    faces: dict[str, Face] = field(default_factory=dict)
    tokens: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def answer(self, operation: str, request: Answer) -> Answer:
        """Carry out one call.

        Raises:
            RefusedError: Rekognition would refuse it.
        """
        token = request.get("ClientRequestToken", "")
        if operation in ONLY_ONCE and (operation, token) in self.tokens:
            return self.tokens[operation, token]
        done: Answer = getattr(self, f"_{operation}")(request)
        if operation in ONLY_ONCE:
            self.tokens[operation, token] = done
        return done

    def _SearchUsersByImage(self, request: Answer) -> Answer:  # noqa: N802 - the operation's name
        shown = self._shown(request["Image"])
        owners = {face.owner for face in self.faces.values() if shown and face.shows == shown[0] and face.owner}
        others = [{"FaceDetails": _detail(n), "Reasons": ["FACE_NOT_LARGEST"]} for n in range(1, len(shown))]
        return {
            "UserMatches": [{"Similarity": 99.5, "User": {"UserId": owner}} for owner in sorted(owners)],
            "UnsearchedFaces": others,
            "FaceModelVersion": MODEL,
            **({"SearchedFace": {"FaceDetail": _detail(0)}} if shown else {}),
        }

    def _CreateUser(self, request: Answer) -> Answer:  # noqa: N802
        if request["UserId"] in self.users:
            raise RefusedError("ConflictException")
        self.users.add(request["UserId"])
        return {}

    def _IndexFaces(self, request: Answer) -> Answer:  # noqa: N802
        shown, photo = self._shown(request["Image"]), request["ExternalImageId"]
        if not shown:
            return {"FaceRecords": [], "UnindexedFaces": [], "FaceModelVersion": MODEL}
        known = [face_id for face_id, face in self.faces.items() if face.photo == photo]
        face_id = known[0] if known else str(uuid.uuid4())
        self.faces.setdefault(face_id, Face(shown[0], photo))
        record = {"Face": {"FaceId": face_id, "ExternalImageId": photo}, "FaceDetail": _detail(0)}
        return {"FaceRecords": [record], "UnindexedFaces": [], "FaceModelVersion": MODEL}

    def _AssociateFaces(self, request: Answer) -> Answer:  # noqa: N802
        self._require_user(request)
        [face_id] = request["FaceIds"]
        face = self.faces.get(face_id)
        if face is None or face.owner not in {None, request["UserId"]}:
            reason = "FACE_NOT_FOUND" if face is None else "ASSOCIATED_TO_A_DIFFERENT_USER"
            failed = [{"FaceId": face_id, "Reasons": [reason]}]
            return {"AssociatedFaces": [], "UnsuccessfulFaceAssociations": failed, "UserStatus": "ACTIVE"}
        face.owner = request["UserId"]
        return {
            "AssociatedFaces": [{"FaceId": face_id}],
            "UnsuccessfulFaceAssociations": [],
            "UserStatus": "ACTIVE",
        }

    def _DisassociateFaces(self, request: Answer) -> Answer:  # noqa: N802
        self._require_user(request)
        for face_id in request["FaceIds"]:
            if face_id in self.faces and self.faces[face_id].owner == request["UserId"]:
                self.faces[face_id].owner = None
        return {"UserStatus": "ACTIVE"}

    def _DeleteFaces(self, request: Answer) -> Answer:  # noqa: N802
        deleted, failed = [], []
        for face_id in request["FaceIds"]:
            face = self.faces.get(face_id)
            if face is None:
                failed.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
            elif face.owner:
                failed.append({"FaceId": face_id, "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]})
            else:
                deleted.append(face_id)
                del self.faces[face_id]
        return {"DeletedFaces": deleted, "UnsuccessfulFaceDeletions": failed}

    def _DeleteUser(self, request: Answer) -> Answer:  # noqa: N802
        self._require_user(request)
        self.users.discard(request["UserId"])
        for face in self.faces.values():
            if face.owner == request["UserId"]:
                face.owner = None
        return {}

    def _ListFaces(self, request: Answer) -> Answer:  # noqa: N802
        if "UserId" in request:
            self._require_user(request)
        wanted = request.get("FaceIds") or list(self.faces)
        found = [
            {"FaceId": face_id, "ExternalImageId": face.photo, **({"UserId": face.owner} if face.owner else {})}
            for face_id, face in self.faces.items()
            if face_id in wanted and request.get("UserId") in {None, face.owner}
        ]
        return {"Faces": found, "FaceModelVersion": MODEL}

    def _ListUsers(self, request: Answer) -> Answer:  # noqa: N802
        return {"Users": [{"UserId": user, "UserStatus": "ACTIVE"} for user in sorted(self.users)]}

    def _shown(self, image: Answer) -> list[str]:
        content = base64.b64decode(image["Bytes"]) if "Bytes" in image else self.read(image["S3Object"])
        _, mark, names = content.rpartition(MARK)
        return [name.strip() for name in names.decode().split(",") if name.strip()] if mark else []

    def _require_user(self, request: Answer) -> None:
        if request["UserId"] not in self.users:
            raise RefusedError("ResourceNotFoundException")


def _detail(place: int) -> Answer:
    """Where a face is: next to each other, each smaller than the one before."""
    size = 0.2 * 0.9**place
    return {"BoundingBox": {"Left": 0.25 * place, "Top": 0.1, "Width": size, "Height": size}, "Confidence": 99.0}
