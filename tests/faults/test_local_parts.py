"""The local AWS is ended by kill -9 at any moment, and started again. tests/endpoint does the same to Rekognition."""

import os
import signal
import threading
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import LocalCloud
from local.deployment import Deployment
from local.ports import Ports

TABLE = "written-to-the-end"
COUNTER = {"pk": {"S": "counter"}}


class Writer(threading.Thread):
    """Writes pairs of items, and counts them in the same transaction, until nobody answers any more."""

    def __init__(self, dynamodb: Any, name: str) -> None:
        super().__init__()
        self._dynamodb, self._name = dynamodb, name
        self.acknowledged: list[str] = []

    def run(self) -> None:
        number = 0
        try:
            while True:
                pair = f"{self._name}-{number}"
                halves = [{"Put": {"TableName": TABLE, "Item": {"pk": {"S": f"{half} {pair}"}}}} for half in "AB"]
                count = {
                    "TableName": TABLE,
                    "Key": COUNTER,
                    "UpdateExpression": "ADD pairs :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
                self._dynamodb.transact_write_items(TransactItems=[*halves, {"Update": count}])
                self.acknowledged.append(pair)
                number += 1
        except (BotoCoreError, ClientError):
            pass


def test_what_the_local_aws_has_acknowledged_survives_kill_9_as_a_whole(chance, long_form, tmp_path):
    ports, acknowledged = Ports.free(), set[str]()
    for life in range(20 if long_form else 6):
        with LocalCloud(tmp_path, ports=ports) as cloud:
            dynamodb = cloud.client("dynamodb")
            if life == 0:
                dynamodb.create_table(
                    TableName=TABLE,
                    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                    BillingMode="PAY_PER_REQUEST",
                )
            check(dynamodb, acknowledged)
            writers = [Writer(dynamodb, f"{life}-{number}") for number in range(3)]
            for writer in writers:
                writer.start()
            # Every other time in the checkpoint that the first item of a life makes, else also across a later one.
            time.sleep(chance.uniform(0, 0.1) if life % 2 else chance.uniform(0.2, 7 if long_form else 1))
            os.kill(cloud.children["the local AWS"], signal.SIGKILL)
            for writer in writers:
                writer.join()
                acknowledged |= set(writer.acknowledged)
    with LocalCloud(tmp_path, ports=ports) as cloud:
        check(cloud.client("dynamodb"), acknowledged)
        if long_form:
            deployment = Deployment(cloud)
            deployment.bootstrap()
            deployment.deploy()
    assert len(acknowledged) > 50


def check(dynamodb: Any, acknowledged: set[str]) -> None:
    items = [item for page in dynamodb.get_paginator("scan").paginate(TableName=TABLE) for item in page["Items"]]
    halves = {half: {item["pk"]["S"][2:] for item in items if item["pk"]["S"].startswith(half)} for half in "AB"}
    assert halves["A"] == halves["B"]
    assert acknowledged <= halves["A"]
    [counted] = [int(item["pairs"]["N"]) for item in items if item["pk"] == COUNTER["pk"]] or [0]
    assert counted == len(halves["A"])
