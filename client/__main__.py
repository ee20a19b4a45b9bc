"""The command line: python -m client COMMAND."""

import argparse
import os
import sys
from collections.abc import Iterator

import httpx

from client import arguments, commands, keeping, lines
from client.api import FacesClient
from client.errors import ApiError, ClientError, SignInError
from client.transport import address


def main(given: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    options = arguments.parse(given)
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
    except (ClientError, httpx.RequestError, OSError) as error:
        sys.stderr.write(f"error: {_told(error)}\n")
        return 1
    except (KeyboardInterrupt, EOFError):
        return 130
    return 0 if good else 1


def _run(options: argparse.Namespace) -> Iterator[object]:
    if options.command in commands.OF_SESSIONS:
        yield from options.command(options)
        return
    api, token = os.environ.get("FACES_API"), os.environ.get("FACES_TOKEN")
    if bool(api) != bool(token):  # or a command would go to another deployment than the one that was meant
        raise SignInError("FACES_API and FACES_TOKEN go together: set both, or neither")
    if api and token:
        try:
            address(api)
        except ValueError as error:
            raise SignInError(f"FACES_API: {error}") from error
        with FacesClient(api, token=lambda: token) as faces:
            yield from options.command(faces, options)
        return
    kept = keeping.kept()
    before = kept.session.refresh_token
    try:
        with FacesClient(kept.api_url, token=kept.session.access_token) as faces:
            yield from options.command(faces, options)
    finally:
        if kept.session.refresh_token != before:  # the pool has changed it, and takes the old one no more
            keeping.keep(kept)


def _told(error: Exception) -> str:
    if isinstance(error, httpx.RequestError):
        return f"{error.request.url.host} gave no answer: {error or type(error).__name__}"
    if isinstance(error, ApiError) and error.retryable and error.request_id:
        return f"{error} (request {error.request_id})"
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
