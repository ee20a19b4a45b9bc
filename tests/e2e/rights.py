"""What IAM has decided about the functions in a whole run, and what they hold besides."""

import json
from collections.abc import Iterator

from tests.e2e.support import Deployed, Entry, role_of

FUNCTIONS = ("Announcer", "Eraser", "Immediate", "Photos", "Reconciler", "Requests")

# Rights that a function holds for a service which acts for it: no request of its own asks for them.
SERVICE_SIDE = {
    ("*", "logs:CreateLogStream"): "Lambda writes what the function prints into its log",
    ("*", "logs:PutLogEvents"): "the same",
    (
        "Announcer",
        "sqs:SendMessage",
    ): "Lambda puts changes of the table that fail again and again into the dead letters",
}


def granted(deployed: Deployed, part: str) -> set[str]:
    """The actions that the policies of a function's role allow."""
    iam, role = deployed.cloud.client("iam"), role_of(deployed, part)
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    statements = [statement for document in documents for statement in document["Statement"]]
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    listed = [statement["Action"] for statement in statements]
    return {action for actions in listed for action in ([actions] if isinstance(actions, str) else actions)}


def decisions(deployed: Deployed) -> Iterator[tuple[str, Entry, bool]]:
    """Every decision of the run about a function of the stack: which, what, and whether a test had a hand in it."""
    roles = {role_of(deployed, part): part for part in FUNCTIONS}
    at = 0
    with deployed.cloud.ledger.open("rb") as ledger:
        for line in ledger:
            entry = Entry(**json.loads(line))
            if part := roles.get(entry.role):
                yield part, entry, _taken_away(deployed, entry, at)
            at += len(line)


def unused(deployed: Deployed) -> set[tuple[str, str]]:
    """Rights that the run has not needed, and for which there is no other reason."""
    used = {(part, entry.action) for part, entry, _ in decisions(deployed) if entry.allowed}
    return {
        (part, action)
        for part in FUNCTIONS
        for action in granted(deployed, part)
        if not {(part, action), ("*", action)} & (used | SERVICE_SIDE.keys())
    }


def _taken_away(deployed: Deployed, entry: Entry, at: int) -> bool:
    return any(
        entry.role == one.role and one.action in {entry.action, "*"} and one.begin <= at < one.end
        for one in deployed.without
    )
