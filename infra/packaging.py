"""A function's code as one folder, built by pip without docker: the same bytes everywhere, cached by what goes in."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from infra.imports import reachable

if TYPE_CHECKING:
    from collections.abc import Iterator

# Part of every digest: another way of building is another package.
_FORMAT = "1"
_KEPT = 60  # packages, of 10 to 30 MB: some versions of each function's, those used last
# pip's own settings that say where packages are and how to get there. They are honoured, because many machines reach an
# index by a mirror only, and harmless, because the lock file's hashes decide what is accepted. All others (constraints,
# target, prefix, no-binary, pre, ...) could change what comes out, and are not.
_TRANSPORT = (
    "cert",
    "client-cert",
    "default-timeout",
    "extra-index-url",
    "find-links",
    "index-url",
    "keyring-provider",
    "no-index",
    "proxy",
    "retries",
    "timeout",
    "trusted-host",
)
# What pip writes about the installation itself: paths of the build machine, in no particular order.
_INSTALLATION_RECORDS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


class PackagingError(Exception):
    """A function's code could not be put together; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the code will run.

    Attributes:
        python: Minor version, for example `3.13`.
        platforms: Wheel platform tags to accept, newest first; none means the machine that builds.
        interpreter: A Python of that version, to compile with; without one no byte code is shipped.
    """

    python: str
    platforms: tuple[str, ...]
    interpreter: Path | None

    @classmethod
    def aws_lambda_arm64(cls) -> Target:
        """Lambda's Python 3.13 on Graviton (Amazon Linux 2023, glibc 2.34)."""
        python = "3.13"
        glibcs = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")
        return cls(
            python=python,
            platforms=tuple(f"{glibc}_aarch64" for glibc in glibcs),
            interpreter=find_interpreter(python),
        )

    @classmethod
    def this_machine(cls) -> Target:
        """The Python that runs this, on the machine that it runs on."""
        major, minor = sys.version_info[:2]
        return cls(python=f"{major}.{minor}", platforms=(), interpreter=Path(sys.executable))

    def __str__(self) -> str:
        """All of the target that shows in the bytes of a package."""
        platforms = self.platforms or (sys.implementation.cache_tag or "", sysconfig.get_platform())
        return " ".join((self.python, *platforms, "with byte code" if self.interpreter else "without byte code"))


@dataclass(frozen=True)
class Package:
    """The code of one function: its locked third-party packages and those of our modules that it can reach.

    Attributes:
        source: Folder that becomes the root of imports.
        module: The handler's module, dotted, relative to `source`.
        lock: Requirements file with a version and hashes for every package.
        target: Where the code will run.
        cache: Folder that keeps what was built, and forgets what has not been used for longest.
    """

    source: Path
    module: str
    lock: Path
    target: Target
    cache: Path

    @cached_property
    def modules(self) -> list[Path]:
        """Our own files in the package, relative to `source`."""
        return [path.relative_to(self.source) for path in reachable(self.module, self.source)]

    @cached_property
    def digest(self) -> str:
        """A name for the package, told by what goes into it, without building it."""
        digest = hashlib.sha256()
        for part in self._ingredients():
            digest.update(hashlib.sha256(part).digest())
        return digest.hexdigest()

    def build(self) -> Path:
        """The folder with the code, built unless the cache has it already.

        Raises:
            PackagingError: pip could not install what the lock file says, or a module does not compile.
        """
        built = self.cache / self.digest
        if built.is_dir():
            os.utime(built)
            return built
        self.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.cache, prefix=".building-") as folder:
            root = Path(folder) / "root"
            root.mkdir()
            _install(self.lock, self.target, root)
            self._copy_modules(root)
            _compile(root, self.target)
            _settle(root)
            try:
                root.rename(built)
            except OSError:
                if not built.is_dir():  # else another synth was faster, and its bytes are the same
                    raise
        _drop_unused(self.cache)
        return built

    def _ingredients(self) -> Iterator[bytes]:
        yield _FORMAT.encode()
        yield str(self.target).encode()
        yield self.lock.read_bytes()
        for module in self.modules:
            yield module.as_posix().encode()
            yield (self.source / module).read_bytes()

    def _copy_modules(self, root: Path) -> None:
        for module in self.modules:
            copy = root / module
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.source / module, copy)


def find_interpreter(python: str) -> Path | None:
    """A Python of that minor version on this machine, if there is one.

    Each candidate is asked for its version, for a name on PATH may be a pyenv shim that runs nothing.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    on_path = shutil.which(f"python{python}")
    candidates = [
        Path(sys.executable),
        *([Path(on_path)] if on_path else []),
        *sorted(pyenv.glob(f"versions/{python}*/bin/python"), reverse=True),
    ]
    return next((candidate for candidate in candidates if _version(candidate) == python), None)


def _version(interpreter: Path) -> str:
    command = [str(interpreter), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _install(lock: Path, target: Target, root: Path) -> None:
    """Unpack the locked wheels. Nothing is resolved, built or run, and a wheel with another hash is refused."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-compile"]
    if target.platforms:
        command += ["--implementation=cp", f"--python-version={target.python}"]
        command += [f"--platform={platform}" for platform in target.platforms]
    command += ["--target", str(root), "--requirement", str(lock)]
    _run(command, env=_pip_environment(), failure=f"pip could not install {lock.name}")


def _pip_environment() -> dict[str, str]:
    """This process's environment, with pip's settings, from wherever they come, reduced to those of transport."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment["PIP_CONFIG_FILE"] = os.devnull
    # A setting `user`, meant for installations, would have the listing leave out all other files.
    to_list = os.environ | {"PIP_USER": "0"}
    listing = _run([sys.executable, "-m", "pip", "config", "list"], env=to_list, failure="pip does not run")
    # A line is `section.name='value'`; a later section wins, as in pip: files, their [install], PIP_ variables.
    settings = dict(line.split("=", 1) for line in listing.splitlines() if "=" in line)
    for section in ("global.", "install.", ":env:."):
        for name in _TRANSPORT:
            if section + name in settings:
                environment[f"PIP_{name.replace('-', '_').upper()}"] = ast.literal_eval(settings[section + name])
    return environment


def _compile(root: Path, target: Target) -> None:
    """Ship byte code: Lambda's disk is read-only, so that every cold start would compile everything again.

    It is marked as never to be checked against its source, whose time stamp no zip file keeps.
    """
    if target.interpreter is None:
        return
    command = [str(target.interpreter), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "."]
    # Python's own variables could send the byte code elsewhere, or optimize it; sets are compiled in the seed's order.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    _run(command, cwd=root, env=environment | {"PYTHONHASHSEED": "0"}, failure="the package does not compile")


def _settle(root: Path) -> None:
    """Drop what tells of the build machine, and give every file the same mode."""
    shutil.rmtree(root / "bin", ignore_errors=True)  # scripts that start with the path of this interpreter
    for record in _INSTALLATION_RECORDS:
        for path in root.glob(f"*.dist-info/{record}"):
            path.unlink()
    for path in root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _drop_unused(cache: Path) -> None:
    """Forget the packages that were not used for longest; another synth may be doing the same."""
    times = {}
    for package in cache.glob("[!.]*"):
        with contextlib.suppress(FileNotFoundError):
            times[package] = package.stat().st_mtime
    for package in sorted(times, key=times.__getitem__, reverse=True)[_KEPT:]:
        shutil.rmtree(package, ignore_errors=True)


def _run(command: list[str], *, env: dict[str, str], failure: str, cwd: Path | None = None) -> str:
    """Run a tool with its output kept away from standard output, which belongs to the CDK's protocol."""
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagingError(f"{failure}:\n{(done.stderr or done.stdout).strip()}")
    return done.stdout
