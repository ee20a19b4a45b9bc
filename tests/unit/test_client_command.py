"""python -m client: its arguments, what it asks of the API, what it shows, and the session that it keeps."""

import argparse
import io
import json
import re
import shlex
import stat
from types import SimpleNamespace

import httpx
import pytest

from client import Face, FacesClient, SignInError, UserPool, arguments, keeping, lines
from client import __main__ as command
from client.decoding import decode
from client.keeping import Kept
from client.sessions import Session
from tools.files import ROOT

from .documented_samples import OPERATIONS, answered

# Each command, and the operations that it asks for.
COMMANDS = {
    "me": "readMe",
    "health": "readHealth",
    "register Ada {photo} --purpose p --text-version 1 --given-at 2026-01-02": (
        "createPerson createRegistration getRegistration"
    ),
    "people --prefix A": "listPeople",
    "person per_1": "getPerson",
    "change per_1 --name Ada": "getPerson patchPerson",
    "change per_1 --purpose p --text-version 2 --expires-at 2027-01-02": "getPerson patchPerson",
    "add-face per_1 {photo}": "createRegistration getRegistration",
    "faces per_1": "getFaces",
    "remove-face per_1 face-1": "deleteFace",
    "export per_1 --photos {folder}": "getPerson exportPerson",
    "recognize {photo}": "createRecognition getRecognition",
    "recognize {photo} --now --largest": "recognizeImmediately",
    "verify per_1 {photo}": "createVerification getVerification",
    "recognitions --since 2026-01-02T03:04:05+01:00 --decision review": "getRecognitions",
    "recognition rec_1": "getRecognition",
    "photo rec_1 {folder}/photo.jpg": "getRecognitionPhoto",
    "review rec_1 0 per_1": "reviewRecognizedFace",
    "review rec_1 0 unknown": "reviewRecognizedFace",
    "delete-recognition rec_1": "removeRecognition",
    "sightings per_1 --before 2026-01-02": "listSightings",
    "attendance 2026-01-02 --time-zone Europe/Berlin": "listAttendance",
    "erase per_1 --yes": "deletePerson getErasure",
    "erasure era_1": "getErasure",
    "audit --day 2026-01-02": "listAudit",
    "audit --person per_1": "listAudit",
    "usage --month 2026-01": "readUsage",
}


class Api:
    """The API as documented, where photos and erasures are done at once; keeps the operations asked for."""

    def __init__(self):
        self.asked = []
        self.outcome = "succeeded"

    def __call__(self, request):
        if request.url.host != "api.test":
            return httpx.Response(200, content=b"photo")
        name, operation = next(
            (name, operation)
            for name, (method, path, operation) in OPERATIONS.items()
            if method == request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.url.path)
        )
        self.asked.append(name)
        response = answered(operation)
        if not response.content:
            return response
        return httpx.Response(200, json=self.done(response.json()), headers={"etag": response.headers["etag"]})

    def done(self, body):
        if "upload" in body:
            body |= {"status": self.outcome} | ({"error": None} if self.outcome == "succeeded" else {})
        return body | ({"status": "complete"} if "receipt" in body else {})

    def client(self, *args, **options):
        return FacesClient(*args, **options, network=httpx.MockTransport(self))


@pytest.fixture
def api(monkeypatch):
    api = Api()
    monkeypatch.setattr(command, "FacesClient", api.client)
    monkeypatch.setenv("FACES_API", "https://api.test")
    monkeypatch.setenv("FACES_TOKEN", "token")
    return api


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff")
    return path


def split(line, photo, tmp_path):
    return [part.format(photo=photo, folder=tmp_path / "folder") for part in line.split()]


def subcommands():
    [found] = [one for one in arguments.parser()._actions if isinstance(one, argparse._SubParsersAction)]
    return set(found.choices)


def test_every_command_is_tried_here():
    assert {line.split()[0] for line in COMMANDS} == subcommands() - {"sign-in", "sign-out", "token"}


@pytest.mark.parametrize("line", sorted(COMMANDS))
def test_a_command_asks_for_what_it_says_and_shows_what_came(api, photo, tmp_path, capsys, line):
    (tmp_path / "folder").mkdir()
    status = command.main(split(line, photo, tmp_path))
    shown = capsys.readouterr()
    assert (status, shown.err) == (0, "")
    assert list(dict.fromkeys(api.asked)) == COMMANDS[line].split()
    assert shown.out.strip()


@pytest.mark.parametrize("line", sorted(COMMANDS))
def test_as_json_each_value_is_one_line(api, photo, tmp_path, capsys, line):
    (tmp_path / "folder").mkdir()
    command.main(["--json", *split(line, photo, tmp_path)])
    for shown in capsys.readouterr().out.splitlines():
        json.loads(shown)


def test_the_photos_of_an_export_are_written(api, tmp_path):
    command.main(["export", "per_1", "--photos", str(tmp_path / "new" / "folder")])
    [path] = (tmp_path / "new" / "folder").iterdir()
    assert (path.read_bytes(), path.suffix) == (b"photo", ".jpg")


@pytest.mark.parametrize(("said", "asked"), [("yes\n", True), ("y\n", False), ("", False)])
def test_nobody_is_erased_without_a_yes(api, monkeypatch, capsys, said, asked):
    for line, operation in [("erase per_1", "deletePerson"), ("change per_1 --withdraw-consent", "patchPerson")]:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        assert command.main(line.split()) == 0
        assert (operation in api.asked) == asked
        assert ("Nothing is" in capsys.readouterr().out) != asked


def test_with_a_yes_beforehand_nobody_is_asked(api, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert command.main(["change", "per_1", "--withdraw-consent", "--yes"]) == 0
    assert api.asked == ["getPerson", "patchPerson"]


@pytest.mark.parametrize(("line", "status"), [("recognize {photo}", 1), ("recognition rec_1", 0), ("recognitions", 0)])
def test_a_photo_that_came_to_nothing_is_a_failure_of_what_sent_it(api, photo, tmp_path, line, status):
    api.outcome = "rejected"
    assert command.main(split(line, photo, tmp_path)) == status


def test_a_photo_that_cannot_be_read_is_an_error_before_anybody_is_registered(api, tmp_path, capsys):
    line = ["register", "Ada", str(tmp_path / "none.jpg"), "--purpose", "p", "--text-version", "1"]
    assert command.main(line) == 1
    assert "none.jpg" in capsys.readouterr().err
    assert api.asked == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("audit", "--day --person is required"),
        ("people --prefix A --pending", "not allowed with argument"),
        ("recognitions --since soon", "invalid time value: 'soon'"),
        ("attendance yesterday", "invalid day value: 'yesterday'"),
        ("nothing", "invalid choice"),
        ("change per_1", "say what to change"),
        ("change per_1 --purpose p", "needs --purpose and --text-version"),
        ("change per_1 --expires-at 2027-01-02", "needs --purpose and --text-version"),
        ("sign-in api.test --pool us-east-1_abc --client-id c", "is no address"),
        ("sign-in https://api.test --pool Faces --client-id c", "is no id of a user pool"),
    ],
)
def test_wrong_arguments_are_told_and_ask_for_nothing(api, capsys, line, told):
    with pytest.raises(SystemExit) as ended:
        command.main(line.split())
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
    assert api.asked == []


@pytest.mark.parametrize("page", ["guide-clients.md", "guide-operators.md", "guide-data-protection.md"])
def test_every_command_that_a_guide_names_is_one(page):
    """In tables it stands alone, elsewhere after `python -m client`; words in capitals are what somebody fills in."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").replace("\\\n", " ")
    rows = "\n".join(row for table in re.findall(r"\| command \|\n((?:\|.*\n)+)", text) for row in table.splitlines())
    found = re.findall(r"`([a-z][^`]+)`", re.sub(r"^\|[^|]*\|", "", rows, flags=re.MULTILINE))
    found += re.findall(r"^\$ python -m client ([^#\n]+)", text, re.MULTILINE)
    assert found
    for line in found:
        words = [{"N": "0", "TIME": "2026-11-24"}.get(word, word) for word in shlex.split(line.replace("...", ""))]
        words = [word.replace("$API", "https://api.test") for word in words]
        if words[0] != "unknown":
            arguments.parse(words)


@pytest.mark.parametrize(
    ("face", "shown"),
    [
        ({"decision": "matched", "name": "Ada", "personId": "per_1"}, "matched      Ada 99.50 %"),
        ({"decision": "matched"}, "matched      somebody 99.50 %"),
        ({"decision": "unknown", "similarity": None}, "unknown"),
        ({"decision": "review", "candidates": [{"personId": "per_1", "similarity": 90}]}, "perhaps per_1 90.00 %"),
    ],
)
def test_a_face_is_shown_with_who_it_is_as_far_as_one_may_know(face, shown):
    box = {"left": 0, "top": 0, "width": 1, "height": 1}
    found = {"n": 0, "box": box, "confidence": 99.0, "similarity": 99.5, "candidates": []} | face
    assert lines.for_people(decode(Face, found)).endswith(shown)


def test_json_may_be_asked_for_before_and_after_the_command(api, capsys):
    for line in ("--json me", "me --json"):
        command.main(line.split())
        json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"FACES_TOKEN": ""}, "error: FACES_API and FACES_TOKEN go together: set both, or neither\n"),
        ({"FACES_API": ""}, "error: FACES_API and FACES_TOKEN go together: set both, or neither\n"),
        (
            {"FACES_API": "api.test"},
            "error: FACES_API: 'api.test' is no address: it begins with https:// and names a host\n",
        ),
    ],
)
def test_half_of_a_deployment_in_the_environment_is_none(api, monkeypatch, capsys, given, told):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert command.main(["me"]) == 1
    assert capsys.readouterr().err == told
    assert api.asked == []


def test_what_gives_no_answer_is_named(monkeypatch, capsys):
    monkeypatch.setattr("client.transport.time.sleep", lambda _: None)
    monkeypatch.setenv("FACES_API", "http://127.0.0.1:1")
    monkeypatch.setenv("FACES_TOKEN", "token")
    assert command.main(["me"]) == 1
    assert capsys.readouterr().err.startswith("error: 127.0.0.1 gave no answer: ")


def test_what_failed_in_the_service_can_be_asked_about(api, monkeypatch, capsys):
    problem = {"code": "internal_error", "detail": "Sorry", "retryable": True, "requestId": "request-1"}
    monkeypatch.setattr("client.transport.time.sleep", lambda _: None)
    monkeypatch.setattr(Api, "__call__", lambda *_: httpx.Response(500, json=problem))
    assert command.main(["me"]) == 1
    assert capsys.readouterr().err == "error: 500 internal_error: Sorry (request request-1)\n"


@pytest.fixture
def kept(monkeypatch, tmp_path):
    for name in ("FACES_API", "FACES_TOKEN", "FACES_SESSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    pool = UserPool("us-east-1_abc", "client-1", endpoint_url="http://127.0.0.1:1")
    return Kept("https://api.test", Session(pool, refresh_token="secret"), pool)


def test_a_session_is_kept_for_its_user_alone(kept):
    keeping.keep(kept)
    keeping.keep(kept)
    found = keeping.kept()
    assert (found.api_url, found.pool, found.session.refresh_token) == (kept.api_url, kept.pool, "secret")
    assert stat.S_IMODE(keeping.path().stat().st_mode) == 0o600
    assert stat.S_IMODE(keeping.path().parent.stat().st_mode) == 0o700
    assert [path.name for path in keeping.path().parent.iterdir()] == ["session.json"]
    keeping.forget()
    with pytest.raises(SignInError, match="sign in first"):
        keeping.kept()


@pytest.mark.parametrize("found", ["{}", "[]", "{", '{"apiUrl": "https://api.test", "poolId": ""}'])
def test_a_session_that_cannot_be_read_says_so(kept, capsys, found):
    keeping.keep(kept)
    keeping.path().write_text(found)
    assert command.main(["me"]) == 1
    assert "cannot be read; sign in again" in capsys.readouterr().err


def test_a_session_goes_on_after_a_command_that_failed(kept, monkeypatch, capsys):
    """A pool may change the refresh token at each renewal, and take the old one no more."""
    keeping.keep(kept)
    renewed = {"AccessToken": "access", "IdToken": "id", "RefreshToken": "new", "ExpiresIn": 900}
    cognito = SimpleNamespace(initiate_auth=lambda **_: {"AuthenticationResult": renewed})
    monkeypatch.setattr(UserPool, "client", lambda _: cognito)
    refused = httpx.MockTransport(lambda _: httpx.Response(403, json={"code": "forbidden"}))
    monkeypatch.setattr(command, "FacesClient", lambda url, token: FacesClient(url, token=token, network=refused))
    assert command.main(["usage"]) == 1
    assert capsys.readouterr().err.startswith("error: 403 forbidden")
    assert keeping.kept().session.refresh_token == "new"


@pytest.mark.parametrize("typed", ["", "\n", "me@example.com\n"])
def test_nobody_signs_in_with_nothing(kept, monkeypatch, capsys, typed):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    line = "sign-in https://api.test --pool us-east-1_abc --client-id c --endpoint-url http://127.0.0.1:1"
    assert command.main(line.split()) == 1
    assert capsys.readouterr().err == "error: email and password are needed: type them, or pipe them in\n"
