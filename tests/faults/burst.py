"""Microburst between a client and the local AWS, its dice cast from a seed.

python -m tests.faults.burst SEED PORT UPSTREAM
"""

import contextlib
import random
import re
import sys
from pathlib import Path
from typing import Any

import httpx
from microburst import cli, forward

from local.cloud import LocalCloud
from local.ports import HOST, Ports
from local.processes import Child, environment

THROTTLES = {
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "rekognition": ("ProvisionedThroughputExceededException", 400),
    "s3": ("SlowDown", 503),
    "sqs": ("RequestThrottled", 403),
}
FAILURES = {
    "dynamodb": "InternalServerError",
    "rekognition": "InternalServerError",
    "s3": "InternalError",
    "sqs": "InternalError",
}


def weather(scale: float = 1.0) -> list[dict[str, Any]]:
    """Rules for all kinds of faults of all services; with `scale` 1, about 15 % of all calls fail.

    A lost answer is one of a call that was carried out. Bodies of objects are cut short but not corrupted: where TLS is
    not at work, nothing tells the second from a photo that was uploaded like that.
    """
    rules = []
    for service, (code, status) in THROTTLES.items():
        faults: list[tuple[float, dict[str, Any]]] = [
            (0.035, {"error": {"code": code, "status": status}}),
            (0.025, {"error": {"code": FAILURES[service], "status": 500}}),
            (0.02, {"reset": True}),
            (0.03, {"response": {"abort_bytes": 0}}),
            (0.02, {"response": {"truncate_frac": 0.5}}),
            *([(0.02, {"response": {"corrupt_bytes": 16}})] if service != "s3" else []),
            (0.02, {"latency": {"min": 20, "max": 200}}),
        ]
        rules += [{"service": service, "probability": scale * p, **fault} for p, fault in faults]
    return rules


class Proxy:
    """A running microburst; a context manager.

    Args:
        cloud: Where it passes calls on to.
        seed: Of its dice. Which call meets which fault depends on the order of calls, too.
        log: Where its output goes.
    """

    def __init__(self, cloud: LocalCloud, *, seed: int, log: Path) -> None:
        self.url = f"http://{HOST}:{(port := Ports.free().aws)}"
        command = [sys.executable, "-m", "tests.faults.burst", str(seed), str(port), cloud.endpoint]
        self._child = Child("microburst", command, env=environment({}), log=log)

    def __enter__(self) -> "Proxy":
        self._child.wait_until_ready(f"{self.url}/_microburst/health", seconds=30)
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stop()

    def set(self, rules: list[dict[str, Any]]) -> None:
        """Have these rules hold and no others."""
        httpx.post(f"{self.url}/_microburst/rules", json=rules).raise_for_status()

    def calls(self) -> tuple[int, dict[str, int]]:
        """How many calls were made, and how many met a fault, by kind. What was only slow does not count."""
        text = httpx.get(f"{self.url}/_microburst/metrics").text
        faults: dict[str, int] = {}
        for action, count in re.findall(r'microburst_faults_total\{.*action="([^"]*)"\} (\d+)', text):
            if not action.startswith("latency"):
                kind = action.partition(":")[0] if action.startswith("error") else action
                faults[kind] = faults.get(kind, 0) + int(count)
        [total] = re.findall(r"^microburst_requests_total (\d+)", text, re.MULTILINE)
        return int(total), faults


def main() -> None:
    """Run microburst."""
    seed, port, upstream = sys.argv[1:]
    random.seed(int(seed))
    outbound = forward.Upstream._outbound_headers
    # What a function's role has signed names the host that it called; the local AWS checks that, and has to see it.
    forward.Upstream._outbound_headers = lambda upstream, request: {
        **outbound(upstream, request),
        "host": request.headers["Host"],
    }
    with contextlib.suppress(KeyboardInterrupt):
        cli.main(["--host", HOST, "--port", port, "--upstream", upstream])


if __name__ == "__main__":
    main()
