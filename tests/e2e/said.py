"""What the tests have told the service, to be looked for in its logs."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest

# What must be in no log, whoever it is from.
PATTERNS = {
    "token": re.compile(r"eyJ[\w-]{16,}\.[\w-]{16,}"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}"),
    "signature": re.compile(r"x-amz-(?:signature|credential|security-token)[\"'=:\s]", re.IGNORECASE),
    "photo": re.compile(r"/9j/4[\w+/]{40}|iVBORw0KGgo|JFIF|[A-Za-z0-9+/]{400}"),
}
SHORTEST = 3  # letters of a name that is looked for


class Said:
    """Remembers the names and references in all requests that go out by httpx."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.names: set[str] = set()
        send = httpx.Client.send

        def send_and_remember(client: httpx.Client, request: httpx.Request, **options: object) -> httpx.Response:
            self._remember(request)
            return send(client, request, **options)  # type: ignore[arg-type]  # passed on as they are

        patch.setattr(httpx.Client, "send", send_and_remember)

    def found_in(self, line: str) -> Iterator[str]:
        """What kinds of things a line of a log tells that it must not."""
        yield from (kind for kind, pattern in PATTERNS.items() if pattern.search(line))
        yield from (f"name {name}" for name in self.names if name in line and _as_a_word(name).search(line))

    def _remember(self, request: httpx.Request) -> None:
        self._add(dict(request.url.params.multi_items()), ("namePrefix", "externalRef"))
        if request.headers.get("content-type") == "application/json":
            try:
                body = json.loads(request.content)
            except ValueError:
                return
            if isinstance(body, dict):
                self._add(body, ("name", "externalRef"))

    def _add(self, told: dict[str, object], fields: tuple[str, ...]) -> None:
        for field in fields:
            value = told.get(field)
            if isinstance(value, str) and len(value) >= SHORTEST:
                self.names.add(value)


@cache
def _as_a_word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def lines(folder: Path) -> Iterator[tuple[str, str]]:
    """Every line of every log below a folder, with the name of the log."""
    for path in sorted(folder.rglob("*.log*")):
        with path.open(encoding="utf-8", errors="replace") as log:
            for line in log:
                yield path.name, line
