"""What can honestly be said of a face: box, confidence, five landmarks, pose, brightness and sharpness.

Rekognition's further attributes (age, emotions, glasses and so on) are left out, not invented.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from local.rekognition.images import Pixels
from local.rekognition.sighting import Sighting, roll

LANDMARKS = ("eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight")

# An average adult face in millimetres around the nose tip; x to the viewer's right, y down, z away from the camera.
_HEAD: npt.NDArray[np.float64] = np.array(
    [[-31.5, -34.0, 28.0], [31.5, -34.0, 28.0], [0.0, 0.0, 0.0], [-26.0, 33.0, 22.0], [26.0, 33.0, 22.0]]
)
_INNER = (slice(16, 104), slice(16, 96))  # the aligned face without the background around it


@dataclass(frozen=True)
class Measures:
    """Pose in degrees, -180 to 180; brightness and sharpness in percent."""

    roll: float
    yaw: float
    pitch: float
    brightness: float
    sharpness: float


def measure(face: Sighting, crop: Pixels, width: int, height: int) -> Measures:
    """Measure a face.

    Args:
        face: Where it is.
        crop: The aligned face, 112 x 112.
        width: Pixels of the upright image.
        height: Pixels of the upright image.

    Returns:
        Roll (positive: the head leans to its left, clockwise in the image) and yaw (positive: turned to the
        viewer's right) are usable, pitch is poor: five points hardly tell it.
    """
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)[_INNER]
    contrast = float(grey.std())
    # The share of the contrast that is fine detail. A ratio, so that a dark face is not called a blurred one.
    detail = float(cv2.Laplacian(grey, cv2.CV_64F).std()) / contrast if contrast else 0.0
    tilt, yaw, pitch = _pose(face.landmarks * [width, height], width, height)
    return Measures(tilt, yaw, pitch, float(grey.mean()) / 2.55, min(100.0, 100 * detail))


def _pose(points: npt.NDArray[np.float64], width: int, height: int) -> tuple[float, float, float]:
    """Roll, yaw and pitch in degrees of a head seen by a camera whose focal length is the longer side."""
    tilt = roll(points)
    camera = np.array([[max(width, height), 0, width / 2], [0, max(width, height), height / 2], [0, 0, 1]], np.float64)
    # The head is set upright first: then yaw and pitch do not depend on roll.
    centre = points.mean(0)
    upright = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), tilt, 1)
    turned = points @ upright[:, :2].T + upright[:, 2]
    solved, rotation, _ = cv2.solvePnP(_HEAD, turned, camera, None, flags=cv2.SOLVEPNP_SQPNP)
    if not solved:
        return tilt, 0.0, 0.0
    matrix = cv2.Rodrigues(rotation)[0]
    yaw = math.degrees(math.atan2(-matrix[0, 2], matrix[2, 2]))
    pitch = math.degrees(math.asin(max(-1.0, min(1.0, float(matrix[1, 2])))))
    return tilt, yaw, pitch


def face_detail(face: Sighting, measures: Measures) -> dict[str, Any]:
    """`FaceDetail` with the default attributes."""
    return {
        "BoundingBox": face.box.shape(),
        "Landmarks": [
            {"Type": name, "X": float(x), "Y": float(y)} for name, (x, y) in zip(LANDMARKS, face.landmarks, strict=True)
        ],
        "Pose": {"Roll": measures.roll, "Yaw": measures.yaw, "Pitch": measures.pitch},
        "Quality": {"Brightness": measures.brightness, "Sharpness": measures.sharpness},
        "Confidence": 100 * face.score,
    }
