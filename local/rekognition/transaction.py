"""The writes of one call."""

import json
import sqlite3
import time
from typing import TYPE_CHECKING

from local.rekognition.index import CollectionIndex
from local.rekognition.model import Vector
from local.rekognition.records import (
    AMONG,
    FACE_QUERY,
    SOME_IN_COLLECTION,
    Collection,
    StoredFace,
    find_collection,
    stored_face,
    tags_of_collection,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN_SECONDS = 24 * 3600
"""A client request token is remembered this long. AWS does not say how long it does."""

_ADD_FACE = """INSERT INTO faces(
    collection, id, image, external, box_left, box_top, box_width, box_height, confidence, vector)
    VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


class Transaction:
    """Reads and writes that succeed or fail together. What they change in memory waits in `changes` for the commit."""

    def __init__(self, db: sqlite3.Connection, indexes: dict[int, CollectionIndex]) -> None:
        self._db = db
        self._indexes = indexes
        self.changes: list[Callable[[], object]] = []

    def collection(self, collection_id: str) -> Collection | None:
        """A collection by its id."""
        return find_collection(self._db, collection_id)

    def create_collection(self, collection_id: str, tags: dict[str, str]) -> None:
        """Create an empty collection."""
        values = (collection_id, time.time(), json.dumps(tags))
        added = self._db.execute("INSERT INTO collections(id, created, tags) VALUES(?, ?, ?)", values)
        seq = int(added.lastrowid or 0)
        self.changes.append(lambda: self._indexes.setdefault(seq, CollectionIndex()))

    def delete_collection(self, collection: Collection) -> None:
        """Delete a collection with its faces, users and tokens."""
        self._db.execute("DELETE FROM collections WHERE seq = ?", (collection.seq,))
        self.changes.append(lambda: self._indexes.pop(collection.seq))

    def tags(self, collection: Collection) -> dict[str, str]:
        """The tags of a collection."""
        return tags_of_collection(self._db, collection)

    def set_tags(self, collection: Collection, tags: dict[str, str]) -> None:
        """Replace the tags of a collection."""
        self._db.execute("UPDATE collections SET tags = ? WHERE seq = ?", (json.dumps(tags), collection.seq))

    def faces_of_image(self, collection: Collection, image: str, external: str | None) -> list[StoredFace]:
        """The faces that this image gave this collection under this external id."""
        query = FACE_QUERY + " WHERE f.collection = ? AND f.image = ? AND f.external IS ? ORDER BY f.seq"
        return [stored_face(row) for row in self._db.execute(query, (collection.seq, image, external))]

    def faces(self, collection: Collection, face_ids: list[str]) -> dict[str, StoredFace]:
        """The faces among `face_ids` that the collection has."""
        query = FACE_QUERY + SOME_IN_COLLECTION + AMONG
        rows = self._db.execute(query, (collection.seq, json.dumps(face_ids)))
        return {face.id: face for face in map(stored_face, rows)}

    def add_face(self, collection: Collection, face: StoredFace, vector: Vector) -> None:
        """Add a face that nobody has; the database gives it its seq."""
        box = (face.box.left, face.box.top, face.box.width, face.box.height)
        values = (collection.seq, face.id, face.image, face.external, *box, face.confidence, vector.tobytes())
        self._db.execute(_ADD_FACE, values)
        self.changes.append(lambda: self._indexes[collection.seq].put_face(face.id, vector))

    def delete_faces(self, collection: Collection, face_ids: list[str]) -> None:
        """Delete faces that no user has."""
        values = [(collection.seq, face_id) for face_id in face_ids]
        self._db.executemany("DELETE FROM faces WHERE collection = ? AND id = ?", values)
        self.changes.append(lambda: self._indexes[collection.seq].remove_faces(face_ids))

    def user(self, collection: Collection, user_id: str) -> int | None:
        """The seq of a user."""
        query = "SELECT seq FROM users WHERE collection = ? AND id = ?"
        row = self._db.execute(query, (collection.seq, user_id)).fetchone()
        return None if row is None else int(row[0])

    def create_user(self, collection: Collection, user_id: str) -> None:
        """Create a user without faces."""
        self._db.execute("INSERT INTO users(collection, id) VALUES(?, ?)", (collection.seq, user_id))

    def delete_user(self, collection: Collection, user_id: str) -> None:
        """Delete a user; the faces stay, and are nobody's."""
        self._db.execute("DELETE FROM users WHERE collection = ? AND id = ?", (collection.seq, user_id))
        self.changes.append(lambda: self._indexes[collection.seq].set_user(user_id, ()))

    def faces_of_user(self, user: int) -> list[str]:
        """The ids of a user's faces."""
        return [row[0] for row in self._db.execute("SELECT id FROM faces WHERE user = ? ORDER BY seq", (user,))]

    def set_owner(
        self, collection: Collection, user: int, user_id: str, face_ids: list[str], owner: int | None
    ) -> None:
        """Give faces to a user (`owner` is `user`) or take them away (None), and renew the user's vector."""
        values = [(owner, collection.seq, face_id) for face_id in face_ids]
        self._db.executemany("UPDATE faces SET user = ? WHERE collection = ? AND id = ?", values)
        faces = self.faces_of_user(user)
        self.changes.append(lambda: self._indexes[collection.seq].set_user(user_id, faces))

    def remembered(self, operation: str, token: str) -> tuple[bytes, str] | None:
        """The fingerprint of the request that first came with this token, and its answer."""
        self._db.execute("DELETE FROM tokens WHERE created < ?", (time.time() - TOKEN_SECONDS,))
        query = "SELECT request, answer FROM tokens WHERE operation = ? AND token = ?"
        row = self._db.execute(query, (operation, token)).fetchone()
        return None if row is None else (row[0], row[1])

    def remember(self, operation: str, token: str, collection: Collection, request: bytes, answer: str) -> None:
        """Keep what a request with a token was answered."""
        values = (operation, token, collection.seq, request, answer, time.time())
        self._db.execute("INSERT INTO tokens VALUES(?, ?, ?, ?, ?, ?)", values)
