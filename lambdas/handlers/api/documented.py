"""What the OpenAPI document says of a route beyond what types tell: its status, and the failures to expect."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from domain.errors import FaceError

F = TypeVar("F", bound=Callable[..., Any])
_ATTRIBUTE = "openapi_notes"


@dataclass(frozen=True)
class Notes:
    """Attributes of a route.

    Attributes:
        status: Of a success.
        raises: Failures of its own; those that any route may have are not repeated.
        public: Whether it needs no token.
        takes: Content types of a body that is no JSON; empty where types tell all.
        gives: Content types of pages beside JSON, by `Accept`.
    """

    status: HTTPStatus = HTTPStatus.OK
    raises: tuple[type[FaceError], ...] = ()
    public: bool = False
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()


def documented(
    *raises: type[FaceError],
    status: HTTPStatus = HTTPStatus.OK,
    public: bool = False,
    takes: tuple[str, ...] = (),
    gives: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Attach notes to a route's function; write it below the route's own decorator."""

    def attach(function: F) -> F:
        setattr(function, _ATTRIBUTE, Notes(status, raises, public, takes, gives))
        return function

    return attach


def notes_of(function: Callable[..., Any]) -> Notes:
    """The notes of a route's function.

    Raises:
        AttributeError: It has none: every route has to say how it can fail.
    """
    notes: Notes = getattr(function, _ATTRIBUTE)
    return notes
