"""A photo processor that does one event after the other, and tells what each took.

python -m tests.faults.one_worker      events come in and what became of them goes out, as lines of JSON
"""

import json
import re
import sys
import time
from pathlib import Path

from handlers import photos


def main() -> None:
    """Work until there is nothing more."""
    out, sys.stdout = sys.stdout, sys.stderr  # where the handler writes its metrics to
    for line in sys.stdin:
        began = time.monotonic()
        try:
            photos.handler(json.loads(line), None)  # type: ignore[arg-type]  # it does not look at its context
            failure = None
        except Exception as error:  # noqa: BLE001 - that there is one is what is asked
            failure = repr(error)
        took = time.monotonic() - began
        print(json.dumps({"failure": failure, "seconds": took, "mib": peak_mib()}), file=out, flush=True)


def peak_mib() -> int:
    """Most memory that this process has ever had; `ru_maxrss` would count in what started it."""
    [peak] = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(peak) // 1024


if __name__ == "__main__":
    main()
