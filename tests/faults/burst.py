"""Microburst between a client and the local AWS, its dice cast from a seed.

python -m tests.faults.burst SEED PORT UPSTREAM
"""

import contextlib
import random
import re
import sys
from collections import Counter
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


def faults(service: str) -> list[tuple[float, dict[str, Any]]]:
    """All kinds of faults of a service, each with its share of the calls in bad weather: together about 15 %.

    A lost answer is one of a call that was carried out.
    """
    code, status = THROTTLES[service]
    return [
        (0.035, {"error": {"code": code, "status": status}}),
        (0.025, {"error": {"code": FAILURES[service], "status": 500}}),
        (0.02, {"reset": True}),
        (0.03, {"response": {"abort_bytes": 0}}),
        (0.02, {"response": {"truncate_frac": 0.5}}),
        (0.02, {"response": {"corrupt_bytes": 16}}),
        (0.02, {"latency": {"min": 20, "max": 200}}),
    ]


def weather() -> list[dict[str, Any]]:
    """Rules by which all kinds of faults of all services come by chance."""
    return [{"service": service, "probability": p, **fault} for service in THROTTLES for p, fault in faults(service)]


def each_once() -> list[dict[str, Any]]:
    """Rules by which the first calls of each service meet all of its kinds of faults, one after the other."""
    return [{"service": service, "times": 1, **fault} for service in THROTTLES for _, fault in faults(service)]


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

    def calls(self) -> tuple[int, Counter[tuple[str, str]]]:
        """How many calls were made, and how many met which fault of which service; what was slow does not count."""
        text = httpx.get(f"{self.url}/_microburst/metrics").text
        met = Counter[tuple[str, str]]()
        pattern = r'microburst_faults_total\{service="([^"]*)",.*action="([^"]*)"\} (\d+)'
        for service, action, count in re.findall(pattern, text):
            if not action.startswith("latency"):
                met[service, action] += int(count)
        [total] = re.findall(r"^microburst_requests_total (\d+)", text, re.MULTILINE)
        return int(total), met


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
