"""Images: the header is judged before anything is decoded, and no more is decoded than a question needs."""

import struct
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from local.rekognition.errors import ImageFormatError, ImageTooLargeError, ParameterError

Pixels = npt.NDArray[np.uint8]

LEAST_SIDE = 80
"""Pixels that either side must have: Rekognition's guidelines and quotas."""
MOST_SIDE = 10_000
"""Pixels that neither side may exceed: Rekognition's guidelines and quotas, there for labels."""
MOST_DECODED_BYTES = 200_000_000
"""Memory that one decoded image may take: 66 megapixels of JPEG. A worker uses as much, and twice it to read a PNG."""

VIEWS = (640, 1280)
"""Pixels of the longer side of the views that faces are looked for in."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}  # a palette becomes three channels
_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}


@dataclass(frozen=True)
class Header:
    """What an image's first bytes say. Width and height in pixels, before any EXIF rotation."""

    kind: str
    width: int
    height: int
    decoded_bytes: int


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


def read_header(data: bytes) -> Header:
    """Size and kind of a JPEG or PNG, without decoding it.

    Raises:
        ImageFormatError: Another format, or a file that ends too early.
        ImageTooLargeError: A side above MOST_SIDE, or more than MOST_DECODED_BYTES once decoded.
        ParameterError: A side below LEAST_SIDE.
    """
    try:
        if data.startswith(_PNG):
            header = _png_header(data)
        elif data.startswith(b"\xff\xd8\xff"):
            header = _jpeg_header(data)
        else:
            raise ImageFormatError("Request has invalid image format")
    except (IndexError, KeyError, struct.error):
        raise ImageFormatError("Request has invalid image format") from None
    if max(header.width, header.height) > MOST_SIDE or header.decoded_bytes > MOST_DECODED_BYTES:
        raise ImageTooLargeError(f"Image dimensions are too large: {header.width} x {header.height} pixels")
    if min(header.width, header.height) < LEAST_SIDE:
        raise ParameterError(f"Image dimensions are too small: both sides need {LEAST_SIDE} pixels")
    return header


def _png_header(data: bytes) -> Header:
    """Walk the chunks up to IEND, so that a file cut short is known before it is decoded."""
    length, kind, width, height, depth, colour = struct.unpack_from(">I4sIIBB", data, len(_PNG))
    if kind != b"IHDR":
        raise ImageFormatError("Request has invalid image format")
    header = Header("png", width, height, width * height * max(3, _PNG_CHANNELS[colour] * (2 if depth > 8 else 1)))  # noqa: PLR2004 - bits of a byte
    position = len(_PNG)
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if position > len(data):
            raise ImageFormatError("Request has invalid image format")
    return header


def _jpeg_header(data: bytes) -> Header:
    """Walk the segments up to the first scan; the frame header on the way has the size."""
    position, frame = 2, None
    while True:
        marker = data[position + 1]
        if data[position] != 0xFF:  # noqa: PLR2004 - every marker begins so
            raise ImageFormatError("Request has invalid image format")
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte
            position += 1
            continue
        length = struct.unpack_from(">H", data, position + 2)[0]
        if marker == 0xDA:  # noqa: PLR2004 - start of scan
            break
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004 - the frame headers
            frame = struct.unpack_from(">HH", data, position + 5)
        position += 2 + length
    if frame is None or data.find(b"\xff\xd9", position) < 0:
        raise ImageFormatError("Request has invalid image format")
    height, width = frame
    return Header("jpeg", width, height, width * height * 3)
