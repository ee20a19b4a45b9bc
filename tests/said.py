"""What the tests have told the service, to be looked for in its logs."""

import contextlib
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest
from botocore.client import BaseClient

# Where in a request something stands that no log may tell: of the API, of DynamoDB, of Rekognition, of Cognito.
FIELDS = frozenset({"name", "namePrefix", "externalRef", "owner", "UserId", "ExternalImageId", "Password", "PASSWORD"})
OPEN = re.compile(r"(?:rec|reg|ver|era)_\w+")  # ids that logs are there to tell
SHORTEST = 3  # letters and digits of what is looked for


class Said:
    """Remembers names, references and passwords: those in requests by httpx and boto3, and what it is told of."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.names: set[str] = set()
        send, call = httpx.Client.send, BaseClient._make_api_call  # type: ignore[attr-defined]  # private, but all calls pass it

        def send_and_remember(client: httpx.Client, request: httpx.Request, **options: object) -> httpx.Response:
            self.remember(dict(request.url.params.multi_items()))
            if request.headers.get("content-type") == "application/json":
                self.remember_json(request.content)
            return send(client, request, **options)  # type: ignore[arg-type]  # passed on as they are

        def call_and_remember(client: Any, operation: str, parameters: Any) -> Any:
            self.remember(parameters)
            return call(client, operation, parameters)

        patch.setattr(httpx.Client, "send", send_and_remember)
        patch.setattr(BaseClient, "_make_api_call", call_and_remember)

    def add(self, *names: str) -> None:
        """Remember these too: they were said by a process that a test has started."""
        self.names |= {name for name in names if _telling(name)}

    def remember(self, request: Any) -> None:
        """Remember what stands in the fields of a request that nobody may tell."""
        if isinstance(request, dict):
            for field, value in request.items():
                text = value.get("S") if isinstance(value, dict) and len(value) == 1 else value  # DynamoDB's wrapping
                if field in FIELDS and isinstance(text, str):
                    self.add(text)
                else:
                    self.remember(value)
        elif isinstance(request, list | tuple):
            for part in request:
                self.remember(part)

    def remember_json(self, body: bytes | str) -> None:
        """The same of a body; what is no JSON is of no matter."""
        with contextlib.suppress(ValueError):
            self.remember(json.loads(body))

    def found_in(self, text: str) -> list[str]:
        """The names that are somewhere in a text: as they are, or as JSON or an address writes them."""
        return [name for name in self.names if any(spelling in text for spelling in _spellings(name))]


def as_a_word(name: str, line: str) -> bool:
    """Whether a line has a name that is no part of a longer word."""
    return any(word.search(line) for word in _words(name))


def _telling(name: str) -> bool:
    return sum(map(str.isalnum, name)) >= SHORTEST and not name.isdecimal() and not OPEN.fullmatch(name)


def _spellings(name: str) -> Iterator[str]:
    yield name
    if not (name.isascii() and name.isalnum()):
        yield from {json.dumps(name)[1:-1], quote(name, safe=""), quote_plus(name)} - {name}


@cache
def _words(name: str) -> list[re.Pattern[str]]:
    return [re.compile(rf"(?<!\w){re.escape(spelling)}(?!\w)") for spelling in _spellings(name)]
