"""The commands of the command line: each takes its arguments and gives the values that are shown."""

import getpass
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from client import keeping
from client.api import FacesClient
from client.errors import SignInError
from client.keeping import Kept
from client.models.export import HeldPhoto
from client.models.people import Consent
from client.photos import content_type_of
from client.sessions import UserPool, sign_in


def begin_session(options: Namespace) -> Iterator[str]:
    """Sign in, make sure that the API knows who it is, and keep the session."""
    email = options.email or _asked("Email: ")
    password = _asked("Password: ", hidden=True)
    if not (email and password):
        raise SignInError("email and password are needed: type them, or pipe them in")
    pool = UserPool(options.pool, options.client_id, endpoint_url=options.endpoint_url)
    session = sign_in(pool, email=email, password=password, code=lambda: _asked("Code: "))
    with FacesClient(options.api, token=session.access_token) as faces:
        roles = faces.me().roles
    keeping.keep(Kept(options.api, session, pool))
    yield f"Signed in as {' and '.join(roles) or 'a plain user'}; the session is kept in {keeping.path()}"


def end_session(_: Namespace) -> Iterator[str]:
    """End the session, here and at the user pool."""
    kept = keeping.kept()
    keeping.forget()
    kept.session.end()
    yield "Signed out"


def token(_: Namespace) -> Iterator[str]:
    """Print an access token, for curl and the like; it works for minutes."""
    kept = keeping.kept()
    yield kept.session.access_token()
    keeping.keep(kept)  # the pool may have changed the refresh token


def me(faces: FacesClient, _: Namespace) -> Iterator[object]:
    """Who is signed in."""
    yield faces.me()


def health(faces: FacesClient, _: Namespace) -> Iterator[object]:
    """Whether the API answers."""
    yield faces.health()


def register(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Register a person, with a face from each photo."""
    photos = [photo.read_bytes() for photo in options.photo]
    person = faces.register_person(options.name, consent=_consent(options), external_ref=options.external_ref)
    yield person
    yield from (faces.add_face(person.id, photo) for photo in photos)


def people(faces: FacesClient, options: Namespace) -> Iterable[object]:
    """List people, or find one."""
    return faces.people(name_prefix=options.prefix, external_ref=options.external_ref, pending=options.pending)


def person(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Read a person."""
    yield faces.person(options.person)


def change(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Rename or approve a person, renew their consent, or withdraw it, which erases them."""
    person = faces.person(options.person)
    asks = options.withdraw_consent and not options.yes
    if asks and not _agreed(f"Withdraw the consent of {person.name}, which erases them?"):
        yield "Nothing is changed"
        return
    yield faces.change_person(
        person,
        name=options.name,
        approve=options.approve,
        consent=_consent(options) if options.purpose else None,
        withdraw_consent=options.withdraw_consent,
    )


def add_face(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Add a face to a person from each photo."""
    photos = [photo.read_bytes() for photo in options.photo]
    yield from (faces.add_face(options.person, photo) for photo in photos)


def list_faces(faces: FacesClient, options: Namespace) -> Iterable[object]:
    """List the faces of a person."""
    return faces.faces_of(options.person)


def remove_face(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Remove a face of a person."""
    faces.remove_face(options.person, options.face)
    yield f"{options.face} is removed"


def recognize(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Recognize the people on photos."""
    send = faces.recognize_now if options.now else faces.recognize
    for photo in options.photo:
        yield send(photo.read_bytes(), faces="largest" if options.largest else "all")


def verify(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Tell whether a photo shows a person."""
    yield faces.verify(options.person, options.photo.read_bytes())


def recognitions(faces: FacesClient, options: Namespace) -> Iterable[object]:
    """List recognitions, newest first."""
    return faces.recognitions(
        since=options.since, before=options.before, decision=options.decision, person_id=options.person
    )


def recognition(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Read a recognition."""
    yield faces.recognition(options.recognition)


def photo(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Write the photo of a recognition to a file."""
    content = faces.download(faces.photo_link(options.recognition).url)
    options.file.write_bytes(content)
    yield f"{options.file}: {len(content)} bytes"


def review(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Decide who a face is."""
    somebody = None if options.person == "unknown" else options.person
    yield faces.review(options.recognition, options.n, person_id=somebody)


def delete_recognition(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Delete a recognition and its photo."""
    faces.delete_recognition(options.recognition)
    yield f"{options.recognition} is deleted"


def export(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Show all that is held about a person; write their photos into a folder."""
    yield faces.person(options.person)
    for held in faces.export(options.person):
        yield held
        if options.photos and isinstance(held, HeldPhoto) and held.url:
            _write(options.photos, Path(held.id).name, faces.download(held.url))


def sightings(faces: FacesClient, options: Namespace) -> Iterable[object]:
    """List when a person was seen, newest first."""
    return faces.visits(options.person, since=options.since, before=options.before)


def attendance(faces: FacesClient, options: Namespace) -> Iterable[object]:
    """List who was seen on a day."""
    return faces.attendance(options.day, time_zone=options.time_zone)


def erase(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Erase a person, everywhere, and wait for the receipt."""
    if not options.yes and not _agreed(f"Erase {faces.person(options.person).name} for good?"):
        yield "Nothing is erased"
        return
    yield faces.erase(options.person)


def erasure(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Read how far an erasure is."""
    yield faces.erasure(options.erasure)


def audit(faces: FacesClient, options: Namespace) -> Iterable[object]:
    """List who did what to whom."""
    return faces.audit_of_day(options.day) if options.day else faces.audit_of_person(options.person)


def usage(faces: FacesClient, options: Namespace) -> Iterator[object]:
    """Show what was used in a month, and what it costs."""
    yield faces.usage(options.month)


OF_SESSIONS = {begin_session, end_session, token}
SEND_PHOTOS = {register, add_face, recognize, verify}


def _asked(question: str, *, hidden: bool = False) -> str:
    """What somebody types, or the next line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass(question) if hidden else input(question)


def _agreed(question: str) -> bool:
    return _asked(f"{question} Type yes: ") == "yes"


def _consent(options: Namespace) -> Consent:
    given = options.given_at or datetime.now(UTC).replace(microsecond=0)
    return Consent(options.purpose, options.text_version, given, options.expires_at)


def _write(folder: Path, name: str, photo: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.{'png' if content_type_of(photo) == 'image/png' else 'jpg'}").write_bytes(photo)
