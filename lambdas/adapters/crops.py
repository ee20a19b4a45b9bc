"""Cutting single faces out of a photo, in a form that Rekognition searches.

Rekognition searches the largest face of an image. So each crop shows one face with some room around it, and whatever
else of other faces would be on it is painted over.
"""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageOps

from adapters.image_header import UNREADABLE
from domain.faces import Box
from domain.recognition import Crop

MAX_PIXELS = 64_000_000  # 256 MB decoded, twice that to turn it; a larger photo's further faces are not searched
MAX_SCANS = 100  # of a JPEG: progressive ones have about ten, and each is a pass over all pixels, be it empty
ROOM = 0.5  # of the face's size, on each side: detectors want to see the head
LEAST_SIDE, MOST_SIDE = 160, 1024  # pixels of a crop; Rekognition wants 80 at least
QUALITY = 95
_GREY = (127, 127, 127)
_ORIENTATION = 0x0112


def cut(content: bytes, faces: Sequence[Box], *, all_faces: Sequence[Box]) -> list[Crop | None]:
    """Cut `faces` out of a JPEG or PNG.

    Args:
        content: The photo as it was uploaded.
        faces: Where the wanted faces are on the upright photo.
        all_faces: Where all faces are that were seen on it.

    Returns:
        One crop a face, None where the face lies outside of the photo; None for all of them when the photo is too
        large to be decoded here, or cannot be.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as photo:
            if photo.width * photo.height > MAX_PIXELS or (photo.format == "JPEG" and _scans(content) > MAX_SCANS):
                return [None] * len(faces)
            turned = photo.format == "JPEG" and photo.getexif().get(_ORIENTATION, 1) != 1  # Rekognition turns no PNG
            upright = ImageOps.exif_transpose(photo) if turned else photo
            upright.load()
    except UNREADABLE:
        return [None] * len(faces)
    return [_crop(upright, face, [other for other in all_faces if other != face]) for face in faces]


def _scans(jpeg: bytes) -> int:
    """How many scans a JPEG has, or a few more: what is coded never looks like the beginning of one."""
    return jpeg.count(b"\xff\xda")


def _crop(photo: Image.Image, face: Box, others: Sequence[Box]) -> Crop | None:
    left, top, right, bottom = _pixels(face, photo.size)
    x_room, y_room = round((right - left) * ROOM), round((bottom - top) * ROOM)
    frame = (
        max(0, left - x_room),
        max(0, top - y_room),
        min(photo.width, right + x_room),
        min(photo.height, bottom + y_room),
    )
    if frame[2] - frame[0] < 1 or frame[3] - frame[1] < 1:
        return None
    part = _rgb(photo.crop(frame))
    _paint_over(part, frame, (left, top, right, bottom), [_pixels(other, photo.size) for other in others])
    expected = Box(
        left=(left - frame[0]) / part.width,
        top=(top - frame[1]) / part.height,
        width=(right - left) / part.width,
        height=(bottom - top) / part.height,
    )
    encoded = io.BytesIO()
    _resized(part).save(encoded, "JPEG", quality=QUALITY)
    return Crop(encoded.getvalue(), expected)


def _rgb(part: Image.Image) -> Image.Image:
    if part.mode.startswith("I"):  # of greys of 16 bits Pillow would cut off what is above 255, which is nearly all
        part = part.point(lambda grey: grey / 256)
    return part.convert("RGB")


def _paint_over(
    part: Image.Image,
    frame: tuple[int, int, int, int],
    face: tuple[int, int, int, int],
    others: Sequence[tuple[int, int, int, int]],
) -> None:
    """Paint over the other faces, but nothing of the one that is wanted."""
    wanted_box = (face[0] - frame[0], face[1] - frame[1], face[2] - frame[0], face[3] - frame[1])
    wanted = part.crop(wanted_box)
    pen = ImageDraw.Draw(part)
    for left, top, right, bottom in others:
        pen.rectangle((left - frame[0], top - frame[1], right - frame[0], bottom - frame[1]), fill=_GREY)
    part.paste(wanted, wanted_box[:2])


def _resized(part: Image.Image) -> Image.Image:
    """Scaled so that no side is too short for Rekognition, nor longer than is of use."""
    scale = max(1.0, LEAST_SIDE / min(part.size)) * min(1.0, MOST_SIDE / max(part.size))
    size = (max(LEAST_SIDE, round(part.width * scale)), max(LEAST_SIDE, round(part.height * scale)))
    return part if size == part.size else part.resize(size, Image.Resampling.BICUBIC)


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box in whole pixels, cut at the edges of the photo."""
    width, height = size
    return (
        min(width, max(0, round(box.left * width))),
        min(height, max(0, round(box.top * height))),
        min(width, max(0, round((box.left + box.width) * width))),
        min(height, max(0, round((box.top + box.height) * height))),
    )
