"""Look for secrets in all files of the working tree that are not ignored: python -m tools.secret_scan.

The detectors are those of detect-secrets. What they find and is no secret is excepted below, with the reason; an
exception that nothing needs any more is an error too, so that none is left to hide something. History is not searched.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings

from tools.files import ROOT, tracked


@dataclass(frozen=True)
class Harmless:
    """Values that look like secrets and are none: `value` and `files` are regular expressions for the whole of each."""

    value: str
    files: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """Something that looks like a secret."""

    file: str
    line: int
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}"  # never the value: it would be in the log


HARMLESS = (
    Harmless(r"(?i:(.*/)?[a-z]{3}_01[0-9A-HJKMNP-TV-Z]{24}.*)", r".*", "an id of ours: a kind and a ULID"),
    Harmless(r"[0-9A-Z]{32}", r"lambdas/domain/ids\.py|tests/.*", "the alphabet of ULIDs"),
    Harmless(r"[0-9a-f]{64}", r"local/(samples|rekognition/weights)\.py", "the SHA-256 that pins a file"),
    Harmless(r"[0-9a-f]{64}|sha512-.*", r"docs/api/viewer/version\.json", "the hashes of the viewer's release"),
    Harmless(
        r"(Local|Temporary|Lasting)-\d+(-\d)?",
        r"tests/(e2e|unit)/.*",
        "a password in a user pool that ends with its test",
    ),
    Harmless(r"test|you@example\.com", r"tests/(e2e|faults)/.*", "the key of the local AWS, and a user of its pool"),
)


def main() -> int:
    """Search, and say what is wrong; the exit status."""
    found = list(findings(ROOT, tracked()))
    wrong = [str(finding) for finding in found if not any(excuses(one, finding) for one in HARMLESS)]
    wrong += [
        f"tools/secret_scan.py: nothing needs this exception any more: {one.reason}"
        for one in HARMLESS
        if not any(excuses(one, finding) for finding in found)
    ]
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


def findings(root: Path, files: Iterable[str]) -> Iterator[Finding]:
    """What looks like a secret in `files`, which are relative to `root`."""
    with default_settings():
        for file in files:
            for secret in scan_file(str(root / file)):
                yield Finding(file, secret.line_number, secret.type, secret.secret_value or "")


def excuses(harmless: Harmless, finding: Finding) -> bool:
    """Whether a finding is excepted."""
    return bool(re.fullmatch(harmless.files, finding.file) and re.fullmatch(harmless.value, finding.value))


if __name__ == "__main__":
    sys.exit(main())
