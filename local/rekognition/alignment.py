"""Faces turned and scaled to where a network wants to see them."""

import cv2
import numpy as np
import numpy.typing as npt

from local.rekognition.images import Photo, Pixels
from local.rekognition.sighting import Points, Sighting, roll

Matrix = npt.NDArray[np.float64]
"""An affine map of the plane, 2 x 3."""
CROP = 112
"""Pixels a side of SFace's input."""
UPRIGHT = 256
"""Pixels a side of an upright view."""
_UPRIGHT_FACE = 180  # pixels of the face's width in an upright view
# Where SFace was trained to see the eyes, the nose tip and the corners of the mouth.
_TEMPLATE: Points = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)


def align(photo: Photo, face: Sighting) -> Pixels:
    """The face as SFace wants it, CROP pixels a side."""
    pixels = photo.view(face.width_px, CROP)
    points = face.landmarks * pixels.shape[1::-1]
    centre, target = points.mean(0), _TEMPLATE.mean(0)
    source, goal = points - centre, _TEMPLATE - target
    # The least-squares rotation and scale of the plane, as one complex factor.
    spread = (source**2).sum()
    real = (source * goal).sum() / spread
    imaginary = (source[:, 0] * goal[:, 1] - source[:, 1] * goal[:, 0]).sum() / spread
    turn = np.array([[real, -imaginary], [imaginary, real]])
    matrix = np.hstack([turn, (target - turn @ centre)[:, None]])
    return np.asarray(cv2.warpAffine(pixels, matrix, (CROP, CROP)), np.uint8)


def upright_view(photo: Photo, face: Sighting) -> tuple[Pixels, Matrix]:
    """The face and its surroundings, turned so that the eyes are level, UPRIGHT pixels a side.

    Returns:
        The view, and the map from fractions of the image to pixels of the view.
    """
    pixels = photo.view(face.width_px, CROP)  # what is looked at in the end: more would only be decoded
    size = np.array(pixels.shape[1::-1], np.float64)
    points = face.landmarks * size
    centre = points.mean(0)
    width = face.width_px * max(size) / photo.long_side
    matrix = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), roll(points), _UPRIGHT_FACE / width)
    matrix[:, 2] += UPRIGHT / 2 - centre
    view = cv2.warpAffine(pixels, matrix, (UPRIGHT, UPRIGHT), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(view, np.uint8), np.hstack([matrix[:, :2] * size, matrix[:, 2:]])
