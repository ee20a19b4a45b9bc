"""Who is calling, and what their roles allow."""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import ForbiddenError


class Role(StrEnum):
    """Groups of the user pool. Somebody in neither is a plain user."""

    ADMIN = "admin"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Caller:
    """The signed-in user; `sub` is their immutable id in the user pool."""

    sub: str
    roles: frozenset[Role] = frozenset()

    @property
    def is_operator(self) -> bool:
        """Operators register people and see names; admins may do all that operators may."""
        return bool(self.roles & {Role.OPERATOR, Role.ADMIN})

    @property
    def is_admin(self) -> bool:
        """Admins remove people, and read what everybody did."""
        return Role.ADMIN in self.roles

    def require_operator(self) -> None:
        """Refuse everybody else.

        Raises:
            ForbiddenError: The caller is no operator.
        """
        if not self.is_operator:
            raise ForbiddenError

    def require_admin(self) -> None:
        """Refuse everybody else.

        Raises:
            ForbiddenError: The caller is no admin.
        """
        if not self.is_admin:
            raise ForbiddenError
