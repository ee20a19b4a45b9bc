"""Every call to AWS of every handler: the process dies before it and after it, and what was to be done is done again.

python -m tests.faults.crashes [both]     prints what was found as JSON

A death before a call leaves the same behind as one after the call before it; so only with `both` it is tried too, but
for the first.

Where the calls are is learned from a run that nobody disturbs, so a call that is new is tried like all others. Each
point is tried in a fork of one process that has prepared everything: nothing of one try is left for the next.
"""

import gc
import json
import os
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.faults.scenarios import SCENARIOS, Act
from tests.faults.world import World

TRIES = 5
# What differs from run to run and says nothing: times, ids that were made on the way, and random parts of keys.
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\d{4}-\d\d-\d\d|\d{4}-\d\d")
ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
SHARD = re.compile(r"(?<=ion#)\d\d")
HASH = re.compile(r"[0-9a-f]{64}")


def main() -> None:
    """Try all scenarios."""
    found: dict[str, Any] = {"points": 0, "converged": 0, "calls": {}, "failures": []}
    for prepare in SCENARIOS:
        with World() as world:
            # In this process, so that what is done for the first time in it need not be done by each fork.
            calls, wanted = undisturbed(world, prepare(world))
        with World() as world:
            act = prepare(world)
            gc.collect()
            gc.freeze()  # memory that nobody touches is not copied
            for number, side in points(len(calls), both="both" in sys.argv):
                tried = in_fork(lambda: disturbed(world, act, number, side))  # noqa: B023 - called at once
                found["points"] += 1
                found["converged"] += tried == wanted
                if tried != wanted:
                    where = f"{prepare.__name__}, {side} call {number}, {calls[number]}"
                    found["failures"].append({"where": where, "difference": difference(wanted, tried)})
        found["calls"][prepare.__name__] = calls
    print(json.dumps(found))


def points(calls: int, *, both: bool) -> Iterator[tuple[int, str]]:
    """Numbers of calls, and the side at which the process dies."""
    for number in range(calls):
        if both or number == 0:
            yield number, "before"
        yield number, "after"


def undisturbed(world: World, act: Act) -> tuple[list[str], list[str]]:
    """The calls that are made, and how things are in the end."""
    world.arm(lambda _operation, _side: False)
    assert act()
    calls = list(world.calls)
    world.settle()
    return calls, state(world)


def disturbed(world: World, act: Act, number: int, side: str) -> list[str]:
    """How things are in the end when the process dies at that call; a client and a queue try again."""
    reached = Counter[str]()

    def deadly(_operation: str, at: str) -> bool:
        reached[at] += 1
        return at == side and reached[at] == number + 1

    world.arm(deadly)
    world.survives(act)
    for _ in range(TRIES):
        world.later += timedelta(minutes=2)
        if act():
            break
    world.settle()
    return state(world)


def state(world: World) -> list[str]:
    """All that is stored anywhere, without what differs from run to run; what may be there twice, only once."""
    items = [told(item) for item in world.items() if not item["pk"].startswith(("RATE#", "AUDIT#"))]
    audit = {told({**item, "pk": "AUDIT", "gsi1sk": ""}) for item in world.items() if item["pk"].startswith("AUDIT#")}
    objects = [told({"object": version["Key"]}) for version in world.objects()]
    faces = [f"face of {face.owner} from {face.photo}" for face in world.rekognition.faces.values()]
    users = [f"user {user}" for user in world.rekognition.users]
    published = {told({**entry, "Time": ""}) for entry in world.published}
    return sorted([*items, *audit, *objects, *faces, *users, *published])


def told(item: dict[str, Any]) -> str:
    """An item in words."""
    shown = {name: value for name, value in item.items() if name not in {"ttl", "revision", "claims"}}
    text = json.dumps(shown, sort_keys=True, default=str)
    for pattern in (SHARD, UUID, HASH, TIME):
        text = pattern.sub("*", text)
    return ULID.sub(lambda found: found[0] if found[0].startswith("01JDZ6V8K2M3N4P5Q6R7S8T9") else "*", text)


def difference(wanted: list[str], found: list[str]) -> list[str]:
    """What is missing and what is too much."""
    missing, extra = Counter(wanted), Counter(found)
    return [f"- {line}" for line in (missing - extra).elements()] + [
        f"+ {line}" for line in (extra - missing).elements()
    ]


def in_fork(work: Callable[[], Any]) -> Any:
    """What `work` returns, done in a fork of this process."""
    here, there = os.pipe()
    if not (pid := os.fork()):
        status = 1
        try:
            gc.disable()
            os.close(here)
            with os.fdopen(there, "w") as out:
                json.dump(work(), out)
            status = 0
        except BaseException:  # noqa: BLE001 - this is the end of the process
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(there)
    with os.fdopen(here) as answer:
        text = answer.read()
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise RuntimeError("a try failed in a way nobody expected; see above")
    return json.loads(text)


if __name__ == "__main__":
    main()
