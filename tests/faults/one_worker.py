"""A photo processor that does one event after the other, and tells what each took.

python -m tests.faults.one_worker      events come in and what became of them goes out, as lines of JSON
"""

import json
import resource
import sys
import time

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
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"failure": failure, "seconds": time.monotonic() - began, "mib": peak}), file=out, flush=True)


if __name__ == "__main__":
    main()
