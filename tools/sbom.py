"""Write a bill of materials for each lock file to build/sbom, in CycloneDX's format (make sbom)."""

import base64
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tools.files import ROOT
from tools.licences import licence_of
from tools.locks import LOCKS, Locked, read

FOLDER = ROOT / "build" / "sbom"
PROJECT = "serverless-face-recognition"


def main() -> None:
    """Write them all, and say where."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, lock in LOCKS.items():
        path = FOLDER / f"{name}.cdx.json"
        path.write_text(bill(name, lock) + "\n", encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def bill(name: str, lock: Path) -> str:
    """What a lock pins, as JSON; the same lock gives the same text."""
    whole = Component(name=f"{PROJECT}/{name}", type=ComponentType.APPLICATION, bom_ref=name)
    components = [_component(package) for package in read(lock)]
    made = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, lock.read_text(encoding="utf-8")),
        # Nothing in it depends on when it is made.
        metadata=BomMetaData(component=whole, timestamp=datetime.fromtimestamp(0, UTC)),
        components=components,
    )
    made.register_dependency(whole, components)  # a lock does not tell which package needs which
    return JsonV1Dot6(made).output_as_string(indent=2)


def _component(package: Locked) -> Component:
    group, _, name = package.name.rpartition("/")
    purl = PackageURL(type=package.registry, namespace=group or None, name=name, version=package.version)
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        purl=purl,
        bom_ref=str(purl),
        licenses=[LicenseFactory().make_from_string(licence_of(package))],
        hashes=[_hash(one) for one in package.hashes],
    )


def _hash(written: str) -> HashType:
    """Of a file that may be installed; there are as many as there are files for other machines."""
    if written.startswith("sha512-"):
        return HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(written.removeprefix("sha512-")).hex())
    return HashType(alg=HashAlgorithm.SHA_256, content=written.removeprefix("sha256:"))


if __name__ == "__main__":
    main()
