"""GET /people/{id}/export."""

from typing import Annotated

from domain import errors, times
from domain.export import LINK_LIFE, HeldPhoto, export_page, require_exportable
from handlers.api.context import Router, wired
from handlers.api.documented import documented
from handlers.api.parameters import Cursor, page_size
from handlers.api.schemas.export import ExportOut

MAX_PAGE = 100

router = Router()


@router.get("/people/<person_id>/export")
@documented(errors.NotFoundError, errors.ForbiddenError, errors.InvalidCursorError, errors.AuditUnavailableError)
def export_person(
    person_id: str,
    limit: Annotated[int, page_size(MAX_PAGE)] = MAX_PAGE,
    cursor: Cursor = None,
) -> ExportOut:
    """Read all that is held about a person, page by page. Admins, and the person themself.

    First what is theirs, with what was decided on each photo that shows them or might; then the audit of who learned
    of them or did something to them. Photos come as addresses that are good for five minutes. Face vectors are not
    told, for Rekognition keeps them to itself. A page may hold few or no items although more follow.
    """
    now = times.now()
    person = require_exportable(router.caller, person_id, people=wired().people)
    scope = (router.caller.sub, "export", person.id)
    after = wired().cursors.open(cursor, *scope)
    page = export_page(
        person,
        holdings=wired().holdings,
        trail=wired().audit,
        limit=limit,
        after=after,
        record=router.record,
        now=now,
    )

    def link(photo: HeldPhoto) -> str | None:
        if photo.version is None:
            return None
        return wired().links.download(photo.key, photo.version, expires_at=now + LINK_LIFE)

    return ExportOut.of(person, list(page.items), wired().cursors.seal(page.position, *scope), link=link)
