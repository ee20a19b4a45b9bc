"""Forget the local run: state, logs and results of every port. The environments stay.

python3 -m local.cleanup        # standard library only: works without the environments
"""

from __future__ import annotations

import fcntl
import shutil
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".local"


def main() -> int:
    """Remove the folder, unless a run uses it; the exit status."""
    for lock in FOLDER.glob("**/lock"):
        with lock.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                sys.stderr.write(f"error: a local run uses {lock.parent}: stop it first\n")
                return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
