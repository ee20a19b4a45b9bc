"""How well the endpoint's face model tells people apart, on photos whose people are known.

python -m benchmarks.accuracy                      the sample photos: ten faces of six people
python -m benchmarks.accuracy --photos FOLDER      photos of your own, or LFW: a folder for each person

Every photo is compared with every other one, as it is and spoiled in some ways. Pairs of one person should be similar,
pairs of two should not; what lies between the least similar pair of the first kind and the most similar of the second
is the margin. Ten faces show that nothing is broken, not how often strangers are mistaken for each other: that takes
thousands, and then the shares of pairs at or above a similarity are of use. Cosines, similarities in percent as the
endpoint answers them, and shares of pairs: numbers, no verdict.
"""

import argparse
import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance, ImageOps

from local import samples
from local.rekognition.calibration import cosine, similarity
from local.rekognition.observation import observe
from local.rekognition.workers import FaceWorkers

Vectors = npt.NDArray[np.float32]
FACELESS = "rocket.jpg"
THRESHOLDS = (80.0, 95.0, 99.0)
"""Similarities in percent, at which the shares of pairs are told."""
_ROWS = 500  # photos that are compared with all the others at once


@dataclass
class Tally:
    """What pairs of photos of one person, or of two, look like: cosines, and how many reach each threshold."""

    pairs: int = 0
    least: float = 1.0
    most: float = -1.0
    reached: dict[float, int] = field(default_factory=lambda: dict.fromkeys(THRESHOLDS, 0))

    def add(self, cosines: Vectors) -> None:
        """Count further pairs."""
        if cosines.size:
            self.pairs += cosines.size
            self.least, self.most = min(self.least, float(cosines.min())), max(self.most, float(cosines.max()))
            for percent in THRESHOLDS:
                self.reached[percent] += int((cosines >= cosine(percent)).sum())


Photo = tuple[str, Path]
"""Who is on it, and where it is."""
Spoil = Callable[[Image.Image], tuple[Image.Image, dict[str, object]]]
"""Makes of a photo a worse one, and how it is to be saved."""


@dataclass(frozen=True)
class Faces:
    """Photos on which a face was found, and the vector of each one's largest."""

    photos: list[Photo]
    vectors: Vectors

    @property
    def people(self) -> npt.NDArray[np.str_]:
        """Who they are."""
        return np.array([person for person, _ in self.photos])

    @property
    def paths(self) -> npt.NDArray[np.str_]:
        """Where they come from."""
        return np.array([str(path) for _, path in self.photos])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=Path, help="a folder of folders, one a person (default: the sample photos)")
    folder = parser.parse_args().photos
    photos = list(photos_in(folder) if folder else sample_photos())
    if not photos:
        parser.error(f"no folder in {folder} has a photo")
    workers = FaceWorkers(os.cpu_count() or 1)
    print(f"{len(photos)} photos of {len({person for person, _ in photos})} people")
    print(f"{'':24}{'found':>7}{'same person, least':>20}{'two people, most':>20}{'margin':>9}")
    known = look(workers, photos)
    for name, spoil in SPOILED.items():
        shown = known if spoil is None else look(workers, photos, spoil)
        same, different = compare(known, shown)
        cells = (f"{value:11.2f}{similarity(value):7.1f} %" for value in (same.least, different.most))
        print(f"{name:24}{len(shown.photos) / len(photos):7.0%}", *cells, f"{same.least - different.most:9.2f}", sep="")
        if folder:
            for percent in THRESHOLDS:
                shares = (tally.reached[percent] / max(1, tally.pairs) for tally in (same, different))
                print("{:24}{:>27.2%}{:>20.1e}".format(f"  similarity >= {percent:.0f}", *shares))
    workers.close()


def look(workers: FaceWorkers, photos: list[Photo], spoil: Spoil | None = None) -> Faces:
    """Find the largest face of each photo, as it is or spoiled."""

    def vector(photo: Photo) -> Vectors | None:
        data = photo[1].read_bytes() if spoil is None else _encoded(photo[1], spoil)
        return next((face.vector for face in observe(workers, data, vectors=1) if face.vector is not None), None)

    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        found = list(zip(photos, pool.map(vector, photos), strict=True))
    seen = [(photo, vector) for photo, vector in found if vector is not None]
    return Faces([photo for photo, _ in seen], np.array([vector for _, vector in seen], np.float32))


def compare(known: Faces, shown: Faces) -> tuple[Tally, Tally]:
    """Every known photo with every other one that is shown: the pairs of one person, and those of two."""
    same, different = Tally(), Tally()
    for first in range(0, len(known.photos), _ROWS):
        rows = slice(first, first + _ROWS)
        cosines = known.vectors[rows] @ shown.vectors.T
        alike = known.people[rows, None] == shown.people[None]
        same.add(cosines[alike & (known.paths[rows, None] != shown.paths[None])])
        different.add(cosines[~alike])
    return same, different


def sample_photos() -> Iterator[Photo]:
    """The sample photos with a face, each with the name of its person."""
    for path in sorted(samples.fetch().iterdir()):
        if path.name != FACELESS:
            yield path.stem.partition("-")[0], path


def photos_in(folder: Path) -> Iterator[Photo]:
    """The photos in a folder's folders, each with the name of the folder that it is in."""
    for path in sorted(folder.glob("*/*")):
        if path.suffix.lower() in (".jpg", ".jpeg", ".png"):
            yield path.parent.name, path


def _encoded(path: Path, spoil: Spoil) -> bytes:
    with Image.open(path) as photo:
        spoiled, options = spoil(ImageOps.exif_transpose(photo).convert("RGB"))
    output = io.BytesIO()
    spoiled.save(output, "JPEG", **({"quality": 95} | options))
    return output.getvalue()


def _on_its_side(photo: Image.Image) -> tuple[Image.Image, dict[str, object]]:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise when shown
    return photo.transpose(Image.Transpose.ROTATE_90), {"exif": exif}


def _tilted(degrees: float) -> Spoil:
    return lambda photo: (photo.rotate(degrees, Image.Resampling.BICUBIC, expand=True), {})


def _narrow(width: int) -> Spoil:
    return lambda photo: (photo.resize((width, round(width * photo.height / photo.width))), {})


SPOILED: dict[str, Spoil | None] = {
    "as they are": None,
    "mirrored": lambda photo: (ImageOps.mirror(photo), {}),
    "grey": lambda photo: (ImageOps.grayscale(photo), {}),
    "dark": lambda photo: (ImageEnhance.Brightness(photo).enhance(0.3), {}),
    "20 degrees to one side": _tilted(20),
    "40 degrees to one side": _tilted(40),
    "40 degrees to the other": _tilted(-40),
    "200 pixels wide": _narrow(200),
    "100 pixels wide": _narrow(100),
    "JPEG of quality 20": lambda photo: (photo, {"quality": 20}),
    "stored on its side": _on_its_side,
}


if __name__ == "__main__":
    main()
