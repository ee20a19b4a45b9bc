"""All that a deployment holds, to be compared: what was refused must have changed nothing of it."""

import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from domain.audit import SERVICE
from tests.e2e.support import Deployed, Entry, LedgerView

SETTLED_SECONDS = 0.4

State = Mapping[str, frozenset[str]]


class Holdings:
    """What is in table, bucket, collection, queues and user pool.

    Left out is how often somebody asked in a minute (`RATE#`), for refused requests count too, and what the service
    itself enters into the audit: it comes late, after what was done before.
    """

    def __init__(self, deployed: Deployed) -> None:
        self._deployed, self._outputs = deployed, deployed.outputs

    def state(self) -> State:
        """All of it, now."""
        return {
            "table": frozenset(str(item) for item in self._items() if not _is_late(item)),
            "bucket": frozenset(self._versions()),
            "collection": frozenset(self._vectors()),
            "queues": frozenset(self._messages()),
            "user pool": frozenset(self._users()),
        }

    def settled(self, *, seconds: float = 20.0) -> State:
        """All of it, once nothing in the background changes it any more."""
        ledger, until = LedgerView(self._deployed.cloud.ledger), time.monotonic() + seconds
        before = self.state()
        while time.monotonic() < until:
            time.sleep(SETTLED_SECONDS)
            quiet, now = not _at_work(ledger), self.state()
            if quiet and now == before:
                return now
            ledger, before = LedgerView(self._deployed.cloud.ledger), now
        raise AssertionError("the deployment does not come to rest")

    @cached_property
    def _clients(self) -> Mapping[str, Any]:
        services = ("dynamodb", "s3", "rekognition", "sqs", "cognito-idp")
        return {service: self._deployed.cloud.client(service) for service in services}

    def _pages(self, service: str, operation: str, **arguments: str) -> Iterator[Any]:
        yield from self._clients[service].get_paginator(operation).paginate(**arguments)

    def _items(self) -> Iterator[Any]:
        for page in self._pages("dynamodb", "scan", TableName=self._outputs.table_name):
            yield from page["Items"]

    def _versions(self) -> Iterator[str]:
        for page in self._pages("s3", "list_object_versions", Bucket=self._outputs.bucket_name):
            for found in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                yield f"{found['Key']} {found['VersionId']}"

    def _vectors(self) -> Iterator[str]:
        collection = self._outputs.collection_id
        for page in self._pages("rekognition", "list_faces", CollectionId=collection):
            for face in page["Faces"]:
                yield f"{face['FaceId']} of {face.get('UserId')}"
        for page in self._pages("rekognition", "list_users", CollectionId=collection):
            yield from (user["UserId"] for user in page["Users"])

    def _messages(self) -> Iterator[str]:
        sqs = self._clients["sqs"]
        for url in sqs.list_queues().get("QueueUrls", []):
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            yield f"{url} {sum(int(found[name]) for name in found if name.startswith('ApproximateNumberOf'))}"

    def _users(self) -> Iterator[str]:
        pool = self._outputs.user_pool_id
        for page in self._pages("cognito-idp", "list_users", UserPoolId=pool):
            for user in page["Users"]:
                yield str({name: user[name] for name in ("Username", "Attributes", "Enabled", "UserStatus")})
        for group in ("admin", "operator"):
            for page in self._pages("cognito-idp", "list_users_in_group", UserPoolId=pool, GroupName=group):
                yield from (f"{user['Username']} in {group}" for user in page["Users"])


def _is_late(item: Mapping[str, Any]) -> bool:
    return bool(item["pk"]["S"].startswith("RATE#") or item.get("actor", {}).get("S") == SERVICE)


def _at_work(ledger: LedgerView) -> list[Entry]:
    """What functions have done since, but for the one that tells what has ended before."""
    return [entry for entry in ledger.entries() if "Announcer" not in entry.role]


def changes(before: State, after: State) -> list[str]:
    """What is different, for people to read."""
    return [
        f"{part}: {sign}{entry[:300]}"
        for part in before
        for sign, entries in (("-", before[part] - after[part]), ("+", after[part] - before[part]))
        for entry in sorted(entries)
    ]
