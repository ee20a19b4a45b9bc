"""What the lock files pin: every package that is deployed, deploys, or tests."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.files import ROOT

# What each lock is for, by the name of its bill of materials.
LOCKS: Mapping[str, Path] = {
    **{f"lambda-{path.stem}": path for path in sorted((ROOT / "lambdas" / "requirements").glob("*.txt"))},
    "deployment": ROOT / "requirements.txt",
    "development": ROOT / "requirements-dev.txt",
    "local-aws": ROOT / "local" / "aws" / "requirements.txt",
    "cdk-cli": ROOT / "package-lock.json",
    "api-page": ROOT / "docs" / "api" / "viewer" / "version.json",
}

_PINNED = re.compile(r"(?P<name>[a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))?")


class LockError(Exception):
    """A lock file holds something that is not pinned."""


@dataclass(frozen=True)
class Locked:
    """A package as it is pinned.

    Attributes:
        registry: `pypi` or `npm`.
        hashes: Of the files that may be installed, as `sha256:<hex>`; npm's as `sha512-<base64>`.
        licence: Where the lock says it.
    """

    registry: str
    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str | None = None


def read(path: Path) -> list[Locked]:
    """All packages of a lock file, in its order.

    Raises:
        LockError: One is not pinned to a version and to hashes.
    """
    found = list(_npm(path) if path.suffix == ".json" else _pypi(path))
    for locked in found:
        if not locked.hashes:
            raise LockError(f"{path.name}: {locked.name} has no hash")
    return found


def _pypi(path: Path) -> Iterator[Locked]:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        requirement, *hashes = line.split(" --hash=")
        pinned = _PINNED.fullmatch(requirement.strip())
        if pinned is None:
            raise LockError(f"{path.name}: {requirement.strip()} is not pinned")
        yield Locked("pypi", pinned["name"], pinned["version"], tuple(one.strip() for one in hashes))


def _npm(path: Path) -> Iterator[Locked]:
    """Of npm's own lock, or of the note about a package of which a part was copied."""
    body = json.loads(path.read_text(encoding="utf-8"))
    for place, about in body["packages"].items() if "packages" in body else [("node_modules/" + body["name"], body)]:
        if place:
            hashes = tuple(str(about.get("integrity", "")).split())
            yield Locked("npm", place.rpartition("node_modules/")[2], about["version"], hashes, about.get("license"))
