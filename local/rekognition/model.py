"""The two networks: YuNet finds faces, SFace turns each into a unit vector of 128 numbers."""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from local.rekognition.alignment import CROP, UPRIGHT, upright_view
from local.rekognition.boxes import Box
from local.rekognition.images import VIEWS, Photo, Pixels
from local.rekognition.sighting import Points, Sighting, roll
from local.rekognition.weights import Weights

Vector = npt.NDArray[np.float32]
"""DIMENSION numbers of length one."""
DIMENSION = 128
LEAST_SCORE = 0.8
"""Real faces score .82 to .95 and false ones up to .74."""
FAST_SIDE, FINE_SIDE = VIEWS
"""Pixels of the longer side in the first look, and in the second one that is taken where faces are small or none is.

A look finds every face that is 16 pixels wide in it: a fortieth of the longer side, an eightieth in the second.
"""
MOST_FACES = 100
"""Rekognition reports the hundred largest faces of an image."""
SMALL_FACE = 48
"""A face narrower than this in the first look, in pixels, may have company that is smaller still."""
LEVEL = 5.0
"""Degrees of roll up to which a face counts as upright in a view that was turned for it.

YuNet's landmarks lag behind the tilt of a face, the more so the smaller it is: a face 90 pixels wide that leans by 20
degrees is level by them. So every face is looked at again, large and turned. Of the cosine with the same face upright
this keeps .93 or more at any tilt up to 45 degrees; the first look alone keeps .14 at worst.
"""
_TURNS = 3  # looks at a tilted face, each nearer to its real tilt
_OVERLAP = 0.3  # boxes that share more than this are one face
_Rows = npt.NDArray[np.float64]  # YuNet's: box (4), landmarks (10), score, in pixels


class FaceModel:
    """Both networks, loaded. OpenCV's networks are not thread-safe: an instance belongs to one thread."""

    def __init__(self, weights: Weights) -> None:
        self._detector = cv2.FaceDetectorYN.create(
            "onnx", weights.detector, np.empty(0, np.uint8), (FAST_SIDE, FAST_SIDE), LEAST_SCORE, _OVERLAP, 5000
        )
        self._embedder = cv2.dnn.readNetFromONNX(weights.embedder)

    def detect(self, photo: Photo) -> list[Sighting]:
        """The faces of `photo`, largest first, at most MOST_FACES.

        Raises:
            ImageFormatError: The photo cannot be decoded.
        """
        found = self._look(photo, FAST_SIDE)
        scale = FAST_SIDE / photo.long_side
        if scale < 1 and (not found or min(face.width_px for face in found) * scale < SMALL_FACE):
            found = _merged(found + self._look(photo, FINE_SIDE))
        largest = sorted(found, key=lambda face: -face.box.area)[:MOST_FACES]
        return [self._straightened(photo, face) for face in largest]

    def embed(self, crop: Pixels) -> tuple[Vector, float]:
        """The unit vector of an aligned face, and the vector's length before it was made one: low for a poor face."""
        self._embedder.setInput(cv2.dnn.blobFromImage(crop, 1, (CROP, CROP), (0, 0, 0), swapRB=True), "data")
        raw = np.asarray(self._embedder.forward(), np.float32).ravel()
        length = float(np.linalg.norm(raw))
        return (raw / np.float32(max(length, 1e-9))).astype(np.float32), length

    def _look(self, photo: Photo, side: int) -> list[Sighting]:
        pixels = photo.within(side)
        size = np.array(pixels.shape[1::-1], np.float64)
        grow = photo.long_side / max(size)
        return [
            Sighting(
                box=Box(*(row[:4] / np.tile(size, 2)).tolist()),
                score=min(1.0, float(row[14])),
                landmarks=row[4:14].reshape(5, 2) / size,
                width_px=float(row[2] * grow),
            )
            for row in self._rows(pixels)
        ]

    def _straightened(self, photo: Photo, face: Sighting) -> Sighting:
        """The face with the landmarks that are found when it is large and turned upright."""
        for _ in range(_TURNS):
            view, matrix = upright_view(photo, face)
            rows = self._rows(view)
            away = np.hypot(*(rows[:, :2] + rows[:, 2:4] / 2 - UPRIGHT / 2).T)
            if not len(rows) or away.min() > UPRIGHT / 4:  # too poor a face to be found so large, if not a neighbour
                break
            found = rows[np.argmin(away), 4:14].reshape(5, 2)
            points: Points = (found - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
            face = replace(face, landmarks=points)
            if abs(roll(found)) < LEVEL:
                break
        return face

    def _rows(self, pixels: Pixels) -> _Rows:
        self._detector.setInputSize((pixels.shape[1], pixels.shape[0]))
        rows = self._detector.detect(pixels)[1]
        return np.empty((0, 15)) if rows is None else np.asarray(rows, np.float64)


def _merged(faces: list[Sighting]) -> list[Sighting]:
    """One sighting a face, the surer one."""
    boxes = [(face.box.left, face.box.top, face.box.width, face.box.height) for face in faces]
    return [faces[kept] for kept in cv2.dnn.NMSBoxes(boxes, [face.score for face in faces], 0, _OVERLAP)]
