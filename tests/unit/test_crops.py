"""Crops show the face that is meant, upright, large enough, and no other one."""

import io
import struct
import zlib

import pytest
from PIL import Image

from adapters import crops
from adapters.crops import LEAST_SIDE, MOST_SIDE, cut
from adapters.image_header import require_readable
from domain.faces import Box

RED, GREEN, GREY, WHITE = (255, 0, 0), (0, 200, 0), (127, 127, 127), (255, 255, 255)


def photo(size, *boxes, orientation=None, file_format="JPEG"):
    """A white photo with coloured rectangles for faces; boxes are in fractions."""
    image = Image.new("RGB", size, WHITE)
    for box, colour in boxes:
        left, top = round(box.left * size[0]), round(box.top * size[1])
        image.paste(colour, (left, top, left + round(box.width * size[0]), top + round(box.height * size[1])))
    encoded, exif = io.BytesIO(), Image.Exif()
    if orientation:
        exif[0x0112] = orientation
        turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
        image = image.transpose(turns[orientation])
    image.save(encoded, file_format, **({"exif": exif, "quality": 95} if file_format == "JPEG" else {}))
    return encoded.getvalue()


def colour_at(crop, box, x=0.5, y=0.5):
    image = Image.open(io.BytesIO(crop.content)).convert("RGB")
    at = (round((box.left + box.width * x) * (image.width - 1)), round((box.top + box.height * y) * (image.height - 1)))
    return image.getpixel(at)


def near(colour, expected):
    return all(abs(one - other) < 30 for one, other in zip(colour, expected, strict=True))


FACE = Box(0.4, 0.3, 0.1, 0.2)


@pytest.mark.parametrize("orientation", [None, 3, 6, 8])
def test_the_face_is_where_the_crop_says_whatever_way_the_camera_was_held(orientation):
    (crop,) = cut(photo((1000, 500), (FACE, RED), orientation=orientation), [FACE], all_faces=[FACE])
    for x in (0.1, 0.5, 0.9):
        for y in (0.1, 0.5, 0.9):
            assert near(colour_at(crop, crop.expected, x, y), RED)
    assert near(colour_at(crop, Box(0, 0, 0.1, 0.1)), WHITE)


def test_a_png_is_taken_as_it_is_stored_for_rekognition_reads_no_orientation_from_it():
    stored = Image.open(io.BytesIO(photo((400, 200), (FACE, RED), file_format="PNG")))
    encoded, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    stored.save(encoded, "PNG", exif=exif)
    (crop,) = cut(encoded.getvalue(), [FACE], all_faces=[FACE])
    assert near(colour_at(crop, crop.expected), RED)


def test_another_face_in_the_frame_is_painted_over_but_nothing_of_the_one_that_is_meant():
    neighbour = Box(0.45, 0.25, 0.2, 0.3)
    content = photo((1000, 500), (neighbour, GREEN), (FACE, RED))
    (crop,) = cut(content, [FACE], all_faces=[neighbour, FACE])
    assert near(colour_at(crop, crop.expected, 0.9, 0.5), RED)
    colours = Image.open(io.BytesIO(crop.content)).convert("RGB").getcolors(1_000_000)
    assert not any(near(colour, GREEN) for _, colour in colours)
    assert any(near(colour, GREY) for _, colour in colours)


@pytest.mark.parametrize("size", [(200, 100), (12000, 900)])
def test_a_crop_is_neither_too_small_nor_larger_than_is_of_use(size):
    (crop,) = cut(photo(size, (FACE, RED)), [FACE], all_faces=[FACE])
    width, height = Image.open(io.BytesIO(crop.content)).size
    assert min(width, height) >= LEAST_SIDE
    assert max(width, height) <= MOST_SIDE


def test_a_face_that_reaches_beyond_the_edge_is_cut_there():
    edge = Box(-0.05, 0.8, 0.2, 0.3)
    (crop,) = cut(photo((1000, 500), (Box(0, 0.8, 0.15, 0.2), RED)), [edge], all_faces=[edge])
    assert near(colour_at(crop, crop.expected), RED)


def test_a_face_outside_of_the_photo_cannot_be_cut():
    assert cut(photo((200, 200)), [Box(2, 2, 0.1, 0.1)], all_faces=[]) == [None]


@pytest.mark.parametrize("file_format", ["PNG", "GIF"])
def test_pngs_can_be_cut_and_other_formats_not(file_format):
    (crop,) = cut(photo((200, 200), (FACE, RED), file_format=file_format), [FACE], all_faces=[FACE])
    assert (crop is None) == (file_format == "GIF")


def test_greys_of_16_bits_are_cut_as_greys_of_8():
    encoded = io.BytesIO()
    Image.new("L", (200, 200), 100).convert("I").point(lambda grey: grey * 257).convert("I;16").save(encoded, "PNG")
    (crop,) = cut(encoded.getvalue(), [FACE], all_faces=[FACE])
    assert near(colour_at(crop, crop.expected), (100, 100, 100))


def test_a_photo_too_large_to_be_decoded_here_is_not_decoded(monkeypatch):
    monkeypatch.setattr(crops, "MAX_PIXELS", 200 * 200 - 1)
    assert cut(photo((200, 200), (FACE, RED)), [FACE], all_faces=[FACE]) == [None]


def test_a_jpeg_of_very_many_scans_is_not_decoded():
    picture, encoded = Image.open(io.BytesIO(photo((400, 200), (FACE, RED)))), io.BytesIO()
    picture.save(encoded, "JPEG", progressive=True)
    content = encoded.getvalue()
    last, end = content.rindex(b"\xff\xda"), content.rindex(b"\xff\xd9")
    more = crops.MAX_SCANS - content.count(b"\xff\xda")
    for scans, is_cut in ((0, True), (more, True), (more + 1, False)):
        (crop,) = cut(content[:end] + scans * content[last:end] + content[end:], [FACE], all_faces=[FACE])
        assert (crop is not None) == is_cut


def test_a_photo_that_is_cut_off_cannot_be_cut():
    content = photo((1000, 500), (FACE, RED))
    assert cut(content[: len(content) // 2], [FACE], all_faces=[FACE]) == [None]


def bomb():
    """The beginning of a PNG that would be decoded into 2.7 GB."""
    header = struct.pack(">II5B", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", b""), (b"IEND", b""))
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def test_a_photo_that_would_be_gigabytes_is_neither_cut_nor_decoded_to_see_its_size():
    assert cut(bomb(), [FACE], all_faces=[FACE]) == [None]
    require_readable(bomb())  # Rekognition says that it is too large
