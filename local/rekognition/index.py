"""The vectors of every collection in memory, changed by each write and never rebuilt.

A user's vector is the mean of the unit vectors of the user's faces, made one long. Taking the best of the faces instead
would raise the false matches with every face that a user has; the mean lowers them.
"""

import threading
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from local.rekognition.calibration import least_cosine, similarity
from local.rekognition.model import DIMENSION, Vector


class VectorTable:
    """Unit vectors by key in one matrix that grows by doubling; a removed row is filled with the last one."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._rows: dict[str, int] = {}
        self._matrix: npt.NDArray[np.float32] = np.empty((16, DIMENSION), np.float32)

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, key: str) -> Vector | None:
        """A copy of the vector of `key`."""
        row = self._rows.get(key)
        return None if row is None else self._matrix[row].copy()

    def put(self, key: str, vector: Vector) -> None:
        """Add or replace one vector."""
        row = self._rows.get(key)
        if row is None:
            row = len(self._keys)
            if row == len(self._matrix):
                grown = np.empty((2 * row, DIMENSION), np.float32)
                grown[:row] = self._matrix
                self._matrix = grown
            self._keys.append(key)
            self._rows[key] = row
        self._matrix[row] = vector

    def remove(self, key: str) -> None:
        """Remove one vector, if it is there."""
        row = self._rows.pop(key, None)
        if row is None:
            return
        last = self._keys.pop()
        if last != key:
            self._keys[row] = last
            self._rows[last] = row
            self._matrix[row] = self._matrix[len(self._keys)]

    def search(self, vector: Vector, threshold: float, limit: int) -> list[tuple[str, float]]:
        """The `limit` most similar keys at or above `threshold` percent: (key, similarity), best first."""
        cosines = self._matrix[: len(self._keys)] @ vector
        rows = np.flatnonzero(cosines >= least_cosine(threshold))
        if len(rows) > limit:
            rows = rows[np.argpartition(-cosines[rows], limit - 1)[:limit]]
        best = [(self._keys[row], similarity(float(cosines[row]))) for row in rows[np.argsort(-cosines[rows])]]
        return [(key, percent) for key, percent in best if percent >= threshold]


class CollectionIndex:
    """The faces and users of one collection. Its lock is held for a search or a change, never during detection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faces = VectorTable()
        self._users = VectorTable()

    def put_face(self, face_id: str, vector: Vector) -> None:
        """Add a face."""
        with self._lock:
            self._faces.put(face_id, vector)

    def remove_faces(self, face_ids: Iterable[str]) -> None:
        """Remove faces."""
        with self._lock:
            for face_id in face_ids:
                self._faces.remove(face_id)

    def set_user(self, user_id: str, face_ids: Iterable[str]) -> None:
        """Say which faces a user has from now on; with none the user cannot be found."""
        with self._lock:
            vectors = [vector for face_id in face_ids if (vector := self._faces.get(face_id)) is not None]
            if vectors:
                self._users.put(user_id, unit_mean(vectors))
            else:
                self._users.remove(user_id)

    def face(self, face_id: str) -> Vector | None:
        """The vector of a face."""
        with self._lock:
            return self._faces.get(face_id)

    def user(self, user_id: str) -> Vector | None:
        """The vector of a user who has faces."""
        with self._lock:
            return self._users.get(user_id)

    def search_faces(self, vector: Vector, threshold: float, limit: int) -> list[tuple[str, float]]:
        """Face ids and similarity in percent, best first."""
        with self._lock:
            return self._faces.search(vector, threshold, limit)

    def search_users(self, vector: Vector, threshold: float, limit: int) -> list[tuple[str, float]]:
        """User ids and similarity in percent, best first."""
        with self._lock:
            return self._users.search(vector, threshold, limit)


def unit_mean(vectors: list[Vector]) -> Vector:
    """The mean, made one long. The sum is taken in double precision, so that the order does not matter."""
    mean = np.mean(np.asarray(vectors, np.float64), axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
