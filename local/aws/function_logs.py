"""What the functions write, each into a file of its own, as a developer wants to read it."""

from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime


def install(folder: Path) -> None:
    """Append what each invocation writes to `<folder>/<function>.log`; CloudWatch Logs gets it as well."""
    invoke = lambda_runtime.Worker.invoke

    def invoke_and_keep(worker: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = invoke(worker, *arguments, **options)
        if written := answer.get("log"):
            with (folder / f"{worker.func_name}.log").open("a", encoding="utf-8") as log:
                log.write(f"{written}\n")
        return answer

    lambda_runtime.Worker.invoke = invoke_and_keep
