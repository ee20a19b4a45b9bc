import random
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from local.rekognition.errors import ImageFormatError, ImageTooLargeError, ParameterError, ServiceError
from local.rekognition.headers import MOST_DECODED_BYTES, MOST_SCANS, MOST_SEGMENTS, MOST_TEXTS, read_header
from local.rekognition.images import Photo
from local.rekognition.model import MOST_FACES
from tests.endpoint.endpoint import code
from tests.endpoint.pictures import (
    HEIC,
    ORIENTATIONS,
    chunk,
    encoded,
    group,
    in_scans,
    jpeg_claiming,
    opened,
    png_claiming,
    scaled,
    turned,
)


def boxes(rekognition, data):
    return [face["BoundingBox"] for face in rekognition.detect_faces(Image={"Bytes": data})["FaceDetails"]]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("name", ["ardern-2018", "biden"])
def test_an_exif_orientation_changes_nothing_for_the_upright_image(rekognition, small, name, orientation):
    (upright,) = boxes(rekognition, turned(small[name], 1))
    (box,) = boxes(rekognition, turned(small[name], orientation))
    assert box == {side: pytest.approx(value, abs=0.02) for side, value in upright.items()}


def test_a_large_turned_photo_is_upright_too(rekognition, photos):
    large = encoded(scaled(photos["obama-2005"], 3000))
    (upright,) = boxes(rekognition, large)
    (box,) = boxes(rekognition, turned(large, 6))
    assert box == {side: pytest.approx(value, abs=0.02) for side, value in upright.items()}


def test_the_same_box_is_found_at_any_size(rekognition, photos):
    (expected,) = boxes(rekognition, photos["sunak"])
    for width in (150, 300, 640, 1300, 2700, 4000):
        (box,) = boxes(rekognition, encoded(scaled(photos["sunak"], width)))
        assert box == {side: pytest.approx(value, abs=0.04) for side, value in expected.items()}


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_jpegs_of_every_colour_space_are_read(rekognition, small, mode):
    assert len(boxes(rekognition, encoded(opened(small["sunak"]).convert(mode)))) == 1
    assert len(boxes(rekognition, encoded(opened(small["sunak"]).convert(mode), progressive=True))) == 1


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs_of_every_colour_type_are_read(rekognition, small, mode):
    image = opened(small["sunak"])
    if mode == "I;16":
        image = image.convert("L").convert("I").point(lambda value: value * 256).convert("I;16")
    assert len(boxes(rekognition, encoded(image.convert(mode), "PNG"))) == 1


def test_a_png_has_no_orientation(photos):
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = encoded(opened(photos["sunak"]).resize((300, 200)), "PNG", exif=exif)
    assert Photo(wide).size == (300, 200)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_other_formats_are_refused(rekognition, photos, kind):
    image = {"Bytes": encoded(scaled(photos["sunak"], 200), kind)}
    assert code(rekognition.detect_faces, Image=image) == "InvalidImageFormatException"


def test_what_only_looks_like_an_image_is_refused(rekognition, collection, photos):
    jpeg, png = photos["sunak"], encoded(scaled(photos["sunak"], 200), "PNG")
    damaged = [HEIC, b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + b"\xff" * 1000, b"\xff" * 1000]
    damaged += [jpeg[:size] for size in (10, 100, 1000, len(jpeg) // 2, len(jpeg) - 2)]
    damaged += [png[:size] for size in (10, 30, 100, len(png) // 2, len(png) - 4)]
    damaged += [png[:8] + b"\0\0\0\x0dIDAT" + png[16:], png[:40] + struct.pack(">I", 2**31) + png[44:]]
    for data in damaged:
        for call, more in ((rekognition.detect_faces, {}), (rekognition.index_faces, {"CollectionId": collection})):
            assert code(call, Image={"Bytes": data}, **more) == "InvalidImageFormatException"


def test_whatever_happens_to_an_image_it_is_read_or_refused(photos):
    chance = random.Random(20261124)
    portrait = opened(photos["macron-2014"])
    images = [photos["macron-2014"], encoded(portrait, progressive=True), encoded(portrait, "PNG")]
    outcomes = set()
    for _ in range(400):
        data = bytearray(chance.choice(images))
        for _ in range(chance.choice([1, 5, 50])):
            data[chance.randrange(chance.choice([40, 700, len(data)]))] = chance.randrange(256)
        try:
            Photo(bytes(data)).within(640)
            outcomes.add("read")
        except ServiceError as refused:
            outcomes.add(refused.code)
    assert outcomes >= {"read", "InvalidImageFormatException"}


@pytest.mark.parametrize("size", [(10_000, 80), (80, 10_000)])
def test_a_very_long_image_is_no_trouble(rekognition, size):
    for kind in ("JPEG", "PNG"):
        assert boxes(rekognition, encoded(Image.new("RGB", size, "grey"), kind)) == []


def test_a_png_with_damaged_content_is_refused(rekognition, photos):
    png = bytearray(encoded(scaled(photos["sunak"], 200), "PNG"))
    png[100:200] = bytes(100)
    assert code(rekognition.detect_faces, Image={"Bytes": bytes(png)}) == "InvalidImageFormatException"


@pytest.mark.parametrize(
    "bomb", [png_claiming(50_000, 50_000), png_claiming(9_999, 9_999), jpeg_claiming(60_000, 60_000)]
)
def test_a_bomb_is_refused_before_it_goes_off(rekognition, bomb):
    started = time.perf_counter()
    assert code(rekognition.detect_faces, Image={"Bytes": bomb}) == "ImageTooLargeException"
    assert time.perf_counter() - started < 1


def memory(endpoint, measure):
    """Kilobytes of an endpoint's memory: VmRSS now, VmHWM at the most until now."""
    status = Path(f"/proc/{endpoint.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(measure))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux's /proc")
@pytest.mark.parametrize(
    ("canvas", "kind", "options"),
    [
        (("L", (8_100, 8_100)), "PNG", {"compress_level": 1}),
        (("RGB", (5_700, 5_700)), "JPEG", {"progressive": True, "subsampling": 0}),
    ],
    ids=["png", "progressive"],
)
def test_many_huge_images_at_once_take_bounded_memory(rekognition, endpoint, canvas, kind, options):
    mode, size = canvas
    image = {"Bytes": encoded(Image.new(mode, size, "grey"), kind, **options)}
    before = memory(endpoint, "VmRSS")
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: rekognition.detect_faces(Image=image), range(3)))
    assert [answer["FaceDetails"] for answer in answers] == [[]] * 3
    # Two workers, and for each the decoded image twice, as reading it takes; the third image waits.
    assert memory(endpoint, "VmHWM") - before < 1.1 * 2 * 2 * MOST_DECODED_BYTES / 1000


def test_no_header_passes_that_would_decode_to_more_than_the_bound():
    for side in (8_000, 8_164):
        assert read_header(png_claiming(side, side)).decoded_bytes <= MOST_DECODED_BYTES
    with pytest.raises(ImageTooLargeError):
        read_header(png_claiming(8_166, 8_166))
    for subsampling, side in ((2, 8_164), (0, 5_773)):  # kept in three bytes a pixel until the last scan, or in six
        options = {"progressive": True, "subsampling": subsampling}
        assert read_header(jpeg_claiming(side, side, **options)).decoded_bytes <= MOST_DECODED_BYTES
        with pytest.raises(ImageTooLargeError):
            read_header(jpeg_claiming(side + 2, side + 2, **options))


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_png_of_very_many_compressed_texts_is_refused_before_they_are_unfolded(photos, kind):
    png = encoded(scaled(photos["sunak"], 200), "PNG")
    header, text = 33, chunk(kind, b"text\0\0" + zlib.compress(bytes(1000)))
    assert read_header(png[:header] + MOST_TEXTS * text + png[header:]).width == 200
    with pytest.raises(ImageFormatError):
        read_header(png[:header] + (MOST_TEXTS + 1) * text + png[header:])


def test_a_jpeg_of_very_many_scans_or_segments_is_refused_before_it_is_decoded(photos):
    photo = encoded(scaled(photos["sunak"], 200), progressive=True)
    Photo(in_scans(photo, MOST_SCANS)).within(640)
    hidden = photo[:-2] + b"\xff\xfe\x00\x04\xff\xd9" + in_scans(photo, 2 * MOST_SCANS)[len(photo) - 2 :]
    comments = photo[:2] + MOST_SEGMENTS * b"\xff\xfe\x00\x02" + photo[2:]
    for data in (in_scans(photo, MOST_SCANS + 1), in_scans(photo, 100_000), hidden, comments):
        with pytest.raises(ImageFormatError):
            read_header(data)


@pytest.mark.parametrize(("width", "height"), [(79, 200), (200, 79), (0, 0)])
def test_a_side_below_80_pixels_is_refused(rekognition, width, height):
    for data in (png_claiming(width, height), jpeg_claiming(width, height)):
        assert code(rekognition.detect_faces, Image={"Bytes": data}) == "InvalidParameterException"
        with pytest.raises(ParameterError):
            read_header(data)


def test_80_pixels_a_side_are_enough(rekognition):
    assert boxes(rekognition, encoded(Image.new("RGB", (80, 80), "grey"))) == []


def test_bytes_after_the_end_of_the_image_do_not_matter(rekognition, photos):
    assert len(boxes(rekognition, photos["sunak"] + bytes(1000))) == 1


def test_a_thumbnail_does_not_pass_for_the_end_of_a_cut_photo(photos):
    thumbnail = encoded(scaled(photos["sunak"], 100))
    comment = b"\xff\xfe" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    photo = photos["sunak"][:2] + comment + photos["sunak"][2:]
    assert read_header(photo).width == read_header(photos["sunak"]).width
    with pytest.raises(ImageFormatError):
        read_header(photo[:-1000])


def test_a_tightly_cropped_face_is_found(rekognition, photos):
    (box,) = boxes(rekognition, photos["sunak"])
    image = opened(photos["sunak"])
    left, top = box["Left"] * image.width, box["Top"] * image.height
    right, bottom = left + box["Width"] * image.width, top + box["Height"] * image.height
    (whole,) = boxes(rekognition, encoded(image.crop((round(left), round(top), round(right), round(bottom)))))
    assert whole["Width"] == pytest.approx(1, abs=0.15)


def test_a_face_as_small_as_documented_is_found_beside_a_large_one(rekognition, photos):
    canvas = Image.new("RGB", (1920, 1080), "grey")
    canvas.paste(scaled(photos["sunak"], 900), (0, 0))
    (large,) = boxes(rekognition, encoded(canvas))
    (share,) = [box["Width"] for box in boxes(rekognition, photos["biden"])]
    canvas.paste(scaled(photos["biden"], round(48 / share)), (1400, 300))
    found = boxes(rekognition, encoded(canvas))
    assert len(found) == 2
    assert found[0] == {side: pytest.approx(value, abs=0.03) for side, value in large.items()}
    assert found[1]["Width"] * 1920 == pytest.approx(48, abs=10)


def test_many_small_faces_are_all_found(rekognition, photos):
    row = opened(group([photos[name] for name in ("sunak", "biden", "collins", "obama-2005", "ardern-2018")], 380))
    canvas = Image.new("RGB", (1920, 1080), "grey")
    small = row.resize((900, round(row.height * 900 / row.width)), Image.Resampling.LANCZOS)
    for left, top in ((0, 0), (1000, 0), (0, 540), (1000, 540)):
        canvas.paste(small, (left, top))
    assert len(boxes(rekognition, encoded(canvas))) == 20


def test_of_a_thousand_faces_the_hundred_largest_are_told(rekognition, photos):
    (box,) = boxes(rekognition, photos["sunak"])
    portrait = opened(photos["sunak"])
    edges = (box["Left"], box["Top"], box["Left"] + box["Width"], box["Top"] + box["Height"])
    face = portrait.crop([round(edge * side) for edge, side in zip(edges, 2 * portrait.size, strict=True)])
    small, large = face.resize((24, 32)), face.resize((60, 80))
    canvas = Image.new("RGB", (1280, 1280), "grey")
    for left in range(0, 1256, 25):
        for top in range(100, 1248, 33):
            canvas.paste(small, (left, top))
    for left in range(0, 1200, 100):
        canvas.paste(large, (left, 10))
    found = boxes(rekognition, encoded(canvas, "PNG"))
    assert len(found) == MOST_FACES
    assert all(box["Top"] < 100 / 1280 for box in found[:12])
    assert all(box["Top"] > 90 / 1280 for box in found[12:])
