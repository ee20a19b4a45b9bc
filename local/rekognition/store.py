"""Collections, users and faces on disk (sqlite), and their vectors in memory, always the same.

One writer at a time: the rows are committed first, then the index is told, then the caller is answered. Readers have
connections of their own and wait for nobody. A commit is on the disk when it is acknowledged (WAL, synchronous FULL),
so neither a killed process nor a power cut takes back what a caller was told.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import numpy as np

from local.rekognition.index import CollectionIndex
from local.rekognition.model import DIMENSION
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
from local.rekognition.transaction import Transaction

SCHEMA_VERSION = 1
# seq is the order of creation and what page tokens name. Deleting a collection deletes all that is in it.
_SCHEMA = """
CREATE TABLE secret(key BLOB NOT NULL);
INSERT INTO secret VALUES(randomblob(32));  -- seeded by the operating system
CREATE TABLE collections(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created REAL NOT NULL, tags TEXT NOT NULL);
CREATE TABLE users(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    id TEXT NOT NULL,
    UNIQUE(collection, id));
CREATE TABLE faces(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    id TEXT NOT NULL UNIQUE,
    image TEXT NOT NULL,
    external TEXT,
    box_left REAL NOT NULL, box_top REAL NOT NULL, box_width REAL NOT NULL, box_height REAL NOT NULL,
    confidence REAL NOT NULL,
    vector BLOB NOT NULL,
    user INTEGER REFERENCES users ON DELETE SET NULL);
CREATE INDEX faces_of_collection ON faces(collection);
CREATE INDEX faces_of_image ON faces(collection, image);
CREATE INDEX faces_of_user ON faces(user);
CREATE TABLE tokens(
    operation TEXT NOT NULL, token TEXT NOT NULL,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    request BLOB NOT NULL, answer TEXT NOT NULL, created REAL NOT NULL,
    PRIMARY KEY(operation, token));
CREATE INDEX tokens_by_age ON tokens(created);
CREATE INDEX tokens_of_collection ON tokens(collection);
"""


class StoreError(Exception):
    """The data folder cannot be used."""


class Store:
    """The whole state of the endpoint. Safe for use from many threads of one process, and of one process only."""

    def __init__(self, path: Path) -> None:
        """Open or create the file `path`, and load the vectors that are in it.

        Raises:
            StoreError: The file is no database, or one of another version.
        """
        self._path = path
        self._lock = threading.Lock()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        try:
            self._writer = self._connect()
            self.page_key = self._prepare()
            self._indexes = load_indexes(self._writer)
        except (StoreError, sqlite3.DatabaseError) as error:
            self.close()
            raise StoreError(f"{path} cannot be used: {error}") from None

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")
        self._connections.append(connection)
        return connection

    def _prepare(self) -> bytes:
        """Create the tables in a new file; return the key that seals page tokens."""
        version = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            # All at once, or a process that ends in between leaves a file that no later one can use.
            self._writer.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")
        elif version != SCHEMA_VERSION:
            raise StoreError("it was written by another version of this endpoint")
        return cast(bytes, self._writer.execute("SELECT key FROM secret").fetchone()[0])

    @property
    def _reader(self) -> sqlite3.Connection:
        """This thread's own connection."""
        if not hasattr(self._local, "connection"):
            self._local.connection = self._connect()
        return cast(sqlite3.Connection, self._local.connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """All or nothing, on disk and in memory, one caller at a time."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            transaction = Transaction(self._writer, self._indexes)
            try:
                yield transaction
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:  # a full disk has ended it already
                    self._writer.execute("ROLLBACK")
                raise
            for change in transaction.changes:
                change()

    def index(self, collection: Collection) -> CollectionIndex:
        """The vectors of a collection; none for one that was deleted meanwhile."""
        return self._indexes.get(collection.seq) or CollectionIndex()

    def collection(self, collection_id: str) -> Collection | None:
        """A collection by its id."""
        return find_collection(self._reader, collection_id)

    def collections(self, after: int, limit: int) -> list[Collection]:
        """Collections in the order of creation, those whose seq is above `after`."""
        query = "SELECT seq, id, created FROM collections WHERE seq > ? ORDER BY seq LIMIT ?"
        return [Collection(*row) for row in self._reader.execute(query, (after, limit))]

    def tags(self, collection: Collection) -> dict[str, str]:
        """The tags of a collection."""
        return tags_of_collection(self._reader, collection)

    def counts(self, collection: Collection) -> tuple[int, int]:
        """How many faces and users a collection has, at one moment."""
        faces, users = self._reader.execute(
            "SELECT (SELECT count(*) FROM faces WHERE collection = ?1),"
            " (SELECT count(*) FROM users WHERE collection = ?1)",
            (collection.seq,),
        ).fetchone()
        return faces, users

    def faces(
        self,
        collection: Collection,
        *,
        after: int = 0,
        limit: int = -1,
        user_id: str | None = None,
        face_ids: list[str] | None = None,
    ) -> list[StoredFace]:
        """Faces in the order in which they were indexed, those whose seq is above `after`; the filters narrow them."""
        narrowed = user_id is not None or face_ids is not None
        query = FACE_QUERY + (SOME_IN_COLLECTION if narrowed else " WHERE f.collection = ?") + " AND f.seq > ?"
        values: list[int | str] = [collection.seq, after]
        if user_id is not None:
            query += " AND f.user = (SELECT seq FROM users WHERE collection = ? AND id = ?)"
            values += [collection.seq, user_id]
        if face_ids is not None:
            query += AMONG
            values.append(json.dumps(face_ids))
        rows = self._reader.execute(query + " ORDER BY f.seq LIMIT ?", (*values, limit))
        return [stored_face(row) for row in rows]

    def user_exists(self, collection: Collection, user_id: str) -> bool:
        """Whether the user was created and not deleted."""
        query = "SELECT 1 FROM users WHERE collection = ? AND id = ?"
        return self._reader.execute(query, (collection.seq, user_id)).fetchone() is not None

    def users(self, collection: Collection, after: int, limit: int) -> list[tuple[int, str, bool]]:
        """Users in the order of creation, those whose seq is above `after`: (seq, id, has faces)."""
        rows = self._reader.execute(
            "SELECT seq, id, EXISTS(SELECT 1 FROM faces WHERE user = users.seq) FROM users "
            "WHERE collection = ? AND seq > ? ORDER BY seq LIMIT ?",
            (collection.seq, after, limit),
        )
        return [(seq, user_id, bool(has_faces)) for seq, user_id, has_faces in rows]

    def close(self) -> None:
        """Close the file; no other thread may still use the store."""
        for connection in self._connections:
            connection.close()


def load_indexes(db: sqlite3.Connection) -> dict[int, CollectionIndex]:
    """Read every vector into memory: done once, at the start."""
    indexes = {seq: CollectionIndex() for (seq,) in db.execute("SELECT seq FROM collections")}
    owned: dict[tuple[int, str], list[str]] = {}
    rows = db.execute(
        "SELECT f.collection, f.id, f.vector, u.id FROM faces f LEFT JOIN users u ON u.seq = f.user ORDER BY f.seq"
    )
    for collection, face_id, vector, user_id in rows:
        indexes[collection].put_face(face_id, np.frombuffer(vector, np.float32, DIMENSION))
        if user_id is not None:
            owned.setdefault((collection, user_id), []).append(face_id)
    for (collection, user_id), face_ids in owned.items():
        indexes[collection].set_user(user_id, face_ids)
    return indexes
