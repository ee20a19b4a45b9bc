"""What every route needs: who calls, what to work on, and how to answer that something was made."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import TypeVar

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from domain import times
from domain.audit import AuditAction, recorder
from domain.idempotency import reserved_id
from domain.ids import Kind
from handlers.api.routing import BaseRouter
from handlers.telemetry import correlate
from handlers.wiring import api as wiring

B = TypeVar("B", bound=BaseModel)

wired = cache(wiring.wired)


class Router(BaseRouter):
    """Some routes of the API."""

    def reserved_id(self, kind: Kind, key: str | None, now: datetime) -> str:
        """The id of what the current request makes; the same for the same request sent again with its key.

        Raises:
            IdempotencyKeyReusedError: The key came with another body before.
        """
        reserved = reserved_id(
            self.caller,
            kind,
            route=self.source,
            key=key,
            body=(self.current_event.decoded_body or "").encode(),
            reservations=wired().reservations,
            now=now,
        )
        if kind is not Kind.PERSON:
            correlate(reserved)
        return reserved

    def record(self, action: AuditAction, person_ids: Iterable[str | None]) -> None:
        """Record what the request that is answered just now does to these people, or tells about them.

        To be called before it is done or told: `domain.audit.Record`.

        Raises:
            AuditUnavailableError: It could not be recorded, so it may not happen.
        """
        recorder(self.caller, self.source, trail=wired().audit, now=times.now())(action, person_ids)


def created(body: B, location: str, *, headers: Mapping[str, str] | None = None) -> Response[B]:
    """201, with the address of what was made."""
    return Response(
        HTTPStatus.CREATED.value, "application/json", body, headers={"Location": location, **(headers or {})}
    )


def no_content() -> Response[str]:
    """204: done, and there is nothing to tell."""
    return Response(HTTPStatus.NO_CONTENT.value, body="")


def accepted(body: B, location: str) -> Response[B]:
    """202, with the address where what was begun can be followed."""
    return Response(HTTPStatus.ACCEPTED.value, "application/json", body, headers={"Location": location})
