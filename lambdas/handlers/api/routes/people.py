"""People: registering, listing, reading, changing."""

from http import HTTPStatus
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from domain import errors, times
from domain.audit import AuditAction
from domain.ids import Kind
from domain.people import Person, folded, read_person, register_person
from domain.person_changes import change_person
from handlers.api.context import Router, created, wired
from handlers.api.documented import documented
from handlers.api.parameters import Cursor, IdempotencyKey, page_size
from handlers.api.preconditions import etag, expected_revisions
from handlers.api.schemas.people import PeopleOut, PersonChangeIn, PersonIn, PersonOut, WholePersonOut

MAX_PAGE = 50  # people on a page: each takes two of the 100 items that one request to the table reads

router = Router()


@router.post("/people")
@documented(
    errors.ForbiddenError,
    errors.ExternalRefTakenError,
    errors.AlreadyRegisteredError,
    errors.AuditUnavailableError,
    errors.IdempotencyKeyReusedError,
    errors.NotFoundError,
    status=HTTPStatus.CREATED,
)
def create_person(body: PersonIn, idempotency_key: IdempotencyKey = None) -> Response[WholePersonOut]:
    """Register a person, with their consent. Operators; where the stage allows it, a plain user themself, once.

    Somebody who registered themself is `pending`, and recognized on no photo, until an operator approves it.
    """
    now = times.now()
    person = register_person(
        router.caller,
        person_id=router.reserved_id(Kind.PERSON, idempotency_key, now),
        name=body.name,
        external_ref=body.external_ref,
        consent=body.consent.to_domain(),
        self_registration=wired().self_registration,
        people=wired().people,
        record=router.record,
        now=now,
    )
    return created(_whole(person), f"/people/{person.id}", headers={"ETag": etag(person.revision)})


@router.get("/people")
@documented(errors.ForbiddenError, errors.InvalidCursorError, errors.AuditUnavailableError)
def list_people(
    name_prefix: Annotated[
        str, Query(alias="namePrefix", max_length=100, description="How the name begins, in any case.")
    ] = "",
    external_ref: Annotated[
        str | None, Query(alias="externalRef", min_length=1, max_length=100, description="The whole reference.")
    ] = None,
    status: Annotated[Literal["pending"] | None, Query(description="Those who wait for approval.")] = None,
    limit: Annotated[int, page_size(MAX_PAGE)] = MAX_PAGE,
    cursor: Cursor = None,
) -> PeopleOut:
    """List people by the beginning of their name, or find the one with an external reference. Operators only.

    With `status=pending`: those who registered themselves and wait for approval, who came first first.
    """
    user = router.caller
    user.require_operator()
    if status and (name_prefix or external_ref):
        raise errors.InvalidRequestError("status goes with neither namePrefix nor externalRef")
    if external_ref is not None:
        if cursor:  # the list has one page
            raise errors.InvalidCursorError
        person = wired().people.by_external_ref(external_ref)
        found = [person] if person else []
        router.record(AuditAction.SAW, [person.id for person in found])
        return PeopleOut(items=[PersonOut.of(person) for person in found], next_cursor=None)
    prefix = folded(name_prefix)
    scope = (user.sub, "people", status or "", prefix)
    after = wired().cursors.open(cursor, *scope)
    if status:
        page = wired().people.pending(limit=limit, after=after)
    else:
        page = wired().people.by_name(prefix, limit=limit, after=after)
    router.record(AuditAction.SAW, [person.id for person in page.items])
    return PeopleOut(
        items=[PersonOut.of(person) for person in page.items],
        next_cursor=wired().cursors.seal(page.position, *scope),
    )


@router.get("/people/<person_id>")
@documented(errors.NotFoundError, errors.AuditUnavailableError)
def get_person(person_id: str) -> Response[WholePersonOut]:
    """Read a person, with the history of their consent. Operators, and the person themself."""
    person = read_person(router.caller, person_id, people=wired().people)
    router.record(AuditAction.SAW, [person.id])
    return _current(person)


@router.patch("/people/<person_id>")
@documented(
    errors.NotFoundError,
    errors.PreconditionRequiredError,
    errors.StaleError,
    errors.ForbiddenError,
    errors.PersonErasingError,
    errors.AuditUnavailableError,
)
def patch_person(
    person_id: str,
    body: PersonChangeIn,
    if_match: Annotated[str | None, Header(alias="If-Match", description="The `ETag` last read.")] = None,
) -> Response[WholePersonOut]:
    """Rename or approve a person, renew or withdraw their consent. Operators; the person themself may rename, withdraw.

    Whose consent is withdrawn is recognized no more, and erased. `If-Match` has to hold the `ETag` that came with the
    person, so that no change of somebody else's is undone unseen.
    """
    person = change_person(
        router.caller,
        person_id,
        body.to_domain(),
        expected=expected_revisions(if_match),
        people=wired().people,
        erasures=wired().erasures,
        record=router.record,
        now=times.now(),
    )
    return _current(person)


def _current(person: Person) -> Response[WholePersonOut]:
    return Response(HTTPStatus.OK.value, "application/json", _whole(person), headers={"ETag": etag(person.revision)})


def _whole(person: Person) -> WholePersonOut:
    return WholePersonOut.with_history(person, wired().people.consent_history(person.id))
