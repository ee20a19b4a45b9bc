"""What the functions behind the HTTP API have in common: the limit of POSTs, and how failures become answers."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoRouteError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from domain import errors, times
from domain.ids import Kind, is_id
from domain.photos import ID_KINDS
from domain.rates import Rates, admit
from handlers.api.caller import caller_of
from handlers.api.problems import problem, problem_of
from handlers.telemetry import correlate, logger, unexpected

JSON = "application/json"
_PREFIX = "Value error, "  # what pydantic puts before a message of ours
E = TypeVar("E", bound=Exception)
_SUBJECTS = (*ID_KINDS.values(), Kind.ERASURE)


class Limits(Protocol):
    """How often a user may ask for something to be made."""

    @property
    def rates(self) -> Rates:
        """Where it is counted."""

    @property
    def posts_per_minute(self) -> int:
        """Most requests of one user in a minute that make something."""


class Server(APIGatewayHttpResolver):
    """Serves routes. A failure becomes a problem with a stable code, whatever it is."""

    def __init__(self, limits: Callable[[], Limits], *, takes_json: bool = True) -> None:
        """Make a server without routes.

        Args:
            limits: Where requests are counted.
            takes_json: Bodies are JSON; otherwise its routes look at the content type themselves.
        """
        super().__init__(enable_validation=True, json_body_deserializer=_json_of)
        self._limits = limits
        self._takes_json = takes_json
        self.use([self._limit_posts])
        self._answers(errors.FaceError, self._expected)
        self._answers(RequestValidationError, self._invalid)
        self._answers(NoRouteError, self._no_route)
        self._answers(Exception, self._unexpected)

    def serve(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one request."""
        request_id = event["requestContext"]["requestId"]
        correlate(_subject(event) or request_id)
        answer: dict[str, Any]
        if not self._takes_json or not event.get("body"):
            answer = self.resolve(event, context)
        elif _media_type(event) == JSON:
            # Written in one way, for Powertools takes no other.
            answer = self.resolve({**event, "headers": {**event["headers"], "content-type": JSON}}, context)
        else:
            answer = _refused(errors.UnsupportedMediaTypeError(), request_id=request_id)
        logger.info("answered", route=event["routeKey"], status=answer["statusCode"], request_id=request_id)
        return answer

    def _answers(self, failure: type[E], answer: Callable[[E], Response[str]]) -> None:
        self.exception_handler(failure)(answer)

    @property
    def _request_id(self) -> str:
        request_id: str = self.current_event.request_context.request_id
        return request_id

    def _limit_posts(self, _: APIGatewayHttpResolver, proceed: NextMiddleware) -> Response[Any]:
        """Refuse a user's requests that make something when there are too many in a minute."""
        event = self.current_event
        if event.request_context.http.method == "POST":
            limits = self._limits()
            admit(caller_of(event.raw_event), rates=limits.rates, per_minute=limits.posts_per_minute, now=times.now())
        return proceed(self)

    def _expected(self, error: errors.FaceError) -> Response[str]:
        """Expected failures, by their own code."""
        answer = problem_of(error, request_id=self._request_id)
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.warning("unavailable", exc_info=error, request_id=self._request_id)
        return answer

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        """Requests that do not fit the schema: which fields, and why, but never what they held."""
        fields = [
            {
                "field": ".".join(str(part) for part in one["loc"]),
                "reason": one["type"],
                "message": one["msg"].removeprefix(_PREFIX),
            }
            for one in error.errors()
        ]
        invalid = errors.InvalidRequestError
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            code=invalid.code,
            title=invalid.title,
            detail="; ".join(f"{field['field']}: {field['message']}" for field in fields[:5]),
            retryable=invalid.retryable,
            request_id=self._request_id,
            fields=list(fields),
        )

    def _no_route(self, _: NoRouteError) -> Response[str]:
        """A route that API Gateway knows and this function does not."""
        return self._expected(errors.NotFoundError())

    def _unexpected(self, error: Exception) -> Response[str]:
        """Bugs and outages: logged with their trace, answered without a word about the inside."""
        unexpected("unexpected", error, request_id=self._request_id)
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            code="internal_error",
            title="Something went wrong inside the service",
            detail="Something went wrong inside the service",
            retryable=True,
            request_id=self._request_id,
        )


def _subject(event: dict[str, Any]) -> str | None:
    """The photo or erasure that a request names; None if it names none, or a person."""
    named = (event.get("pathParameters") or {}).get("id", "")
    return named if any(is_id(named, kind) for kind in _SUBJECTS) else None


def _json_of(body: str) -> Any:
    """Read a body.

    Raises:
        MalformedRequestError: It is no JSON, or is nested deeper or has longer numbers than Python reads.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise errors.MalformedRequestError("The body is no JSON") from None


def _media_type(event: Mapping[str, Any]) -> str:
    """What a request says that its body is, without parameters; JSON when it does not say."""
    return str(event["headers"].get("content-type", JSON)).partition(";")[0].strip().lower()


def _refused(error: errors.FaceError, *, request_id: str) -> dict[str, Any]:
    """An answer to a request that no route is to see: Powertools would read its body as a form, or fail."""
    answer = problem_of(error, request_id=request_id)
    headers = {"content-type": answer.content_type}
    return {"statusCode": answer.status_code, "headers": headers, "body": answer.body, "isBase64Encoded": False}
