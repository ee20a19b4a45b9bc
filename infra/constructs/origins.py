"""Web origins, as browsers name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def checked_origins(origins: Sequence[str]) -> list[str]:
    """The origins, if each is one: scheme, host in small letters, port, and nothing else.

    Raises:
        ValueError: One is none: a browser would never name it, or any site could.
    """
    for origin in origins:
        if not re.fullmatch(r"https?://[a-z0-9.:-]+", origin):
            raise ValueError(f"{origin!r} is no origin, and no browser would name it: https://app.example.com")
    return list(origins)
