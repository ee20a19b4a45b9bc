"""What every route needs: who calls, what to work on, and how to answer that something was made."""

from functools import cache
from http import HTTPStatus
from typing import TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from domain.access import Caller
from handlers.api.caller import caller_of
from handlers.wiring import api as wiring

B = TypeVar("B", bound=BaseModel)

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


def created(body: B, location: str) -> Response[B]:
    """201, with the address of what was made."""
    return Response(HTTPStatus.CREATED.value, "application/json", body, headers={"Location": location})
