"""What a kill left behind: files of buckets that the last checkpoint does not know.

ministack would make a bucket of each when it starts, without its settings, and the next deploy would find the name
taken. Standard library only: the launcher calls this before the local AWS starts.
"""

import ast
import json
import shutil
from pathlib import Path


def remove(*, state: Path, objects: Path) -> None:
    """Remove the files under `objects` of every bucket that the state in `state` does not hold."""
    known = _known_buckets(state / "s3.json")
    # <account>/<bucket>, and beside the accounts a folder with old versions, of the same shape.
    for folder in [*objects.glob("[0-9]*/*"), *objects.glob("*/[0-9]*/*")]:
        account, bucket = folder.parent.name, folder.name
        if account.isdecimal() and (account, bucket) not in known and folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)


def _known_buckets(saved: Path) -> set[tuple[str, str]]:
    if not saved.exists():
        return set()
    buckets = json.loads(saved.read_text(encoding="utf-8"))["payload"]["buckets_meta"]["data"]
    # Each key is the account, a null character and the name as Python writes it.
    return {(account, ast.literal_eval(name)) for account, _, name in (key.partition("\0") for key in buckets)}
