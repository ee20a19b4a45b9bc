"""Who is registered and which photos are recognized, with the right answers."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps

ORIENTATION_TAG = 0x0112
ROTATED_FOR_DISPLAY = 6  # EXIF: the camera was held upright, so turn the picture a quarter clockwise to show it


@dataclass(frozen=True)
class Someone:
    """A person to register: `ref` finds them again, `photo` is the sample that shows them."""

    ref: str
    name: str
    photo: str


@dataclass(frozen=True)
class Scene:
    """A photo to recognize.

    Attributes:
        photo: Its name; also of the annotated copy.
        content: Makes the photo from the folder with the samples.
        expected: The names to be found, sorted.
        strangers: How many faces must be there that are nobody's.
    """

    photo: str
    content: Callable[[Path], bytes]
    expected: tuple[str, ...] = ()
    strangers: int = 0


OBAMA = Someone("demo-obama", "Barack Obama", "obama-2005.jpg")
MACRON = Someone("demo-macron", "Emmanuel Macron", "macron-2014.jpg")
ARDERN = Someone("demo-ardern", "Jacinda Ardern", "ardern-2018.jpg")
COLLINS = Someone("demo-collins", "Eileen Collins", "collins.png")
PEOPLE = (OBAMA, MACRON, ARDERN, COLLINS)


def as_is(name: str) -> Callable[[Path], bytes]:
    """The sample itself."""
    return lambda samples: (samples / name).read_bytes()


def mirrored_and_darker(name: str) -> Callable[[Path], bytes]:
    """Another look of the one photo that there is of somebody."""

    def make(samples: Path) -> bytes:
        with Image.open(samples / name) as image:
            return _jpeg(ImageEnhance.Brightness(ImageOps.mirror(image.convert("RGB"))).enhance(0.6))

    return make


def lying_on_its_side(name: str) -> Callable[[Path], bytes]:
    """As a phone stores it: the pixels on their side, and a note in the EXIF data which way is up."""

    def make(samples: Path) -> bytes:
        with Image.open(samples / name) as image:
            exif = Image.Exif()
            exif[ORIENTATION_TAG] = ROTATED_FOR_DISPLAY
            return _jpeg(image.convert("RGB").transpose(Image.Transpose.ROTATE_90), exif=exif)

    return make


def side_by_side(names: Sequence[str], *, height: int = 600) -> Callable[[Path], bytes]:
    """A group photo: portraits pasted onto one canvas, each a little smaller than the one before, in pixels."""

    def make(samples: Path) -> bytes:
        portraits = []
        for n, name in enumerate(names):
            with Image.open(samples / name) as image:
                tall = round(height * 0.9**n)
                portraits.append(image.convert("RGB").resize((round(image.width * tall / image.height), tall)))
        canvas = Image.new("RGB", (sum(portrait.width for portrait in portraits), height), "white")
        left = 0
        for portrait in portraits:
            canvas.paste(portrait, (left, height - portrait.height))
            left += portrait.width
        return _jpeg(canvas)

    return make


def _jpeg(image: Image.Image, *, exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, exif=exif or Image.Exif())
    return out.getvalue()


SCENES = (
    Scene("obama-2012.jpg", as_is("obama-2012.jpg"), (OBAMA.name,)),
    Scene("obama-speaking.jpg", as_is("obama-speaking.jpg"), (OBAMA.name,)),
    Scene("macron-2025.jpg", as_is("macron-2025.jpg"), (MACRON.name,)),
    Scene("ardern-2022.jpg", as_is("ardern-2022.jpg"), (ARDERN.name,)),
    # Only one photo of her is at hand, so this is the registered one, mirrored and darker, and is named so.
    Scene("collins-mirrored-darker.jpg", mirrored_and_darker("collins.png"), (COLLINS.name,)),
    Scene("sunak.jpg", as_is("sunak.jpg"), strangers=1),
    Scene("biden.jpg", as_is("biden.jpg"), strangers=1),
    Scene("rocket.jpg", as_is("rocket.jpg")),
    Scene(
        "group.jpg",
        side_by_side(["obama-2012.jpg", "macron-2025.jpg", "ardern-2022.jpg", "sunak.jpg"]),
        tuple(sorted((OBAMA.name, MACRON.name, ARDERN.name))),
        strangers=1,
    ),
    Scene("obama-2012-rotated-by-exif.jpg", lying_on_its_side("obama-2012.jpg"), (OBAMA.name,)),
)
