"""The HTTP API's entry: routes, and how failures become answers."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoRouteError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from domain import errors, times
from domain.access import Caller
from domain.people import folded, read_person, register_person
from domain.photos import Purpose
from domain.results import Reading, read_photo
from domain.uploads import request_recognition, request_registration
from handlers.api.caller import caller_of
from handlers.api.problems import problem, problem_of
from handlers.api.schemas import (
    FaceIn,
    HealthOut,
    MeOut,
    PeopleOut,
    PersonIn,
    PersonOut,
    RecognitionIn,
    RecognitionOut,
    RegistrationOut,
)
from handlers.wiring import api as wiring
from handlers.wiring.settings import initializing

MAX_PAGE = 50  # people on a page: each takes two of the 100 items that one request to the table reads

B = TypeVar("B", bound=BaseModel)
E = TypeVar("E", bound=Exception)

logger = Logger()
app = APIGatewayHttpResolver(enable_validation=True)
wired = cache(wiring.wired)
if initializing():
    wired()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    logger.set_correlation_id(event["requestContext"]["requestId"])
    answer = app.resolve(event, context)
    logger.info("answered", route=event["routeKey"], status=answer["statusCode"])
    return answer


def _caller() -> Caller:
    return caller_of(app.current_event.raw_event)


def _created(body: B, location: str) -> Response[B]:
    return Response(HTTPStatus.CREATED.value, "application/json", body, headers={"Location": location})


def _answers(failure: type[E]) -> Callable[[Callable[[E], Response[str]]], Callable[[E], Response[str]]]:
    """Have the decorated function answer this failure."""
    register: Callable[[Callable[[E], Response[str]]], Callable[[E], Response[str]]] = app.exception_handler(failure)
    return register


# -- who is signed in -------------------------------------------------------------------------------------------


@app.get("/me")
def read_me() -> MeOut:
    """Who is signed in, with which roles, and who they are among the registered people."""
    caller, people = _caller(), wired().people
    person_id = people.of_user(caller.sub)
    person = people.get(person_id) if person_id else None
    return MeOut(sub=caller.sub, roles=sorted(caller.roles), person=PersonOut.of(person) if person else None)


# -- people -----------------------------------------------------------------------------------------------------


@app.post("/people")
def create_person(body: PersonIn) -> Response[PersonOut]:
    """Register a person, with their consent. Operators only."""
    person = register_person(
        _caller(),
        name=body.name,
        external_ref=body.external_ref,
        consent=body.consent.to_domain(),
        people=wired().people,
        now=times.now(),
    )
    return _created(PersonOut.of(person), f"/people/{person.id}")


@app.get("/people")
def list_people(
    name_prefix: Annotated[str, Query(alias="namePrefix", max_length=100)] = "",
    external_ref: Annotated[str | None, Query(alias="externalRef", min_length=1, max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
) -> PeopleOut:
    """List people by the beginning of their name, or find the one with an external reference. Operators only."""
    caller = _caller()
    caller.require_operator()
    if external_ref is not None:
        person = wired().people.by_external_ref(external_ref)
        return PeopleOut(items=[PersonOut.of(person)] if person else [], next_cursor=None)
    prefix = folded(name_prefix)
    scope = (caller.sub, "people", prefix)
    after = wired().cursors.open(cursor, *scope)
    page = wired().people.by_name(prefix, limit=limit, after=after)
    return PeopleOut(
        items=[PersonOut.of(person) for person in page.items],
        next_cursor=wired().cursors.seal(page.position, *scope),
    )


@app.get("/people/<person_id>")
def get_person(person_id: str) -> PersonOut:
    """Read a person. Operators, and the person themself."""
    return PersonOut.of(read_person(_caller(), person_id, people=wired().people))


# -- photos -----------------------------------------------------------------------------------------------------


@app.post("/people/<person_id>/faces")
def create_registration(person_id: str, body: FaceIn) -> Response[RegistrationOut]:
    """Ask for the upload of a photo that adds a face to a person. Operators, and the person themself."""
    now = times.now()
    photo, upload = request_registration(
        _caller(),
        person_id=person_id,
        content_type=body.content_type,
        people=wired().people,
        photos=wired().photos,
        signer=wired().signer,
        now=now,
    )
    return _created(RegistrationOut.of(Reading(photo, None, {}), now, upload), f"/registrations/{photo.id}")


@app.get("/registrations/<registration_id>")
def get_registration(registration_id: str) -> RegistrationOut:
    """Read what became of a registration. Its owner, and operators."""
    return RegistrationOut.of(_read(Purpose.REGISTRATION, registration_id), times.now())


@app.post("/recognitions")
def create_recognition(body: RecognitionIn) -> Response[RecognitionOut]:
    """Ask for the upload of a photo on which people are to be recognized."""
    now = times.now()
    photo, upload = request_recognition(
        _caller(),
        content_type=body.content_type,
        faces_wanted=body.faces,
        photos=wired().photos,
        signer=wired().signer,
        now=now,
    )
    return _created(RecognitionOut.of(Reading(photo, None, {}), now, upload), f"/recognitions/{photo.id}")


@app.get("/recognitions/<recognition_id>")
def get_recognition(recognition_id: str) -> RecognitionOut:
    """Read whom a photo shows. Its owner, and operators; plain users see identities only of themselves."""
    return RecognitionOut.of(_read(Purpose.RECOGNITION, recognition_id), times.now())


def _read(purpose: Purpose, photo_id: str) -> Reading:
    return read_photo(
        _caller(),
        purpose,
        photo_id,
        photos=wired().photos,
        people=wired().people,
        names_for_users=wired().names_for_users,
        now=times.now(),
    )


@app.get("/health")
def read_health() -> HealthOut:
    """Whether the API answers. Public; tells nothing else."""
    return HealthOut()


# -- failures ---------------------------------------------------------------------------------------------------


def _request_id() -> str:
    request_id: str = app.current_event.request_context.request_id
    return request_id


@_answers(errors.FaceError)
def answer_expected(error: errors.FaceError) -> Response[str]:
    """Expected failures, by their own code."""
    return problem_of(error, request_id=_request_id())


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
