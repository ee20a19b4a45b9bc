"""Ids: a prefix that says what is named, then a ULID, which sorts by the time of its making.

ULID: 48 bits of milliseconds and 80 random bits in Crockford's base 32 (https://github.com/ulid/spec).
"""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 80
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = re.compile(rf"[0-7][{_ALPHABET}]{{25}}")


class Kind(StrEnum):
    """What an id names; the value is its prefix."""

    AUDIT = "aud"
    PERSON = "per"
    RECOGNITION = "rec"
    REGISTRATION = "reg"
    VERIFICATION = "ver"
    ERASURE = "era"


def new_id(kind: Kind, now: datetime) -> str:
    """Make an id such as ``rec_01JDZ6V8K2M3N4P5Q6R7S8T9VA``; it cannot be guessed from another one."""
    return _id(kind, now, secrets.randbits(_RANDOM_BITS))


def derived_id(kind: Kind, at: datetime, *parts: str) -> str:
    """Make the id that follows from `at` and `parts`: the same ones make the same id, so what has it is made once."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return _id(kind, at, int.from_bytes(digest[: _RANDOM_BITS // 8]))


def _id(kind: Kind, at: datetime, tail: int) -> str:
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    number = milliseconds << _RANDOM_BITS | tail
    return f"{kind}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def is_id(text: str, kind: Kind) -> bool:
    """Whether `text` has the form of an id of this kind; whether that thing exists is another question."""
    prefix, _, ulid = text.partition("_")
    return prefix == kind and _ULID.fullmatch(ulid) is not None


def id_time(text: str) -> datetime:
    """When an id, which `is_id` has found to be one, was made."""
    number = 0
    for letter in text.partition("_")[2]:
        number = number << 5 | _ALPHABET.index(letter)
    return _EPOCH + timedelta(milliseconds=number >> 80)
