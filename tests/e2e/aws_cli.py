"""The AWS CLI as the runbook uses it, without starting one for every command: parameters and answers are botocore's."""

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jmespath  # type: ignore[import-untyped]  # it ships no types
from botocore import xform_name

from local.cloud import LocalCloud

SHELL = 'aws() { printf "%s\\0" "$@" | curl -sS --fail-with-body --data-binary @- "$AWS_CLI"; }\n'
"""To be put before a script; the address is in AWS_CLI."""
_OURS = {"query", "output", "max-items", "cli-read-timeout"}
_PAGE = 10  # entries; AWS has 100 resources of a stack on a page, and prod has more than that


@contextmanager
def served(cloud: LocalCloud) -> Iterator[str]:
    """The address at which commands are run in that cloud."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            words = self.rfile.read(int(self.headers["Content-Length"])).decode().split("\0")[:-1]
            try:
                status, answer = 200, run(cloud, words)
            except Exception as error:  # noqa: BLE001 - the command has failed, and says so
                status, answer = 500, f"{' '.join(words)}: {error}\n"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def run(cloud: LocalCloud, words: Sequence[str]) -> str:
    """What `aws <words>` prints."""
    service, operation, *rest = words
    positional, options = _split(rest)
    client = cloud.client(service)
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    members = {xform_name(name, "-"): name for name in shape.members}
    for negated in [name for name in options if name.startswith("no-") and name[3:] in members]:
        options[negated[3:]] = ["false"]
        del options[negated]
    arguments = {
        members[name]: _typed(shape.members[members[name]], given)
        for name, given in options.items()
        if name not in _OURS
    }
    answer = getattr(client, method)(**arguments)
    if positional:
        Path(positional[0]).write_bytes(answer.pop("Payload").read())
    if operation == "filter-log-events":
        matches = _pattern(arguments["filterPattern"])
        answer["events"] = [event for event in answer["events"] if matches(event["message"])]
    if "query" not in options:
        return ""
    as_text = options.get("output") == ["text"]
    pages = _pages(client, method, answer) if as_text else [answer]
    found = [jmespath.search(options["query"][0], page) for page in pages]
    if "max-items" in options:
        found = [[row for rows in found for row in rows][: int(options["max-items"][0])]]
    return "".join(map(_text, found)) if as_text else json.dumps(found[0], indent=4) + "\n"


def _pages(client: Any, method: str, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer in parts, for as text the CLI asks its query of each page; a local AWS has them all on one."""
    if not client.can_paginate(method):
        return [answer]
    listed = client.get_paginator(method)._pagination_cfg["result_key"]
    whole = answer[listed] if isinstance(listed, str) else []
    starts = range(0, len(whole), _PAGE)
    return [answer | {listed: whole[start : start + _PAGE]} for start in starts] or [answer]


def _split(words: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    positional: list[str] = []
    options: dict[str, list[str]] = {}
    values: list[str] | None = None
    for word in words:
        if word.startswith("--"):
            values = options[word[2:]] = []
        elif word.endswith("/answer.json"):
            positional.append(word)
        elif values is not None:
            values.append(word)
    return positional, options


def _typed(shape: Any, given: Sequence[str]) -> Any:
    match shape.type_name:
        case "list" if not given[0].startswith("["):
            return [_element(shape.member, one) for one in given]
        case "structure" | "map" | "list":
            return json.loads(given[0])
        case "boolean":
            return given != ["false"]
        case "integer" | "long":
            return int(given[0])
        case "blob":
            return Path(given[0].removeprefix("fileb://")).read_bytes()
        case _:
            return given[0]


def _element(shape: Any, given: str) -> Any:
    """One of a list; a structure in the CLI's short form, Name=email,Value=you@example.com."""
    return dict(pair.split("=", 1) for pair in given.split(",")) if shape.type_name == "structure" else given


def _pattern(pattern: str) -> Any:
    """Filter patterns of CloudWatch Logs: a JSON one of comparisons, any of some terms, or one phrase."""
    if pattern.startswith("{"):
        tests = [
            re.fullmatch(r'\s*\$\.(\w+) (=|>=) "?([^"]*?)"?\s*', part) for part in pattern.strip("{} ").split("&&")
        ]
        assert all(tests), pattern
        return lambda line: line.startswith("{") and all(_holds(json.loads(line), *t.groups()) for t in tests)
    terms = re.findall(r'\??("[^"]+"|\S+)', pattern)
    return lambda line: any(term.strip('"') in line for term in terms)


def _holds(line: Mapping[str, Any], field: str, operator: str, wanted: str) -> bool:
    value = line.get(field)
    if operator == ">=":
        return isinstance(value, int) and value >= int(wanted)
    return str(value) == wanted


def _text(found: Any) -> str:
    """As `--output text`: rows of columns."""
    if isinstance(found, list) and found and isinstance(found[0], list):
        return "".join(_text(row) for row in found)
    columns = found if isinstance(found, list) else [found]
    return "\t".join(str(column) for column in columns) + "\n" if columns else ""
