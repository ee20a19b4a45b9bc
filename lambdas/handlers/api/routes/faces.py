"""The registered faces of a person."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from domain import errors
from domain.person_faces import list_faces, remove_face
from handlers.api.context import Router, no_content, wired
from handlers.api.documented import documented
from handlers.api.schemas.faces import FacesOut, StoredFaceOut

router = Router()


@router.get("/people/<person_id>/faces")
@documented(errors.NotFoundError, errors.AuditUnavailableError)
def get_faces(person_id: str) -> FacesOut:
    """List the faces that stand for a person, all on one page. Operators, and the person themself."""
    found = list_faces(router.caller, person_id, people=wired().people, faces=wired().faces, record=router.record)
    return FacesOut(items=[StoredFaceOut.of(face) for face in found])


@router.delete("/people/<person_id>/faces/<face_id>")
@documented(
    errors.NotFoundError,
    errors.InvalidRequestError,
    errors.PersonErasingError,
    errors.AuditUnavailableError,
    status=HTTPStatus.NO_CONTENT,
)
def delete_face(person_id: str, face_id: Annotated[str, Path(max_length=64)]) -> Response[str]:
    """Remove a face, with its vector and its photo. Operators, and the person themself. Removing again is no error."""
    remove_face(
        router.caller,
        person_id,
        face_id,
        people=wired().people,
        faces=wired().faces,
        vectors=wired().vectors,
        objects=wired().versions,
        record=router.record,
    )
    return no_content()
