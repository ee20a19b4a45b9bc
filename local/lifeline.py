"""Run a program that ends when its starter does, however that ends.

python -m local.lifeline -m MODULE [ARGUMENT...]    runs the module in this process
python -m local.lifeline COMMAND [ARGUMENT...]      runs the command as a child and exits with its status

Standard input is the lifeline: the starter keeps the other end of the pipe, and when it is gone, by exit or by kill -9,
the whole process group gets SIGTERM and, `GRACE_SECONDS` later, SIGKILL. So start this as the leader of a group.
"""

import os
import runpy
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 10.0


def main() -> None:
    """Watch the lifeline and run what the arguments name."""
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()
    if sys.argv[1] == "-m":
        sys.argv = sys.argv[2:]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.exit(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, check=False).returncode)


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpgid(0), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    main()
