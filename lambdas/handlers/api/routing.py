"""What routes need, whichever function serves them."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from domain.access import Caller
from handlers.api.caller import caller_of


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
