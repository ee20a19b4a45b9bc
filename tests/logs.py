"""The logs that the tests of a process have left behind, searched for what must be in none.

A log is what a process writes while nobody looks: of the local AWS, of its functions and its API, of Rekognition's
stand-in, of the CDK, of proxies and workers. What the launcher prints at a terminal is none: it tells its user names,
emails and passwords on purpose, and nobody keeps it; but tokens, forms and photos have no place there either.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.said import Said, as_a_word

# What must be in none, whoever it is from.
SECRETS = {
    "token": re.compile(r"eyJ[\w-]{16,}\.[\w-]{16,}"),
    "form": re.compile(r"eyJleHBpcmF0aW9u"),  # how the policy of a presigned POST begins
    "signature": re.compile(r"x-amz-(?:signature|credential|security-token)[\"'=:\s]", re.IGNORECASE),
    "key": re.compile(r"\bA[KS]IA[A-Z0-9]{16}"),
    "photo": re.compile(r"/9j/4[\w+/]{40}|iVBORw0KGgo|JFIF(?:\0|\\x00|\\u0000)|[A-Za-z0-9+/]{400}"),
}
PERSONAL = {
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}"),
    "person": re.compile(r"\bper_[0-9A-HJKMNP-TV-Z]{26}"),
}
LOG = re.compile(r".*\.log(\.\d+)?")
TERMINAL = ".terminal"  # how the files end in which tests keep what a launcher has printed
# Written by every local cloud in which something was deployed; the access log only where somebody called the API.
WRITTEN = ("aws.log", "cdk-deploy.log", "rekognition.log")


@dataclass
class Searched:
    """What was found: `hits` as where, what, and the line; `silent` are logs that should say something."""

    lines: int = 0
    hits: list[tuple[str, str, str]] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)


def search(folder: Path, said: Said) -> Searched:
    """Search every log below a folder."""
    searched, found = Searched(), files(folder)
    for path in found:
        text, where = path.read_text(encoding="utf-8", errors="replace"), str(path.relative_to(folder))
        lines = text.splitlines()
        searched.lines += len(lines)
        names = [] if path.suffix == TERMINAL else said.found_in(text)
        patterns = SECRETS if path.suffix == TERMINAL else SECRETS | PERSONAL
        searched.hits += [(where, kind, line[:200]) for line in lines for kind in _told(line, patterns, names)]
    deployed = {path.parents[1] for path in found if path.parent.name == "functions"}
    needed = [logs / name for logs in sorted(deployed) for name in WRITTEN]
    searched.silent = [str(log.relative_to(folder)) for log in needed if not log.exists() or not log.stat().st_size]
    return searched


def files(folder: Path) -> list[Path]:
    """All logs below a folder."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith("cdk.out")]  # thousands of files, and no log
        found += [Path(parent, name) for name in names if LOG.fullmatch(name) or name.endswith(TERMINAL)]
    return sorted(path for path in found if path.is_file())


def _told(line: str, patterns: dict[str, re.Pattern[str]], names: list[str]) -> Iterator[str]:
    yield from (kind for kind, pattern in patterns.items() if pattern.search(line))
    yield from (f"name {name}" for name in names if as_a_word(name, line))
