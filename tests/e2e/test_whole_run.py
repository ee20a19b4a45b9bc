"""What the whole run has left behind in the ledger of IAM and in the logs."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import figures, logs
from tests.e2e import rights
from tests.e2e.support import CONSENT

WORDS = re.compile(r"[\w-]+")


def test_no_function_was_denied_anything_and_every_action_could_be_told(deployed):
    decisions = list(rights.decisions(deployed))
    denied = [(part, entry.action) for part, entry, expected in decisions if not entry.allowed and not expected]
    untold = [(part, entry.operation) for part, entry, _ in decisions if entry.action.endswith(":unknown")]
    figures.record("security", iam_denied=len(denied), iam_untold=len(untold))
    assert decisions
    assert denied == []
    assert untold == []


def test_all_that_is_granted_is_used(deployed):
    left = rights.unused(deployed)
    granted = sum(len(rights.granted(deployed, part)) for part in rights.FUNCTIONS)
    figures.record("security", iam_actions_granted=granted, iam_unused=len(left))
    assert left == set()


def test_every_part_writes_a_log_that_is_searched_when_all_tests_have_ended(deployed, tmp_path_factory):
    searched = set(logs.files(tmp_path_factory.getbasetemp()))
    written = {path for path in searched if path.is_relative_to(deployed.cloud.logs) and path.stat().st_size}
    assert {path.name for path in written} >= {*logs.WRITTEN, "access.log"}
    functions = {path.name: path.read_text(encoding="utf-8") for path in written if path.parent.name == "functions"}
    for part in rights.FUNCTIONS:
        assert [name for name in functions if name.startswith(f"{deployed.stack}-{part}")], part
    assert any('"message":"answered"' in text for text in functions.values())


def test_only_the_access_log_tells_who_has_asked(deployed, admin, operator, user):
    callers = {client.me().sub for client in (admin, operator, user)}
    telling = {
        path.name for path in logs.files(deployed.cloud.logs) if callers & set(WORDS.findall(path.read_text("utf-8")))
    }
    assert telling == {"access.log"}


def test_what_must_not_be_logged_would_be_found(deployed, operator, user, said):
    person = operator.register_person("Ada Lovelace", consent=CONSENT).id
    form = user.begin_recognition(content_type="image/jpeg").upload.fields
    lines = {
        "token": f"Bearer {deployed.session('user').access_token()}",
        "form": form["policy"],
        "signature": f"X-Amz-Signature={form['x-amz-signature']}",
        "key": form["x-amz-credential"],
        "photo": "/9j/4" + "A" * 40,
        "email": "mail to user@example.com",
        "person": f"GET /people/{person}",
        "name Ada Lovelace": "GET /people?namePrefix=Ada+Lovelace",
        f"name {deployed.password('user')}": deployed.password("user"),
    }
    with TemporaryDirectory() as folder:  # beside the logs of the run
        (Path(folder) / "one.log").write_text("\n".join(lines.values()))
        (Path(folder) / "good.log").write_text('{"level":"INFO","route":"GET /people/{person_id}","status":200}')
        found = {(kind, line) for _, kind, line in logs.search(Path(folder), said).hits}
    assert {(kind, line[:200]) for kind, line in lines.items()} <= found
    assert {line for _, line in found} == {line[:200] for line in lines.values()}
