"""Start the local AWS: ministack with the plug-in."""

import logging
import os
import sys
from pathlib import Path

import ministack.app as gateway

from local.aws import (
    access_log,
    checksums,
    function_logs,
    iam,
    internals,
    provisioners,
    rekognition,
    serving,
    transactions,
)
from local.aws.checkpoint import Checkpoints
from local.aws.journal import Journal
from local.aws.ledger import Ledger


def main() -> None:
    """Install the plug-in and serve until a signal."""
    internals.check()
    endpoint = rekognition.Endpoint("127.0.0.1", int(os.environ["REKOGNITION_PORT"]))
    rekognition.install(endpoint)
    provisioners.install(endpoint)
    iam.install(Ledger(Path(os.environ["IAM_LEDGER"])))
    transactions.install()
    checksums.install()
    access_log.install(Path(os.environ["ACCESS_LOG"]))
    function_logs.install(Path(os.environ["FUNCTION_LOGS"]))
    serving.install()
    logging.getLogger("persistence").setLevel(logging.WARNING)
    for service in ("cognito", "ses"):  # at INFO they write the emails of those who are signed up
        logging.getLogger(service).setLevel(logging.WARNING)
    state = Path(os.environ["STATE_DIR"])
    journal = Journal(state)
    checkpoints = Checkpoints(state, journal)
    journal.install(checkpoints.write)
    checkpoints.start()
    gateway.main()


if __name__ == "__main__":
    try:
        main()
    except internals.ChangedError as error:
        sys.exit(f"error: {error}")
