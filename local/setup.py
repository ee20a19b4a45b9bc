"""Build what the local run needs: two Python environments, the CDK CLI and the sample photos.

python3 -m local.setup        # standard library only; does again only what is not up to date

It is run by whatever python3 there is, so it stays readable for an older one, which is told what to install.
"""

from __future__ import annotations

import concurrent.futures
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from local.console import WIDTH, finished, say

ROOT = Path(__file__).resolve().parent.parent
LEAST_PYTHON = (3, 11)
LEAST_NODE = 20
LOGS = ROOT / ".build" / "setup"
# Not that of an environment which may be active, and even be the one that is to be built anew.
PYTHON = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


class SetupError(Exception):
    """The environments cannot be built; the message says what to do."""


class Part:
    """Something to build.

    Args:
        name: What it is, for the terminal.
        target: The file or folder whose presence shows that it is there.
        inputs: The files that decide what it holds.
        commands: What builds it, one after the other.
        clear: Whether an old target is removed first.
    """

    def __init__(
        self, name: str, *, target: Path, inputs: list[Path], commands: list[list[str]], clear: Path | None = None
    ) -> None:
        self.name, self.target = name, target
        self._inputs, self._commands, self._clear = inputs, commands, clear
        self._stamp = LOGS / f"{target.name}.stamp"
        self._log = LOGS / f"{target.name}.log"

    def up_to_date(self) -> bool:
        """Whether it was built to the end, from the same inputs, by this Python."""
        return self.target.exists() and self._stamp.exists() and self._stamp.read_text() == self._state()

    def build(self) -> None:
        """Build it; a stamp is left only at the end, so that an interrupted one is built again.

        Raises:
            SetupError: A command failed; the message holds the end of its output.
        """
        self._stamp.unlink(missing_ok=True)
        if self._clear is not None:
            shutil.rmtree(self._clear, ignore_errors=True)
        with self._log.open("wb") as log:
            for command in self._commands:
                status = subprocess.call(
                    command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment()
                )
                if status != 0:
                    raise SetupError(f"{self.name}: {Path(command[0]).name} failed{self._last_lines()}")
        self._stamp.write_text(self._state())

    def _state(self) -> str:
        digest = hashlib.sha256(f"{sys.version} {PYTHON} {platform.machine()}".encode())
        for path in self._inputs:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _last_lines(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()[-15:]
        return "".join(f"\n    {line[:300]}" for line in lines)


def main() -> int:
    """Build everything; the exit status."""
    began = time.monotonic()
    try:
        check_tools()
        LOGS.mkdir(parents=True, exist_ok=True)
        build(parts())
    except SetupError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the next set-up goes on from here\n")
        return 130
    say(f"Set-up complete ({finished(began).strip()})")
    return 0


def check_tools() -> None:
    """Make sure that this Python and Node will do.

    Raises:
        SetupError: One is missing or too old.
    """
    if sys.version_info[:2] < LEAST_PYTHON:
        raise SetupError(
            f"Python {LEAST_PYTHON[0]}.{LEAST_PYTHON[1]} or later is needed, this is {platform.python_version()} "
            f"({sys.executable}); install one and run: make PYTHON=/path/to/python3"
        )
    try:
        import ensurepip  # noqa: F401, PLC0415  (a part that Debian leaves out: the venv module needs it)
        import venv  # noqa: F401, PLC0415  (the same)
    except ImportError as error:
        raise SetupError("Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv") from error
    node = shutil.which("node")
    if node is None:
        raise SetupError(f"Node.js {LEAST_NODE} or later is needed for the CDK; install Node 22 or 24 from nodejs.org")
    version = subprocess.check_output([node, "--version"], text=True).strip()
    if int(version.lstrip("v").partition(".")[0]) < LEAST_NODE:
        raise SetupError(f"Node.js {LEAST_NODE} or later is needed for the CDK, this is {version}; install 22 or 24")
    if shutil.which("npm") is None:
        raise SetupError("npm is missing: it comes with Node.js from nodejs.org (on Debian or Ubuntu: apt install npm)")


def parts() -> list[list[Part]]:
    """What there is to build: chains that can be built side by side, each from its first part to its last."""
    aws = ROOT / ".venv-aws"
    return [
        [_environment_part("app environment (.venv)", ROOT / ".venv", ROOT / "requirements-dev.txt")],
        [
            _environment_part("local AWS (.venv-aws)", aws, ROOT / "local" / "aws" / "requirements.txt"),
            Part(
                "sample photos (.build/samples)",
                target=ROOT / ".build" / "samples",
                inputs=[ROOT / "local" / "samples.py"],
                # By an environment that is known to have pip.
                commands=[[str(aws / "bin" / "python"), "-m", "local.samples"]],
            ),
        ],
        [
            Part(
                "CDK CLI (node_modules)",
                target=ROOT / "node_modules",
                inputs=[ROOT / "package-lock.json"],
                commands=[["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]],
            )
        ],
    ]


def build(chains: list[list[Part]]) -> None:
    """Build what is not up to date, the chains side by side: much of the time goes into waiting for packages.

    Raises:
        SetupError: A part failed; what else can be built has been.
    """
    missing = [[part for part in chain if not part.up_to_date()] for chain in chains]
    names = [part.name for chain in missing for part in chain]
    if not names:
        return
    say(f"Set-up: {', '.join(names)}")
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(chains)) as pool:
        for done in [pool.submit(_build_chain, chain) for chain in missing]:
            done.result()


def _build_chain(chain: list[Part]) -> None:
    for part in chain:
        began = time.monotonic()
        dots = "." * (WIDTH - len(part.name))
        try:
            part.build()
        except SetupError:
            say(f"  {part.name} {dots} failed")
            raise
        say(f"  {part.name} {dots} {finished(began)}")


def _environment_part(name: str, folder: Path, lock: Path) -> Part:
    python = str(folder / "bin" / "python")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]
    return Part(
        name,
        target=folder,
        inputs=[lock],
        commands=[
            [PYTHON, "-m", "venv", str(folder)],
            # Compiled when first imported: most of what is installed never is.
            [python, *install, "--require-hashes", "--requirement", str(lock)],
        ],
        clear=folder,
    )


def _environment() -> dict[str, str]:
    """The caller's, with its mirrors and certificates, but no environment that is active in the shell."""
    return {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    }


if __name__ == "__main__":
    sys.exit(main())
