"""The command line: python -m client COMMAND."""

import argparse
import os
import sys
from collections.abc import Iterator

import httpx

from client import arguments, commands, keeping, lines
from client.api import FacesClient
from client.errors import ClientError


def main(given: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    options = arguments.parser().parse_args(given)
    shown = lines.as_json if options.json else lines.for_people
    good = True
    try:
        for value in _run(options):
            sys.stdout.write(f"{shown(value)}\n")
            sys.stdout.flush()
            came_to_nothing = getattr(value, "error", None) is not None and options.command in commands.SEND_PHOTOS
            good = good and not came_to_nothing
    except BrokenPipeError:  # as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ClientError, httpx.TransportError, OSError) as error:
        sys.stderr.write(f"error: {error or type(error).__name__}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if good else 1


def _run(options: argparse.Namespace) -> Iterator[object]:
    if options.command in commands.OF_SESSIONS:
        yield from options.command(options)
        return
    api, token = os.environ.get("FACES_API"), os.environ.get("FACES_TOKEN")
    if api and token:
        with FacesClient(api, token=lambda: token) as faces:
            yield from options.command(faces, options)
        return
    kept = keeping.kept()
    before = kept.session.refresh_token
    with FacesClient(kept.api_url, token=kept.session.access_token) as faces:
        yield from options.command(faces, options)
    if kept.session.refresh_token != before:
        keeping.keep(kept)


if __name__ == "__main__":
    sys.exit(main())
