"""What every route needs: who calls, what to work on, and how to answer that something was made."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Annotated, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from domain import times
from domain.access import Caller
from domain.audit import AuditAction, recorder
from domain.idempotency import reserved_id
from domain.ids import Kind
from handlers.api.caller import caller_of
from handlers.wiring import api as wiring

B = TypeVar("B", bound=BaseModel)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="Send the same key when you send the same request again: within a day nothing is made twice.",
    ),
]

wired = cache(wiring.wired)


class Router(APIGatewayHttpRouter):
    """Some routes of the API."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Powertools left this one out

    @property
    def caller(self) -> Caller:
        """Who sent the request that is answered just now.

        Raises:
            AccessTokenRequiredError: The token is no access token.
        """
        return caller_of(self.current_event.raw_event)

    def reserved_id(self, kind: Kind, key: str | None, now: datetime) -> str:
        """The id of what the current request makes; the same for the same request sent again with its key.

        Raises:
            IdempotencyKeyReusedError: The key came with another body before.
        """
        event = self.current_event
        return reserved_id(
            self.caller,
            kind,
            route=f"{event.request_context.http.method} {event.raw_path}",
            key=key,
            body=(event.decoded_body or "").encode(),
            reservations=wired().reservations,
            now=now,
        )

    def record(self, action: AuditAction, person_ids: Iterable[str | None]) -> None:
        """Record what the request that is answered just now does to these people, or tells about them.

        To be called before it is done or told: `domain.audit.Record`.

        Raises:
            AuditUnavailableError: It could not be recorded, so it may not happen.
        """
        event = self.current_event
        source = f"{event.request_context.http.method} {event.raw_path}"  # no query: it may hold a name
        recorder(self.caller, source, trail=wired().audit, now=times.now())(action, person_ids)


def created(body: B, location: str, *, headers: Mapping[str, str] | None = None) -> Response[B]:
    """201, with the address of what was made."""
    return Response(
        HTTPStatus.CREATED.value, "application/json", body, headers={"Location": location, **(headers or {})}
    )


def no_content() -> Response[str]:
    """204: done, and there is nothing to tell."""
    return Response(HTTPStatus.NO_CONTENT.value, body="")
