"""Reads a function's settings from its environment. A missing or odd one stops the function at its cold start."""

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

S = TypeVar("S")
_PARSERS: Mapping[Any, Any] = {
    str: str,
    int: int,
    float: float,
    bool: {"true": True, "false": False}.__getitem__,
}


def initializing() -> bool:
    """Whether Lambda initializes the function just now: then it has a whole CPU, and nobody waits yet."""
    return "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ


class SettingsError(Exception):
    """The environment lacks settings, or holds odd ones; the message names them, not their values."""


def read(settings: type[S], environment: Mapping[str, str] = os.environ) -> S:
    """Make a settings dataclass of str, int, float and bool fields; `table_name` is read from ``TABLE_NAME``.

    Raises:
        SettingsError: Any setting is missing or cannot be read.
    """
    read_values, wrong = {}, []
    for field in fields(settings):  # type: ignore[arg-type]  # S is a dataclass; typing has no word for that
        name = field.name.upper()
        try:
            read_values[field.name] = _PARSERS[field.type](environment[name])
        except (KeyError, ValueError):
            wrong.append(name)
    if wrong:
        raise SettingsError("missing or odd: " + ", ".join(wrong))
    return settings(**read_values)
