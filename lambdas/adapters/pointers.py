"""What leads from a person to the photos whose results name them: one item a person and photo."""

from typing import Any

from adapters.people_table import person_pk
from domain import times
from domain.faces import RecognizedFace
from domain.photos import Photo, Purpose, Result, Status


def pointers(photo: Photo, result: Result) -> dict[str, dict[str, Any]]:
    """The pointer of each person whom the result is about: a sighting, or else a mention."""
    seen: dict[str, tuple[RecognizedFace, float]] = {}
    for face in result.faces:
        who = face.identity
        if who and (who.person_id not in seen or who.similarity > seen[who.person_id][1]):
            seen[who.person_id] = face, who.similarity  # one a person and photo: the most similar face
    concerned = set(result.mentions)
    if photo.purpose is Purpose.VERIFICATION and photo.person_id and result.status is Status.SUCCEEDED:
        concerned.add(photo.person_id)  # also when it was not them: whatever names somebody is found from them
    return {
        person_id: _sighting(photo, person_id, *seen[person_id]) if person_id in seen else _mention(photo, person_id)
        for person_id in sorted(concerned)
    }


def _sighting(photo: Photo, person_id: str, face: RecognizedFace, similarity: float) -> dict[str, Any]:
    seen_at = times.to_text(photo.uploaded_at or photo.created_at)
    return {
        "pk": person_pk(person_id),
        "sk": f"SEEN#{seen_at}#{photo.id}",
        "gsi1pk": f"SEEN#{seen_at[:10]}",
        "gsi1sk": f"{person_id}#{seen_at}",
        "photoId": photo.id,
        "seenAt": seen_at,
        "n": face.n,
        "similarity": similarity or None,  # a human may see a likeness where the service saw none
        "reviewed": True if face.review else None,
    }


def _mention(photo: Photo, person_id: str) -> dict[str, Any]:
    return {"pk": person_pk(person_id), "sk": f"MENTION#{photo.id}", "photoId": photo.id}
