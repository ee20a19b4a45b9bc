"""Images: the header is judged before anything is decoded, and no more is decoded than a question needs."""

import cv2
import numpy as np
import numpy.typing as npt

from local.rekognition.errors import ImageFormatError
from local.rekognition.headers import read_header

Pixels = npt.NDArray[np.uint8]

VIEWS = (640, 1280)
"""Pixels of the longer side of the views that faces are looked for in."""

_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}


class Photo:
    """A checked image that decodes itself as far as it is asked to, upright.

    A JPEG's EXIF orientation is applied; a PNG has none, as with Rekognition. An instance belongs to one thread.
    """

    def __init__(self, data: bytes) -> None:
        """Judge the header.

        Raises:
            ImageFormatError: Not a whole JPEG or PNG.
            ImageTooLargeError: More pixels than are decoded here.
            ParameterError: A side is shorter than LEAST_SIDE.
        """
        self.data = data
        self._header = read_header(data)
        self._decoded: Pixels | None = None
        self._views: dict[int, Pixels] = {}

    @property
    def long_side(self) -> int:
        """Pixels of the longer side of the whole image."""
        return max(self._header.width, self._header.height)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the whole upright image, once a part of it was decoded."""
        height, width = self._at_least(1).shape[:2]
        short = round(self.long_side * min(width, height) / max(width, height))
        return (self.long_side, short) if width >= height else (short, self.long_side)

    def within(self, side: int) -> Pixels:
        """The image, its longer side at most `side` pixels.

        Raises:
            ImageFormatError: It cannot be decoded.
        """
        if side >= self.long_side:
            return self._at_least(self.long_side)
        if side not in self._views:
            source = self._at_least(side)
            scale = side / max(source.shape[:2])
            size = (max(1, round(source.shape[1] * scale)), max(1, round(source.shape[0] * scale)))
            # Averaging areas is several times slower, and needed only where pixels would be passed over.
            how = cv2.INTER_LINEAR if scale >= 0.5 else cv2.INTER_AREA  # noqa: PLR2004 - linear reads two pixels a side
            self._views[side] = np.asarray(cv2.resize(source, size, interpolation=how), np.uint8)
        return self._views[side]

    def view(self, width_px: float, least: int) -> Pixels:
        """The smallest view in which something that is `width_px` wide in the whole image has `least` pixels.

        Sampling a larger one so far apart would alias. The whole image where no view is large enough.
        """
        side = next((side for side in VIEWS if width_px * side >= least * self.long_side), self.long_side)
        return self.within(side)

    def forget(self) -> None:
        """Give back the memory of what was decoded."""
        self._decoded = None
        self._views.clear()

    def _at_least(self, side: int) -> Pixels:
        """Decode at the smallest scale whose longer side still has `side` pixels; a JPEG halves at almost no cost."""
        if self._decoded is not None and max(self._decoded.shape[:2]) >= side:
            return self._decoded
        if self._header.kind == "jpeg":
            flags = next(flag for factor, flag in _REDUCED.items() if self.long_side // factor >= side)
        else:
            flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        try:
            decoded = cv2.imdecode(np.frombuffer(self.data, np.uint8), flags)
        except cv2.error:
            decoded = None
        if decoded is None:
            raise ImageFormatError("Request has invalid image format")
        self._decoded = np.asarray(decoded, np.uint8)
        return self._decoded
