"""The photos with boxes and names drawn."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from client import Face
from local.demo.runner import Outcome

COLOURS = {"matched": "#1a7f37", "review": "#bf8700", "unknown": "#cf222e", "not_searched": "#6e7781"}


def draw(outcome: Outcome, folder: Path) -> Path:
    """Write the photo, upright and with its faces marked, into `folder`; where it is."""
    with Image.open(io.BytesIO(outcome.content)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    pen = ImageDraw.Draw(upright)
    font = ImageFont.load_default(size=max(14, upright.width // 45))
    for face in outcome.recognition.faces:
        _mark(pen, font, face, upright.size)
    path = folder / outcome.scene.photo
    upright.save(path, "JPEG", quality=88)
    return path


def _mark(
    pen: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    face: Face,
    size: tuple[int, int],
) -> None:
    colour = COLOURS[face.decision]
    left, top = face.box.left * size[0], face.box.top * size[1]
    right, bottom = left + face.box.width * size[0], top + face.box.height * size[1]
    pen.rectangle((left, top, right, bottom), outline=colour, width=max(2, size[0] // 250))
    text = face.decision if face.name is None else f"{face.name} {face.similarity:.1f}"
    label = pen.textbbox((left, bottom), text, font=font, anchor="la")
    pen.rectangle((label[0] - 3, label[1] - 1, label[2] + 3, label[3] + 3), fill=colour)
    pen.text((left, bottom), text, fill="white", font=font, anchor="la")
