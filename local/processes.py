"""Child processes: started in a group of their own, watched, and ended to the last one."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from local.errors import ChildEndedError, CommandFailedError, LocalRunError

ROOT = Path(__file__).resolve().parent.parent

# What a child gets of the caller's environment. The rest stays out: the local AWS hands its own to every function, and
# credentials, endpoints and CA bundles of the caller would lead it astray.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
# What tools that fetch packages need besides.
_FOR_PACKAGES = ("PIP_", "UV_", "SSL_CERT_", "NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "XDG_")

POLL_SECONDS = 0.05


def environment(extra: Mapping[str, str], *, fetches_packages: bool = False) -> dict[str, str]:
    """A child's environment: little of the caller's, then `extra`."""
    prefixes = _FOR_PACKAGES if fetches_packages else ()
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name in _INHERITED or (prefixes and name.upper().startswith(prefixes))
    }
    return {**inherited, "PYTHONUNBUFFERED": "1", **extra}


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, indented for the terminal."""
    if not log.exists():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()[-count:]
    return "".join(f"\n    {line[:300]}" for line in lines)


class Child:
    """A program that should live until it is stopped.

    It leads a process group, so that a Ctrl-C at the terminal reaches only the launcher and its own children can be
    ended with it; and it holds a lifeline, so that it ends too when the launcher is killed.
    """

    def __init__(self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [command[0], "-m", "local.lifeline", *command[1:]],
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id, which is its group's too."""
        return self._process.pid

    def check(self) -> None:
        """Make sure that it lives.

        Raises:
            ChildEndedError: It has ended; the message holds the end of its log.
        """
        status = self._process.poll()
        if status is not None:
            how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
            raise ChildEndedError(f"{self.name} {how}; the end of {_shown(self.log)}:{last_lines(self.log)}")

    def wait_until_ready(self, url: str, *, seconds: float) -> None:
        """Wait until `url` answers.

        Raises:
            ChildEndedError: It ended instead.
            LocalRunError: It did not answer in time.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.check()
            with contextlib.suppress(URLError, OSError, http.client.HTTPException), urlopen(url, timeout=5) as answer:  # nosec B310  # noqa: S310 - our own http URL
                answer.read()
                return
            time.sleep(POLL_SECONDS)
        raise LocalRunError(
            f"{self.name} did not answer within {seconds:.0f} s; the end of {_shown(self.log)}:{last_lines(self.log)}"
        )

    def stop(self, *, seconds: float = 20.0) -> None:
        """End it gently, then by force, and whatever is left of its group."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        _end_group(self.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path = ROOT,
    watch: Callable[[], None] = lambda: None,
) -> None:
    """Run a command to its end, its output in `log`; it does not outlive this call, nor this process.

    Args:
        command: What to run; one that is no path is looked up in `env`'s PATH.
        env: Its environment.
        log: Where its output is appended.
        cwd: Where it runs.
        watch: Called over and over; what it raises ends the command.

    Raises:
        CommandFailedError: It exited with another status than 0; the message holds the end of its output.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "local" / "lifeline.py"), *command],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            watch()
            time.sleep(POLL_SECONDS)
    finally:
        _end_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        _end_group(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
    if process.returncode != 0:
        raise CommandFailedError(
            f"{Path(command[0]).name} {command[1]} failed with status {process.returncode}; "
            f"the end of {_shown(log)}:{last_lines(log)}"
        )


def _end_group(group: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, how)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
