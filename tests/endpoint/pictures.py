"""Test images made from the sample photos."""

import io
import struct
import zlib

from PIL import Image

ORIENTATIONS = {  # EXIF orientation: how the stored picture comes about from the upright one
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}


def opened(data):
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def encoded(image, kind="JPEG", **options):
    output = io.BytesIO()
    image.save(output, kind, **({"quality": 95} | options if kind == "JPEG" else options))
    return output.getvalue()


def turned(data, orientation):
    """The same picture, stored another way round, with the EXIF orientation that says so."""
    image = opened(data)
    for step in ORIENTATIONS[orientation]:
        image = image.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, exif=exif)


def scaled(data, width):
    image = opened(data)
    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


def group(portraits, width=400):
    """Portraits side by side on one grey canvas, each smaller than the one before: the boxes tell them apart."""
    pasted = [scaled(data, round(width * 0.85**number)) for number, data in enumerate(portraits)]
    canvas = Image.new("RGB", (sum(image.width for image in pasted), max(image.height for image in pasted)), "grey")
    left = 0
    for image in pasted:
        canvas.paste(image, (left, 0))
        left += image.width
    return encoded(canvas)


def chunk(kind, content):
    """A piece of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_claiming(width, height):
    """A few bytes of PNG whose header promises a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def jpeg_claiming(width, height, **options):
    """A JPEG whose frame header was made to promise another size."""
    data = bytearray(encoded(Image.new("RGB", (100, 100)), **options))
    frame = data.index(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def in_scans(data, scans):
    """A progressive JPEG whose last scan comes again and again: a few bytes each, and a pass over the image."""
    last, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    more = scans - data.count(b"\xff\xda")
    return data[:end] + more * data[last:end] + data[end:]


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200
