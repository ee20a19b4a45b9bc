"""The launcher: python -m local up | demo."""

import argparse
import os
import sys
from pathlib import Path

import httpx

from client import ClientError
from local.console import say
from local.errors import LocalRunError
from local.ports import DEFAULT_PORT, USABLE, Ports
from local.processes import ROOT
from local.run import Run
from local.signals import Stopped, signals_stop

FOLDER = ROOT / ".local"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole service on this machine.")
    parser.add_argument("command", choices=["up", "demo"], help="up: deploy, show, stay; demo: deploy, show, end")
    parser.add_argument(
        "--port", default=os.environ.get("PORT") or str(DEFAULT_PORT), help="as PORT= in the environment"
    )
    parser.add_argument("--folder", type=Path, help="where state, logs and results are (default: .local)")
    options = parser.parse_args(arguments)
    if not options.port.isdecimal() or int(options.port) not in USABLE:
        parser.error(f"PORT must be a number from {USABLE[0]} to {USABLE[-1]}, not {options.port!r}")
    port = int(options.port)
    folder = options.folder or (FOLDER if port == DEFAULT_PORT else FOLDER / f"port-{port}")
    with signals_stop() as signals:
        run = Run(folder, ports=Ports.at(port))
        try:
            return run.demo() if options.command == "demo" else run.up()
        except Stopped as stopped:
            return 0 if run.is_up else 128 + stopped.signal
        except (LocalRunError, ClientError, httpx.TransportError) as error:
            say()
            sys.stderr.write(f"error: {error}\n  Logs: {folder / 'logs'}\n")
            return 1
        finally:
            signals.ignore()
            run.stop()


if __name__ == "__main__":
    sys.exit(main())
