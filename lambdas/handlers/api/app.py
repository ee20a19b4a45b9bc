"""The HTTP API's entry: the routes together, and how failures become answers."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoRouteError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from domain import errors, times
from domain.rates import admit
from handlers.api.caller import caller_of
from handlers.api.context import wired
from handlers.api.problems import problem, problem_of
from handlers.api.routes import audit, health, me, people, photos, recognitions, usage, verifications
from handlers.wiring.settings import initializing

E = TypeVar("E", bound=Exception)

logger = Logger()


def limit_posts(resolver: APIGatewayHttpResolver, proceed: NextMiddleware) -> Response[Any]:
    """Refuse a user's requests that make something when there are too many in a minute."""
    event = resolver.current_event
    if event.request_context.http.method == "POST":
        admit(caller_of(event.raw_event), rates=wired().rates, per_minute=wired().posts_per_minute, now=times.now())
    return proceed(resolver)


app = APIGatewayHttpResolver(enable_validation=True)
for routes in (audit, health, me, people, photos, recognitions, usage, verifications):
    app.include_router(routes.router)
app.use([limit_posts])
if initializing():
    wired()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    logger.set_correlation_id(event["requestContext"]["requestId"])
    answer = app.resolve(event, context)
    logger.info("answered", route=event["routeKey"], status=answer["statusCode"])
    return answer


def _answers(failure: type[E]) -> Callable[[Callable[[E], Response[str]]], Callable[[E], Response[str]]]:
    """Have the decorated function answer this failure."""
    register: Callable[[Callable[[E], Response[str]]], Callable[[E], Response[str]]] = app.exception_handler(failure)
    return register


def _request_id() -> str:
    request_id: str = app.current_event.request_context.request_id
    return request_id


@_answers(errors.FaceError)
def answer_expected(error: errors.FaceError) -> Response[str]:
    """Expected failures, by their own code."""
    answer = problem_of(error, request_id=_request_id())
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("unavailable", exc_info=error)
    return answer


@_answers(RequestValidationError)
def answer_invalid(error: RequestValidationError) -> Response[str]:
    """Requests that do not fit the schema: which fields, and why, but never what they held."""
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return answer_expected(errors.MalformedRequestError("The body is no JSON"))
    fields = [
        {"field": ".".join(str(part) for part in one["loc"]), "reason": one["type"], "message": one["msg"]}
        for one in found
    ]
    invalid = errors.InvalidRequestError
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        code=invalid.code,
        title=invalid.title,
        detail="; ".join(f"{field['field']}: {field['message']}" for field in fields[:5]),
        retryable=invalid.retryable,
        request_id=_request_id(),
        fields=list(fields),
    )


@_answers(NoRouteError)
def answer_no_route(_: NoRouteError) -> Response[str]:
    """A route that API Gateway knows and this function does not."""
    return answer_expected(errors.NotFoundError())


@_answers(Exception)
def answer_unexpected(error: Exception) -> Response[str]:
    """Bugs and outages: logged with their trace, answered without a word about the inside."""
    logger.error("unexpected", exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal_error",
        title="Something went wrong inside the service",
        detail="Something went wrong inside the service",
        retryable=True,
        request_id=_request_id(),
    )
