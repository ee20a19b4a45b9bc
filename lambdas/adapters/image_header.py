"""What the first bytes of a file tell, to say more than "not supported" about a photo that was refused."""

import io
import sys
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from domain.errors import ImageTooSmallError, UnsupportedImageError

LEAST_SIDE = 80  # pixels, in Rekognition
TOO_SMALL = f"Each side must have {LEAST_SIDE} pixels or more"
# What Pillow raises about a file that is no image, breaks off, or would be decoded into gigabytes.
UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError)
_READABLE = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIF", b"msf1": "HEIF", b"avif": "AVIF"}


@dataclass(frozen=True)
class Header:
    """What is known of an image.

    Attributes:
        advice: A sentence for whoever sent it.
        least_side: Pixels of its shorter side; larger than any image when the file does not tell.
    """

    advice: str
    least_side: int

    @property
    def size_told(self) -> bool:
        """Whether the file tells how large the image is."""
        return self.least_side < sys.maxsize


def require_readable(content: bytes) -> None:
    """Check by the beginning of a file that it is worth a search.

    Raises:
        UnsupportedImageError: It is certainly no JPEG or PNG.
        ImageTooSmallError: It is one, with a side that is too short.
    """
    if not content.startswith(_READABLE):
        raise UnsupportedImageError(_advice(_format(content)))
    if _least_side(content) < LEAST_SIDE:
        raise ImageTooSmallError(TOO_SMALL)


def describe(beginning: bytes) -> Header:
    """Look at the beginning of a file, some hundred kilobytes at most; nothing is decoded."""
    return Header(_advice(_format(beginning)), _least_side(beginning))


def _format(beginning: bytes) -> str | None:
    if beginning[4:8] == b"ftyp":
        return _BRANDS.get(beginning[8:12], "MP4")
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "WebP"
    for magic, name in ((b"GIF8", "GIF"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"BM", "BMP"), (b"%PDF", "PDF")):
        if beginning.startswith(magic):
            return name
    return None


def _advice(name: str | None) -> str:
    if name in {"HEIC", "HEIF"}:
        return f"{name} photos, as phones take them, are not supported: send a JPEG or PNG"
    if name:
        return f"{name} is not supported: send a JPEG or PNG"
    return "The file is no JPEG or PNG that can be decoded"


def _least_side(beginning: bytes) -> int:
    try:
        with Image.open(io.BytesIO(beginning), formats=("JPEG", "PNG")) as image:
            return min(image.size)
    except UNREADABLE:
        return sys.maxsize
