"""Erasures: having a person removed, and following it."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from domain import errors, times
from domain.erasures import read_erasure, request_erasure
from handlers.api.context import Router, accepted, wired
from handlers.api.documented import documented
from handlers.api.schemas.erasures import ErasureOut

router = Router()


@router.delete("/people/<person_id>")
@documented(errors.ForbiddenError, errors.NotFoundError, errors.AuditUnavailableError, status=HTTPStatus.ACCEPTED)
def delete_person(person_id: str) -> Response[ErasureOut]:
    """Begin to erase a person, everywhere. Admins, and the person themself; asked again, it is the same erasure."""
    erasure = request_erasure(
        router.caller, person_id, people=wired().people, erasures=wired().erasures, record=router.record
    )
    return accepted(ErasureOut.of(erasure, times.now()), f"/erasures/{erasure.id}")


@router.get("/erasures/<erasure_id>")
@documented(errors.NotFoundError, errors.AuditUnavailableError)
def get_erasure(erasure_id: str) -> ErasureOut:
    """Read how far an erasure is, and its receipt. Admins, and the person themself, also when they are erased."""
    erasure = read_erasure(router.caller, erasure_id, records=wired().erasures.records, record=router.record)
    return ErasureOut.of(erasure, times.now())
