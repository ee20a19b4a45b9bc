"""What the first bytes of an image tell, and which images are refused by it before anything is decoded.

The walk through a file also bounds what decoding it can cost: bytes of memory by the size, passes over the image by the
number of scans.
"""

import re
import struct
from dataclasses import dataclass

from local.rekognition.errors import ImageFormatError, ImageTooLargeError, ParameterError

LEAST_SIDE = 80
"""Pixels that either side must have: Rekognition's guidelines and quotas."""
MOST_SIDE = 10_000
"""Pixels that neither side may exceed: Rekognition's guidelines and quotas, there for labels."""
MOST_DECODED_BYTES = 200_000_000
"""Memory that one decoded image may take: 66 megapixels of JPEG. A worker uses twice as much while it reads one.

A JPEG in several scans, as every progressive one, is kept as coefficients of two bytes until the last scan has come. At
full colour resolution these reach the bound at 33 megapixels.
"""
MOST_SCANS = 100
"""Scans of a JPEG. Most photos have one, progressive ones about ten; each costs a pass over the image, be it empty."""
MOST_SEGMENTS = 10_000
"""Segments of a JPEG, the scans among them. Photos have some dozens."""
MOST_TEXTS = 100
"""Compressed texts and profiles of a PNG. Photos have one or two; each may unfold to 8 MB before it is thrown away."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TEXTS = (b"zTXt", b"iTXt", b"iCCP")
_PNG_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}  # a palette becomes three channels
# What begins a segment. Fill bytes may stand before it; a stuffed zero, TEM and restarts begin none.
_JPEG_MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_JPEG_END, _JPEG_SCAN = 0xD9, 0xDA


@dataclass(frozen=True)
class Header:
    """What an image's first bytes say. Width and height in pixels, before any EXIF rotation."""

    kind: str
    width: int
    height: int
    decoded_bytes: int


def read_header(data: bytes) -> Header:
    """Size and kind of a JPEG or PNG, without decoding it.

    Raises:
        ImageFormatError: Another format, a file that ends too early, or one of more than MOST_SCANS or MOST_TEXTS.
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
    except (IndexError, KeyError, ValueError, ZeroDivisionError, struct.error):
        raise ImageFormatError("Request has invalid image format") from None
    if max(header.width, header.height) > MOST_SIDE or header.decoded_bytes > MOST_DECODED_BYTES:
        raise ImageTooLargeError(f"Image dimensions are too large: {header.width} x {header.height} pixels")
    if min(header.width, header.height) < LEAST_SIDE:
        raise ParameterError(f"Image dimensions are too small: both sides need {LEAST_SIDE} pixels")
    return header


def _png_header(data: bytes) -> Header:
    """Walk the chunks up to IEND, so that a file cut short, or full of texts, is known before it is decoded."""
    length, kind, width, height, depth, colour = struct.unpack_from(">I4sIIBB", data, len(_PNG))
    if kind != b"IHDR":
        raise ImageFormatError("Request has invalid image format")
    header = Header("png", width, height, width * height * max(3, _PNG_CHANNELS[colour] * (2 if depth > 8 else 1)))  # noqa: PLR2004 - bits of a byte
    position, texts = len(_PNG), 0
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        texts += kind in _PNG_TEXTS
        if position > len(data) or texts > MOST_TEXTS:
            raise ImageFormatError("Request has invalid image format")
    return header


def _jpeg_header(data: bytes) -> Header:
    """Walk the segments up to the end of the image; the frame header on the way has the size."""
    position, frame, scans, whole = 2, None, 0, False
    for _ in range(MOST_SEGMENTS):
        found = _JPEG_MARKER.search(data, position)
        if found is None or scans > MOST_SCANS:
            break
        marker, position = found[1][0], found.end()
        if marker == _JPEG_END:
            if frame is None or not scans:
                break
            return frame.header(at_once=whole and scans == 1)
        if marker == _JPEG_SCAN:
            scans += 1
            whole = frame is not None and data[position + 2] == frame.components
        elif marker in _JPEG_FRAMES and frame is None:
            frame = _Frame.read(data, position, progressive=marker in _JPEG_PROGRESSIVE)
        position += struct.unpack_from(">H", data, position)[0]
    raise ImageFormatError("Request has invalid image format")


@dataclass(frozen=True)
class _Frame:
    """A JPEG's frame header. `coefficients`: how many there are of all components together."""

    width: int
    height: int
    components: int
    coefficients: int
    progressive: bool

    @classmethod
    def read(cls, data: bytes, position: int, *, progressive: bool) -> "_Frame":
        """The frame header whose length stands at `position`."""
        height, width, components = struct.unpack_from(">HHB", data, position + 3)
        factors = [divmod(data[position + 9 + 3 * number], 16) for number in range(components)]
        largest = max(across for across, _ in factors) * max(down for _, down in factors)
        samples = sum(across * down for across, down in factors)
        return cls(width, height, components, width * height * samples // largest, progressive)

    def header(self, *, at_once: bool) -> Header:
        """What is known once the scans were seen; `at_once`: a single one holds all components."""
        pixels = 3 * self.width * self.height
        kept = 2 * self.coefficients if self.progressive or not at_once else 0
        return Header("jpeg", self.width, self.height, max(pixels, kept))
