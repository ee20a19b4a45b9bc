"""Renew the viewer of the API page from npm: python -m tools.viewer VERSION.

The page has to work from a file and offline, so the viewer is part of the repository, with its licence, the licences of
what it is built from, and the hashes that say which release it is.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

NAME = "openapi-explorer"
SCRIPT = f"package/dist/browser/{NAME}.min.js"
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "api" / "viewer"
HEADER = """\
{name} {version} is built from itself and from these packages, in the versions that npm chose for it. Each is
followed by its licence as it ships.
"""


def main(version: str) -> None:
    """Write the viewer, its licences and its version."""
    with tempfile.TemporaryDirectory() as folder:
        [packed] = json.loads(_npm("pack", "--json", f"{NAME}@{version}", cwd=folder))
        with tarfile.open(Path(folder, packed["filename"])) as archive:
            script = _member(archive, SCRIPT)
            licence = _member(archive, "package/LICENSE")
        Path(folder, "package.json").write_text("{}", encoding="utf-8")
        _npm("install", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", f"{NAME}@{version}", cwd=folder)
        notices = [HEADER.format(name=NAME, version=version), *_notices(Path(folder, "node_modules"))]
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{NAME}.min.js").write_bytes(script)
    (FOLDER / "LICENSE").write_bytes(licence)
    (FOLDER / "THIRD-PARTY.txt").write_text("\n".join(notices), encoding="utf-8")
    about = {
        "name": NAME,
        "version": version,
        "license": "Apache-2.0",
        "integrity": packed["integrity"],
        "sha256": hashlib.sha256(script).hexdigest(),
    }
    (FOLDER / "version.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _notices(modules: Path) -> Iterator[str]:
    for path in sorted(modules.glob("**/package.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        if path.parent.parent.name != "node_modules" and not path.parent.parent.name.startswith("@"):
            continue  # not a package, but a part of one
        if about["name"] == NAME:
            continue
        yield f"{'=' * 80}\n{about['name']} {about['version']} ({about['license']})\n"
        texts = sorted(found for found in path.parent.iterdir() if found.stem.lower() in {"license", "licence"})
        yield texts[0].read_text(encoding="utf-8").strip() + "\n" if texts else "No licence text ships with it.\n"


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    if found is None:
        raise FileNotFoundError(name)
    return found.read()


def _npm(*arguments: str, cwd: str) -> str:
    return subprocess.run(["npm", *arguments], cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
