"""What the functions write, each into a file of its own, as a developer wants to read it."""

from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

_GONE = "Worker process died"  # what ministack says of it
DIED = "Runtime.ExitError"
"""In the log of a function whose worker ended before it answered, as Lambda calls that."""


def install(folder: Path) -> None:
    """Append what each invocation writes to `<folder>/<function>.log`; CloudWatch Logs gets it as well.

    As on AWS the log also tells when a worker ended in the middle; the function itself cannot.
    """
    invoke = lambda_runtime.Worker.invoke

    def invoke_and_keep(worker: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = invoke(worker, *arguments, **options)
        written = [answer.get("log"), f"Error: Runtime exited\n{DIED}" if answer.get("error") == _GONE else None]
        with (folder / f"{worker.func_name}.log").open("a", encoding="utf-8") as log:
            log.writelines(f"{part}\n" for part in written if part)
        return answer

    lambda_runtime.Worker.invoke = invoke_and_keep
