"""`python -m local.rekognition`: serve on 127.0.0.1 until SIGINT or SIGTERM."""

import argparse
import asyncio
import fcntl
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from local.rekognition.server import App
from local.rekognition.service import Service, Settings
from local.rekognition.store import StoreError
from local.rekognition.weights import ModelError

HOST = "127.0.0.1"
KEEP_ALIVE_SECONDS = 75  # longer than the SDKs keep an idle connection


class _Server(uvicorn.Server):
    """uvicorn, but a signal is a reason to stop in good order, not to die by it afterwards."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)  # also where SIGINT was inherited as ignored
        yield


def main() -> int:
    """Serve, and return the exit code."""
    settings, port = _arguments()
    # Until the server is up, a signal ends the process at once; nothing is written before.
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    for library in ("botocore", "boto3", "urllib3", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)
    try:
        with _listening(port) as listener, _alone(settings.data):
            asyncio.run(_serve(settings, listener))
    except (ModelError, StoreError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _arguments() -> tuple[Settings, int]:
    parser = argparse.ArgumentParser(
        "python -m local.rekognition", description="A local endpoint for Rekognition's face API."
    )
    parser.add_argument("--port", type=int, default=7420, help="TCP port on 127.0.0.1 (default: %(default)s)")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder that keeps collections, users and face vectors"
    )
    parser.add_argument(
        "--region", default=os.environ.get("AWS_REGION", "us-east-1"), help="region in ARNs (default: %(default)s)"
    )
    parser.add_argument("--account", default="000000000000", help="account in ARNs (default: %(default)s)")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="photos looked at at once (default: %(default)s)"
    )
    given = parser.parse_args()
    if given.workers < 1:
        parser.error("--workers must be at least 1")
    return Settings(given.data, given.region, given.account, given.workers), given.port


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """The port, taken before the models are loaded, so that a second instance fails at once."""
    # asyncio sends without delay only where the protocol is named.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise OSError(f"cannot listen on {HOST}:{port}: {reason}") from None
        yield listener


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The data folder, for this process only: another one's writes would not be in this one's memory."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # vectors of faces are its owner's affair
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"{folder} is in use by another process") from None
        yield


async def _serve(settings: Settings, listener: socket.socket) -> None:
    service = Service(settings)
    app = App(service)
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=10,
    )
    logging.getLogger("rekognition").info("listening on http://%s:%s", *listener.getsockname())
    await _Server(config).serve([listener])
    app.close()
    service.close()


if __name__ == "__main__":
    sys.exit(main())
