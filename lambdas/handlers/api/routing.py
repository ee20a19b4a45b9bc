"""What routes need, whichever function serves them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from domain.access import Caller
from handlers.api.caller import caller_of

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        examples=["5b1e6bd2-6c0f-4b8f-9f4e-3f1f0a6d3c11"],
        description="Send the same key when you send the same request again: within a day nothing is made twice.",
    ),
]


class BaseRouter(APIGatewayHttpRouter):
    """Some routes, of any function."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Powertools left this one out

    @property
    def caller(self) -> Caller:
        """Who sent the request that is answered just now.

        Raises:
            AccessTokenRequiredError: The token is no access token.
        """
        return caller_of(self.current_event.raw_event)

    @property
    def source(self) -> str:
        """Method and path of the request that is answered just now; no query, for it may hold a name."""
        event = self.current_event
        return f"{event.request_context.http.method} {event.raw_path}"
