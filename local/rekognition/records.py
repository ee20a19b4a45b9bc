"""Rows of the database, as the operations see them."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from local.rekognition.boxes import Box
from local.rekognition.weights import VERSION

FACE_QUERY = """SELECT f.seq, f.id, f.image, f.external, f.box_left, f.box_top, f.box_width, f.box_height, f.confidence,
                       u.id AS user
                FROM faces f LEFT JOIN users u ON u.seq = f.user"""
"""Selects what `stored_face` reads."""
SOME_IN_COLLECTION = " WHERE +f.collection = ?"
"""Narrows FACE_QUERY to a collection, where another condition leaves few faces of it.

By the plus sqlite looks these up; without it, it walks through all faces of the collection.
"""
AMONG = " AND f.id IN (SELECT value FROM json_each(?))"
"""Narrows FACE_QUERY to a JSON list of face ids."""


@dataclass(frozen=True)
class Collection:
    """A collection. `seq` is its place in the order of creation, `created` seconds since 1970."""

    seq: int
    id: str
    created: float


@dataclass(frozen=True)
class StoredFace:
    """A face without its vector: the image and external image id it came with, confidence in percent, its user."""

    seq: int
    id: str
    image: str
    external: str | None
    box: Box
    confidence: float
    user: str | None = None

    def shape(self) -> dict[str, Any]:
        """`Face` of the service model, as lists, searches and IndexFaces give it."""
        shape: dict[str, Any] = {
            "FaceId": self.id,
            "BoundingBox": self.box.shape(),
            "ImageId": self.image,
            "Confidence": self.confidence,
            "IndexFacesModelVersion": VERSION,
        }
        if self.external is not None:
            shape["ExternalImageId"] = self.external
        if self.user is not None:
            shape["UserId"] = self.user
        return shape


def find_collection(db: sqlite3.Connection, collection_id: str) -> Collection | None:
    """A collection by its id."""
    row = db.execute("SELECT seq, id, created FROM collections WHERE id = ?", (collection_id,)).fetchone()
    return None if row is None else Collection(*row)


def tags_of_collection(db: sqlite3.Connection, collection: Collection) -> dict[str, str]:
    """The tags of a collection; none of one that was deleted meanwhile."""
    row = db.execute("SELECT tags FROM collections WHERE seq = ?", (collection.seq,)).fetchone()
    tags: dict[str, str] = {} if row is None else json.loads(row[0])
    return tags


def stored_face(row: Any) -> StoredFace:
    """A row of FACE_QUERY."""
    seq, face_id, image, external, left, top, width, height, confidence, user = row
    return StoredFace(seq, face_id, image, external, Box(left, top, width, height), confidence, user)
