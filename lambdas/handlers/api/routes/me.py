"""GET /me."""

from domain import errors
from domain.audit import AuditAction
from handlers.api.context import Router, wired
from handlers.api.documented import documented
from handlers.api.schemas.people import MeOut, PersonOut

router = Router()


@router.get("/me")
@documented(errors.AuditUnavailableError)
def read_me() -> MeOut:
    """Who is signed in, with which roles, and who they are among the registered people."""
    user, people = router.caller, wired().people
    person_id = people.of_user(user.sub)
    person = people.get(person_id) if person_id else None
    if person:
        router.record(AuditAction.SAW, [person.id])
    return MeOut(sub=user.sub, roles=sorted(user.roles), person=PersonOut.of(person) if person else None)
