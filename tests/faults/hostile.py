"""Images that are broken, odd, or made to do harm. All are made here, from a picture of two people."""

import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.endpoint.pictures import HEIC, ORIENTATIONS, encoded, in_scans, jpeg_claiming, opened, png_claiming, turned

Named = tuple[str, bytes]
SOI, EOI = b"\xff\xd8", b"\xff\xd9"
PNG_BEGINNING = b"\x89PNG\r\n\x1a\n"
PNG_AFTER_HEADER = 8 + 25  # signature, and the header's chunk


def files(group: bytes, chance: random.Random) -> Iterator[Named]:
    """At least three hundred of them.

    Args:
        group: A JPEG that shows two faces, so that a photo that can be read is cut, too.
    """
    picture = opened(group)
    png = encoded(picture, "PNG")
    for part in (
        _modes(picture),
        _orientations(group, png),
        _cut_short(group, png),
        _claims(picture),
        _foreign(picture),
    ):
        yield from part
    yield from _garbled(group, png, chance)
    yield from _polyglots(group, png)
    yield from _exif(group, chance)
    yield from _png_chunks(png)
    yield from _sizes(picture)


def _modes(picture: Image.Image) -> Iterator[Named]:
    for mode in ("L", "CMYK", "YCbCr"):
        yield f"jpeg {mode}", encoded(picture.convert(mode))
    for mode in ("1", "L", "LA", "P", "RGBA"):
        yield f"png {mode}", encoded(picture.convert(mode), "PNG")
    grey = picture.convert("L")
    sixteen = Image.frombytes("I;16", grey.size, b"".join(bytes((0, value)) for value in grey.tobytes()))
    yield "png 16 bit", encoded(sixteen, "PNG")
    yield "png palette with transparency", encoded(picture.convert("P"), "PNG", transparency=0)
    for progressive in (False, True):
        for quality in (1, 10, 100):
            yield f"jpeg {progressive} {quality}", encoded(picture, progressive=progressive, quality=quality)
    for subsampling in (0, 1, 2):
        yield f"jpeg subsampling {subsampling}", encoded(picture, subsampling=subsampling, optimize=True)
    frames = [picture.rotate(angle) for angle in (0, 90, 180)]
    yield "animated png", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=50)
    yield "jpeg of several pictures", encoded(frames[0], "MPO", save_all=True, append_images=frames[1:])


def _orientations(group: bytes, png: bytes) -> Iterator[Named]:
    for orientation in ORIENTATIONS:
        yield f"jpeg orientation {orientation}", turned(group, orientation)
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"png orientation {orientation}", encoded(opened(png), "PNG", exif=exif)


def _cut_short(group: bytes, png: bytes) -> Iterator[Named]:
    for kind, data in (("jpeg", group), ("png", png)):
        for length in (0, 1, 2, 4, 8, 16, 24, 33, 100, 300):
            yield f"{kind} of {length} bytes", data[:length]
        for percent in range(5, 100, 5):
            yield f"{percent} % of a {kind}", data[: len(data) * percent // 100]
        yield f"{kind} without its last bytes", data[:-2]


def _claims(picture: Image.Image) -> Iterator[Named]:
    sizes = ((1, 65535), (65535, 1), (10_000, 10_000), (30_000, 30_000), (65535, 65535), (0, 0), (0, 100))
    for width, height in sizes:
        yield f"jpeg claiming {width}x{height}", jpeg_claiming(width, height)
        yield f"png claiming {width}x{height}", png_claiming(width, height)
    for width in (2**31 - 1, 2**32 - 1):
        yield f"png claiming {width}", png_claiming(width, width)
    for side in (5_000, 12_000):
        yield f"png of {side} white pixels a side", encoded(Image.new("1", (side, side), 1), "PNG")
        yield f"grey png of {side} pixels a side", encoded(Image.new("L", (side, side)), "PNG")
    yield "large jpeg", encoded(picture.resize((5_000, 5_000 * picture.height // picture.width)), quality=60)
    yield "very long jpeg", encoded(Image.new("RGB", (20_000, 100), "grey"))


def _foreign(picture: Image.Image) -> Iterator[Named]:
    for kind in ("BMP", "GIF", "TIFF", "WEBP", "PPM", "ICO", "JPEG2000", "TGA", "PDF"):
        yield f"a {kind}", encoded(picture, kind)
    yield "heic", HEIC
    for name, data in {
        "nothing but zeros": bytes(10_000),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "html": b"<!doctype html><script>alert(1)</script>",
        "zip": b"PK\x03\x04" + bytes(200),
        "pdf": b"%PDF-1.7\n" + bytes(200),
        "php": b"<?php system($_GET['c']); ?>",
        "text": "привет".encode(),
    }.items():
        yield name, data
        yield f"{name} as a jpeg", SOI + b"\xff\xe0" + data
        yield f"{name} as a png", PNG_BEGINNING + data


def _garbled(group: bytes, png: bytes, chance: random.Random) -> Iterator[Named]:
    for kind, data in (("jpeg", group), ("png", png)):
        for number in range(45):
            garbled = bytearray(data)
            beginning = number % 3 == 0  # more of it where it says what it is
            for _ in range(1 + number):
                garbled[chance.randrange(min(700, len(data)) if beginning else len(data))] = chance.randrange(256)
            yield f"garbled {kind} {number}", bytes(garbled)
    yield "only noise after a jpeg's beginning", group[:600] + chance.randbytes(20_000)
    yield "only noise", chance.randbytes(20_000)


def _polyglots(group: bytes, png: bytes) -> Iterator[Named]:
    yield "jpeg and zip", group + b"PK\x03\x04" + bytes(500)
    yield "jpeg and html", group + b"<script>alert(1)</script>"
    yield "jpeg and png", group + png
    yield "png and jpeg", png + group
    yield "gif and jpeg", b"GIF89a" + group
    yield "jpeg twice", group + group
    yield "jpeg in a jpeg", SOI + _segment(0xE1, group[:60_000]) + group[2:]
    yield "jpeg with a long comment", SOI + _segment(0xFE, b"<?php ?>" * 8_000) + group[2:]
    yield "jpeg with a thousand comments", SOI + _segment(0xFE, b"x") * 1_000 + group[2:]
    for size in (1, 1_000, 3_000_000):
        yield f"jpeg with {size} bytes after it", group + bytes(size)
        yield f"png with {size} bytes after it", png + bytes(size)
    yield "jpeg that does not end", group.removesuffix(EOI)
    yield "jpeg of thousands of scans", in_scans(encoded(opened(group), progressive=True), 5_000)
    yield "jpeg of ends", SOI + EOI * 5_000
    yield "jpeg of beginnings", SOI * 5_000


def _exif(group: bytes, chance: random.Random) -> Iterator[Named]:
    def with_exif(tiff: bytes) -> bytes:
        return SOI + _segment(0xE1, b"Exif\0\0" + tiff) + group[2:]

    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        return b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, tag, kind, count, value, 0)

    for value in (0, 9, 255, 65535):
        yield f"orientation {value}", with_exif(entry(0x0112, 3, 1, value))
    for kind in (0, 2, 5, 7, 12, 99):
        yield f"orientation of type {kind}", with_exif(entry(0x0112, kind, 1, 6))
    for count in (0, 2, 2**16, 2**32 - 1):
        yield f"{count} orientations", with_exif(entry(0x0112, 3, count, 6))
    yield "directory in a circle", with_exif(b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 8))
    yield "directory outside", with_exif(b"II*\0\xff\xff\xff\x7f")
    yield "65535 entries", with_exif(b"II*\0\x08\0\0\0\xff\xff")
    yield "other byte order", with_exif(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
    for length in (0, 1, 7, 8, 10, 20):
        yield f"{length} bytes of noise as exif", with_exif(chance.randbytes(length))


def _png_chunks(png: bytes) -> Iterator[Named]:
    bomb = zlib.compress(bytes(50_000_000), 9)
    header, rest = png[:PNG_AFTER_HEADER], png[PNG_AFTER_HEADER:]
    yield "compressed text", header + _chunk(b"zTXt", b"a\0\0" + bomb) + rest
    yield "compressed international text", header + _chunk(b"iTXt", b"a\0\1\0\0\0" + bomb) + rest
    yield "compressed colour profile", header + _chunk(b"iCCP", b"a\0\0" + bomb) + rest
    text = zlib.compress(bytes(1_000_000), 9)
    yield "a thousand compressed texts", header + _chunk(b"zTXt", b"a\0\0" + text) * 1_000 + rest
    yield "a thousand texts", header + _chunk(b"tEXt", b"a\0b") * 1_000 + rest
    yield "two headers", header + png[8:PNG_AFTER_HEADER] + rest
    yield "no header", PNG_BEGINNING + rest
    yield "wrong checksum", header[:-1] + bytes([header[-1] ^ 1]) + rest
    yield "length outside", header + b"\xff\xff\xff\xff" + rest
    yield "animation without frames", header + _chunk(b"acTL", struct.pack(">II", 0, 0)) + rest
    yield "animation of many frames", header + _chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)) + rest
    yield "data of 50 MB", header + _chunk(b"IDAT", bomb) + _chunk(b"IEND", b"")
    yield "exif of noise", header + _chunk(b"eXIf", b"II*\0\xff\xff\xff\xff") + rest


def _sizes(picture: Image.Image) -> Iterator[Named]:
    for side in (1, 2, 8, 79, 80, 81):
        small = picture.resize((side, side))
        yield f"jpeg of {side} pixels a side", encoded(small)
        yield f"png of {side} pixels a side", encoded(small, "PNG")
    for size in ((80, 2_000), (2_000, 80), (79, 2_000)):
        yield f"jpeg of {size}", encoded(picture.resize(size))


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
