"""What docs/openapi.json tells of each route's answers."""

import re
from functools import cache

from handlers.api.openapi import document


@cache
def documented_answers():
    """The (method, path pattern, status, code) of every answer that the OpenAPI document tells of."""
    return [
        (method.upper(), re.sub(r"\{\w+\}", "[^/]+", path), int(status), code)
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        for code in codes_of(answer)
    ]


def codes_of(answer):
    problem = answer.get("content", {}).get("application/problem+json")
    return problem["schema"]["allOf"][1]["properties"]["code"]["enum"] if problem else [None]


def is_documented(method, path, status, code):
    return any(
        (method, status, code) == (known_method, known_status, known_code) and re.fullmatch(pattern, path)
        for known_method, pattern, known_status, known_code in documented_answers()
    )
