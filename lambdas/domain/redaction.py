"""Taking a person out of what was recognized on a photo."""

from dataclasses import replace

from domain.faces import Decision, RecognizedFace
from domain.photos import Result


def redacted(result: Result, person_id: str) -> Result:
    """The result as if the person had not been known; what was found out about others stays as it is."""
    if person_id not in result.mentions:
        return result
    faces = tuple(_without(face, person_id) for face in result.faces)
    return replace(result, faces=faces, revision=result.revision + 1)


def _without(face: RecognizedFace, person_id: str) -> RecognizedFace:
    if person_id not in face.mentions:
        return face
    if face.review and face.review.person_id == person_id:  # a human looked: it is none of the others
        face = replace(face, review=replace(face.review, decision=Decision.UNKNOWN, person_id=None))
    others = tuple(candidate for candidate in face.candidates if candidate.person_id != person_id)
    if face.person_id != person_id and others == face.candidates:
        return face
    if face.person_id != person_id and others:
        return replace(face, candidates=others, similarity=others[0].similarity)
    return replace(face, decision=Decision.UNKNOWN, person_id=None, similarity=None, candidates=())
