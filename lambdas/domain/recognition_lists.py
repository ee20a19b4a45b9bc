"""Lists of recognitions, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.access import Caller
from domain.audit import AuditAction, Record
from domain.errors import InvalidRequestError
from domain.faces import Decision, RecognizedFace
from domain.pages import Page
from domain.people import People
from domain.photos import Photo, Result
from domain.results import Discretion, Reading

Found = tuple[Photo, Result | None]

_AHEAD = timedelta(minutes=1)  # what happened just now is in the list, although clocks differ


@dataclass(frozen=True)
class Span:
    """The instants from `since` on and before `before`."""

    since: datetime
    before: datetime

    @staticmethod
    def of(since: datetime | None, before: datetime | None, *, now: datetime, longest: timedelta) -> "Span":
        """A span that ends now, or earlier, and begins no longer ago than anything is kept.

        Args:
            longest: How long results are kept.

        Raises:
            InvalidRequestError: It would end before it begins.
        """
        if since and before and since >= before:
            raise InvalidRequestError("from must lie before to")
        oldest, newest = now - longest, now + _AHEAD
        return Span(max(since or oldest, oldest), min(before or newest, newest))


class RecognitionLists(Protocol):
    """Where recognitions are listed, newest first; a list may lag a little behind what is read by its id.

    Every method takes the most entries that a page may hold, and `Page.position` of the page before. A page may hold
    fewer, even none, although more follow: only a `position` of None ends a list. Each may raise `ServiceBusyError`.
    """

    def of_owner(self, owner: str, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        """What a user asked for, finished or not, by the time of asking."""

    def of_everybody(self, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        """What has ended, by the time of its end."""

    def of_person(self, person_id: str, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        """Where a person was recognized, by the time of the upload."""

    def in_review(self, span: Span, *, limit: int, after: str | None, now: datetime) -> Page[Found]:
        """What waits for a human's decision, by the time of its end."""


@dataclass(frozen=True)
class Wanted:
    """Which recognitions are wanted: those with a face that fits. Nothing set: all.

    Attributes:
        decision: The one that counts, a human's where there is one.
        person_id: Somebody who is that face; where the decision is `REVIEW`, somebody who may be it.
    """

    decision: Decision | None = None
    person_id: str | None = None

    def fits(self, result: Result | None) -> bool:
        """Whether the result is wanted."""
        if self.decision is None and self.person_id is None:
            return True
        return result is not None and any(self._fits(face) for face in result.faces)

    def _fits(self, face: RecognizedFace) -> bool:
        if self.decision and face.standing is not self.decision:
            return False
        if self.person_id is None:
            return True
        if self.decision is Decision.REVIEW:
            return any(candidate.person_id == self.person_id for candidate in face.candidates)
        return face.identity is not None and face.identity.person_id == self.person_id


def list_recognitions(
    caller: Caller,
    wanted: Wanted,
    span: Span,
    *,
    limit: int,
    after: str | None,
    lists: RecognitionLists,
    people: People,
    names_for_users: bool,
    record: Record,
    now: datetime,
) -> Page[Reading]:
    """List the caller's own recognitions, or everybody's for an operator; whom they show is recorded.

    What is wanted is looked for in what the caller may see: a list tells nobody whom a photo shows.

    Args:
        limit: Most recognitions on the page. It may hold fewer, even none, although more follow.
        after: `Page.position` of the page before.

    Raises:
        AuditUnavailableError: It cannot be recorded who is shown.
    """
    page = _walk(caller, wanted, span, limit=limit, after=after, lists=lists, now=now)
    discretion = Discretion(caller, people, names_for_users)
    seen = [(photo, discretion.applied(result) if result else None) for photo, result in page.items]
    found = [(photo, result) for photo, result in seen if wanted.fits(result)]
    mentions = _mentions(found)
    record(AuditAction.SAW, sorted(mentions))
    names = people.names(mentions) if mentions else {}
    return Page([Reading(photo, result, names) for photo, result in found], page.position)


def _walk(
    caller: Caller,
    wanted: Wanted,
    span: Span,
    *,
    limit: int,
    after: str | None,
    lists: RecognitionLists,
    now: datetime,
) -> Page[Found]:
    """The shortest list that holds all that is wanted."""
    if not caller.is_operator:
        return lists.of_owner(caller.sub, span, limit=limit, after=after, now=now)
    if wanted.decision is Decision.REVIEW:
        return lists.in_review(span, limit=limit, after=after, now=now)
    if wanted.person_id:
        return lists.of_person(wanted.person_id, span, limit=limit, after=after, now=now)
    return lists.of_everybody(span, limit=limit, after=after, now=now)


def _mentions(found: Sequence[Found]) -> frozenset[str]:
    return frozenset().union(*(result.mentions for _, result in found if result))
