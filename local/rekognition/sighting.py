"""One detected face."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from local.rekognition.boxes import Box

Points = npt.NDArray[np.float64]
"""Eyes, nose tip, corners of the mouth, each pair left to right as seen in the image; shape (5, 2)."""


@dataclass(frozen=True)
class Sighting:
    """A face: box and landmarks in fractions of the upright image, score 0 to 1, the box's width in pixels."""

    box: Box
    score: float
    landmarks: Points
    width_px: float


def roll(points: Points) -> float:
    """Degrees by which the line through the eyes is turned clockwise; `points` in pixels."""
    across = points[1] - points[0]
    return math.degrees(math.atan2(across[1], across[0]))
