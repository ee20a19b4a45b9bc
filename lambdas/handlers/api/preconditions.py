"""Which version of a thing a client has read: ``ETag`` and ``If-Match`` (RFC 9110, sections 8.8.3 and 13.1.1)."""

import re

from domain.errors import PreconditionRequiredError

_ANY = "*"
_REVISION = re.compile(r'"([0-9]{1,15})"')


def etag(revision: int) -> str:
    """The strong entity tag of a revision."""
    return f'"{revision}"'


def expected_revisions(if_match: str | None) -> frozenset[int] | None:
    """The revisions that ``If-Match`` names; None for ``*``, whichever there is. A foreign or weak tag is none of ours.

    Raises:
        PreconditionRequiredError: There is no such header.
    """
    if if_match is None:
        raise PreconditionRequiredError
    if if_match.strip() == _ANY:
        return None
    named = (_REVISION.fullmatch(tag.strip()) for tag in if_match.split(","))
    return frozenset(int(tag[1]) for tag in named if tag)
