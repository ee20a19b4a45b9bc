"""The files of the working tree that are, or can be, committed."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tracked(root: Path = ROOT) -> list[str]:
    """Their paths below `root`; what .gitignore names is none of them, also where there is no repository."""
    if not (root / ".git").exists():
        return sorted(_walked(root))
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout.split("\0")
    return sorted({file for file in files if file and (root / file).is_file()})


def _walked(root: Path) -> Iterator[str]:
    ignored = {line.strip("/") for line in (root / ".gitignore").read_text(encoding="utf-8").split()}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in ignored]
        yield from (str(Path(folder, file).relative_to(root)) for file in files if file not in ignored)
