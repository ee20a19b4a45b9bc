"""What the command line takes."""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from client import commands
from client.sessions import UserPool
from client.transport import address

EPILOG = """\
sign-in keeps a session in FACES_SESSION (default: ~/.config/faces/session.json), readable by nobody else. Where
FACES_API and FACES_TOKEN (an access token) are set, they are used instead. Photos are JPEG or PNG.
Exit status: 0; 1 when something was refused or a photo came to nothing; 2 for wrong arguments."""

Checked = TypeVar("Checked")


def parse(given: list[str] | None = None) -> argparse.Namespace:
    """The options given; ends the process with status 2 when they are wrong.

    Args:
        given: Words after the program's name. Default: those of this process.
    """
    options = parser().parse_args(given)
    if options.command is commands.change:
        consent = (options.purpose, options.text_version)
        if any(consent) != all(consent) or ((options.given_at or options.expires_at) and not all(consent)):
            options.refuse("a new consent needs --purpose and --text-version")
        if not (options.name is not None or options.approve or options.purpose or options.withdraw_consent):
            options.refuse("say what to change")
    return options


def parser() -> argparse.ArgumentParser:
    """The commands and their arguments."""
    made = argparse.ArgumentParser(
        prog="python -m client",
        description="Face recognition from the terminal.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="one line of JSON for each value, with the names of the API")
    added = made.add_subparsers(required=True, metavar="COMMAND")
    # After the command too; without a default, which would undo what was said before it.
    anywhere = argparse.ArgumentParser(add_help=False)
    anywhere.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)

    def command(name: str, run: Callable[..., object]) -> argparse.ArgumentParser:
        one = added.add_parser(name, help=run.__doc__, description=run.__doc__, parents=[anywhere])
        one.set_defaults(command=run, refuse=one.error)
        return one

    _add_sessions(command)
    _add_people(command)
    _add_photos(command)
    _add_sightings(command)
    _add_administration(command)
    return made


Adding = Callable[[str, Callable[..., object]], argparse.ArgumentParser]


def _add_sessions(command: Adding) -> None:
    sign_in = command("sign-in", commands.begin_session)
    sign_in.add_argument("api", type=_address, help="the API's address: the output ApiUrl")
    sign_in.add_argument("--pool", type=_pool, required=True, help="the output UserPoolId")
    sign_in.add_argument("--client-id", required=True, help="the output UserPoolClientId")
    sign_in.add_argument("--email", help="asked for otherwise; the password always is, or read from what is piped in")
    sign_in.add_argument("--endpoint-url", type=_address, help="of a local AWS")
    command("sign-out", commands.end_session)
    command("token", commands.token)
    command("me", commands.me)
    command("health", commands.health)


def _add_people(command: Adding) -> None:
    register = command("register", commands.register)
    register.add_argument("name")
    register.add_argument("photo", nargs="*", type=Path)
    _consent(register, required=True)
    register.add_argument("--external-ref", help="what they are called elsewhere")

    which = command("people", commands.people).add_mutually_exclusive_group()
    which.add_argument("--prefix", help="with which their name begins")
    which.add_argument("--external-ref", help="what they are called elsewhere")
    which.add_argument("--pending", action="store_true", help="those who wait for approval")

    _person(command("person", commands.person))

    change = _person(command("change", commands.change))
    change.add_argument("--name")
    change.add_argument("--approve", action="store_true", help="somebody who registered themself")
    _consent(change, required=False)
    change.add_argument("--withdraw-consent", action="store_true", help="this erases them")
    change.add_argument("--yes", action="store_true", help="do not ask before that")

    _person(command("add-face", commands.add_face)).add_argument("photo", nargs="+", type=Path)
    _person(command("faces", commands.list_faces))
    _person(command("remove-face", commands.remove_face)).add_argument("face")

    export = _person(command("export", commands.export))
    export.add_argument("--photos", type=Path, metavar="FOLDER", help="write the photos here")


def _add_photos(command: Adding) -> None:
    recognize = command("recognize", commands.recognize)
    recognize.add_argument("photo", nargs="+", type=Path)
    recognize.add_argument("--largest", action="store_true", help="the largest face only")
    recognize.add_argument("--now", action="store_true", help="by one request instead of an upload; at most 4 MiB")

    _person(command("verify", commands.verify)).add_argument("photo", type=Path)

    recognitions = _span(command("recognitions", commands.recognitions))
    recognitions.add_argument(
        "--decision",
        choices=["matched", "review", "unknown", "not_searched"],
        help="review: those that wait for a human",
    )
    recognitions.add_argument("--person", help="the id of somebody on them")

    _recognition(command("recognition", commands.recognition))
    _recognition(command("photo", commands.photo)).add_argument("file", type=Path, help="where to write it")
    review = _recognition(command("review", commands.review))
    review.add_argument("n", type=int, help="which face")
    review.add_argument("person", help="who it is, or: unknown")
    _recognition(command("delete-recognition", commands.delete_recognition))


def _add_sightings(command: Adding) -> None:
    _span(_person(command("sightings", commands.sightings)))
    attendance = command("attendance", commands.attendance)
    attendance.add_argument("day", type=_day, help="as in 2026-11-24")
    attendance.add_argument("--time-zone", help="in which the day is meant, as in Europe/Berlin; default: UTC")


def _add_administration(command: Adding) -> None:
    _person(command("erase", commands.erase)).add_argument("--yes", action="store_true", help="do not ask")
    command("erasure", commands.erasure).add_argument("erasure")
    which = command("audit", commands.audit).add_mutually_exclusive_group(required=True)
    which.add_argument("--day", type=_day, help="as in 2026-11-24 (UTC)")
    which.add_argument("--person", help="their id")
    command("usage", commands.usage).add_argument("--month", help="as in 2026-11 (UTC); default: the current one")


def _person(one: argparse.ArgumentParser) -> argparse.ArgumentParser:
    one.add_argument("person", help="their id")
    return one


def _recognition(one: argparse.ArgumentParser) -> argparse.ArgumentParser:
    one.add_argument("recognition", help="its id")
    return one


def _span(one: argparse.ArgumentParser) -> argparse.ArgumentParser:
    one.add_argument("--since", type=_time, help=f"from this time on, {_TIME}")
    one.add_argument("--before", type=_time, help="until before this time")
    return one


def _consent(one: argparse.ArgumentParser, *, required: bool) -> None:
    """What a person agreed to. Where it is not required, purpose and version of the text go together."""
    given = one.add_argument_group("consent" if required else "a new consent")
    given.add_argument("--purpose", required=required, help="what they agreed to")
    given.add_argument("--text-version", required=required, help="which text they agreed to")
    given.add_argument("--given-at", type=_time, help=f"when they did, {_TIME}; default: now")
    given.add_argument("--expires-at", type=_time, help="when it ends; default: never")


def _address(text: str) -> str:
    _checked(address, text)
    return text


def _pool(text: str) -> str:
    return _checked(lambda pool_id: UserPool(pool_id, client_id=""), text).pool_id


def _checked(check: Callable[[str], Checked], text: str) -> Checked:
    try:
        return check(text)
    except ValueError as error:  # argparse would not tell what it says
        raise argparse.ArgumentTypeError(str(error)) from error


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _time(text: str) -> datetime:
    """A time; without a zone it is meant in UTC."""
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


_TIME = "as in 2026-11-24T08:00+01:00, or in UTC without a zone"
# What argparse calls them when they cannot be read.
_day.__name__, _time.__name__ = "day", "time"
