"""Measured figures, gathered in build/figures/ by whichever tests have measured them, and printed when all have run."""

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "build" / "figures"
RUN = "FIGURES_RUN"  # inherited by processes that tests start


def record(topic: str, /, *, folder: Path = FOLDER, **measured: float | str) -> None:
    """Write what was measured into `<topic>.json`.

    Several processes of one run may record at once, each its own figures. The first of a run forgets those of earlier
    runs: what was not measured now is not there.
    """
    _update(folder, topic, lambda known: {**known, **measured})


def add(topic: str, /, *, folder: Path = FOLDER, **counted: int) -> None:
    """Write what this process has counted into `<topic>.json`, on top of what others of this run have."""
    _update(folder, topic, lambda known: {**known, **{name: known.get(name, 0) + n for name, n in counted.items()}})


def _update(folder: Path, topic: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    run = os.environ.get(RUN, "")
    with (folder / f"{topic}.run").open("a+") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX)
        marker.seek(0)
        known = _read(folder / f"{topic}.json") if marker.read() == run else {}
        marker.truncate(0)
        marker.write(run)
        marker.flush()
        new = folder / f"{topic}.new"
        new.write_text(json.dumps(change(known), indent=2, sort_keys=True) + "\n")
        new.replace(folder / f"{topic}.json")


def of_this_run(*, folder: Path = FOLDER) -> Mapping[str, Mapping[str, float | str]]:
    """All figures of this run, by topic."""
    run = os.environ.get(RUN, "")
    markers = sorted(folder.glob("*.run"))
    return {marker.stem: _read(marker.with_suffix(".json")) for marker in markers if marker.read_text() == run}


def _read(path: Path) -> dict[str, float | str]:
    return dict(json.loads(path.read_text())) if path.exists() else {}
