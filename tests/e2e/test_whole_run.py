"""What the whole run has left behind in the ledger of IAM and in the logs."""

from tests import figures
from tests.e2e import rights, said


def test_no_function_was_denied_anything_and_every_action_could_be_told(deployed):
    decisions = list(rights.decisions(deployed))
    denied = [(part, entry.action) for part, entry, expected in decisions if not entry.allowed and not expected]
    untold = [(part, entry.operation) for part, entry, _ in decisions if entry.action.endswith(":unknown")]
    figures.record("security", iam_denied=len(denied), iam_untold=len(untold))
    assert decisions
    assert denied == []
    assert untold == []


def test_no_log_tells_of_people_or_holds_what_would_let_somebody_in(deployed, told):
    searched, answered, hits = 0, 0, set()
    for log, line in said.lines(deployed.cloud.logs):
        searched += 1
        answered += '"message":"answered"' in line
        hits |= {(log, kind, line[:200]) for kind in told.found_in(line)}
    figures.record("security", log_lines_searched=searched, log_personal_hits=len(hits))
    assert answered  # or the functions would have been silent
    assert hits == set()


def test_what_must_not_be_logged_would_be_found(told, deployed):
    token = deployed.session("user").access_token()
    told.names.add("Ada Lovelace")
    lines = [
        f"Bearer {token}",
        "mail to user@example.com",
        "X-Amz-Signature=00",
        "/9j/4" + "A" * 40,
        "hello Ada Lovelace",
    ]
    kinds = ["token", "email", "signature", "photo", "name Ada Lovelace"]
    assert all(kind in told.found_in(line) for kind, line in zip(kinds, lines, strict=True))
    assert list(told.found_in('{"level":"INFO","route":"GET /people/{person_id}","status":200}')) == []
