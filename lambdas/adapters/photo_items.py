"""Photos and their results as items of the table, and back."""

from collections.abc import Sequence
from typing import Any

from adapters.table import Item
from domain import times
from domain.decisions import DecisionPolicy
from domain.faces import Box, Decision, DetectedFace, Match, RecognizedFace, Review
from domain.photos import (
    Call,
    FacesWanted,
    Photo,
    Problem,
    Purpose,
    RegisteredFace,
    Result,
    Status,
)

IN_REVIEW = "REVIEW"  # the work list's partition of the index
RECORD, RESULT, REVIEW = "A", "RESULT", "REVIEW"


def photo_pk(photo_id: str) -> str:
    """The partition of a photo: its record and its result."""
    return f"R#{photo_id}"


def record_item(photo: Photo) -> dict[str, Any]:
    """A new photo as its record."""
    created_at = times.to_text(photo.created_at)
    return {
        "pk": photo_pk(photo.id),
        "sk": RECORD,
        "gsi1pk": f"O#{photo.owner}#{photo.purpose}",
        "gsi1sk": f"{created_at}#{photo.id}",
        "id": photo.id,
        "owner": photo.owner,
        "purpose": photo.purpose,
        "contentType": photo.content_type,
        "createdAt": created_at,
        "personId": photo.person_id,
        "facesWanted": photo.faces_wanted,
        "status": photo.status,
        "immediate": photo.immediate or None,
    }


def photo_of(item: Item) -> Photo:
    """The photo that a record describes."""
    return Photo(
        id=item["id"],
        owner=item["owner"],
        purpose=Purpose(item["purpose"]),
        content_type=item["contentType"],
        created_at=times.from_text(item["createdAt"]),
        person_id=item.get("personId"),
        faces_wanted=FacesWanted(item["facesWanted"]),
        status=Status(item["status"]),
        version=item.get("version"),
        size=item.get("size"),
        uploaded_at=_instant(item, "uploadedAt"),
        completed_at=_instant(item, "completedAt"),
        discarded=item.get("discarded", False),
        immediate=item.get("immediate", False),
    )


def result_item(photo: Photo, result: Result) -> dict[str, Any]:
    """What came of a photo; people by id only, names are joined when it is read."""
    completed_at = times.to_text(result.completed_at)
    return {
        "pk": photo_pk(photo.id),
        "sk": RESULT,
        "gsi1pk": f"DAY#{completed_at[:10]}#{photo.purpose}",
        "gsi1sk": f"{completed_at}#{photo.id}",
        "owner": photo.owner,
        "personId": photo.person_id,
        "status": result.status,
        "uploadedAt": times.to_text(photo.uploaded_at) if photo.uploaded_at else None,
        "completedAt": completed_at,
        "faces": face_maps(result.faces),
        "registered": _registered_map(result.registered) if result.registered else None,
        "duplicateOf": result.duplicate_of,
        "problem": _problem_map(result.problem) if result.problem else None,
        "calls": dict(result.calls),
        "thresholds": policy_map(result.policy),
        "modelVersion": result.model_version,
    }


def review_item(photo: Photo, result: Result) -> dict[str, Any]:
    """The entry in the work list of a photo that waits for a human; one for all of its faces."""
    return {
        "pk": photo_pk(photo.id),
        "sk": REVIEW,
        "gsi1pk": IN_REVIEW,
        "gsi1sk": f"{times.to_text(result.completed_at)}#{photo.id}",
    }


def as_read(result: Result) -> tuple[str, dict[str, Any]]:
    """The condition, with its arguments, that a result is still what was read."""
    if result.revision:
        return "revision = :read", {":read": result.revision}
    return "attribute_exists(pk) AND attribute_not_exists(revision)", {}


def result_of(item: Item) -> Result:
    """The result that an item describes."""
    registered, problem = item.get("registered"), item.get("problem")
    return Result(
        status=Status(item["status"]),
        completed_at=times.from_text(item["completedAt"]),
        faces=tuple(_recognized(face) for face in item["faces"]),
        registered=RegisteredFace(registered["id"], detected(registered), registered["searchable"])
        if registered
        else None,
        duplicate_of=item.get("duplicateOf"),
        problem=Problem(**problem | {"reasons": tuple(problem["reasons"])}) if problem else None,
        calls={Call(call): count for call, count in item["calls"].items()},
        policy=policy_of(item.get("thresholds")),
        model_version=item.get("modelVersion"),
        revision=item.get("revision", 0),
    )


def face_maps(faces: Sequence[RecognizedFace]) -> list[dict[str, Any]]:
    """The recognized faces of a result."""
    return [_recognized_map(face) for face in faces]


def policy_map(policy: DecisionPolicy | None) -> dict[str, float] | None:
    """The thresholds that were in force."""
    return {"match": policy.match_threshold, "review": policy.review_threshold} if policy else None


def policy_of(item: Item | None) -> DecisionPolicy | None:
    """The thresholds that an item describes."""
    return DecisionPolicy(item["match"], item["review"]) if item else None


def face_map(face: DetectedFace) -> dict[str, Any]:
    """Where a face is."""
    box = face.box
    return {
        "box": {"left": box.left, "top": box.top, "width": box.width, "height": box.height},
        "confidence": face.confidence,
    }


def detected(item: Item) -> DetectedFace:
    """The face that `face_map` wrote."""
    return DetectedFace(Box(**item["box"]), item["confidence"])


def _recognized_map(face: RecognizedFace) -> dict[str, Any]:
    return face_map(DetectedFace(face.box, face.confidence)) | {
        "n": face.n,
        "decision": face.decision,
        "personId": face.person_id,
        "similarity": face.similarity,
        "candidates": [{"personId": c.person_id, "similarity": c.similarity} for c in face.candidates],
        "review": review_map(face.review) if face.review else None,
    }


def review_map(review: Review) -> dict[str, Any]:
    """What a human decided about a face."""
    return {
        "decision": review.decision,
        "personId": review.person_id,
        "by": review.by,
        "at": times.to_text(review.at),
    }


def _review(item: Item) -> Review:
    return Review(Decision(item["decision"]), item.get("personId"), item["by"], times.from_text(item["at"]))


def _recognized(item: Item) -> RecognizedFace:
    seen = detected(item)
    return RecognizedFace(
        n=item["n"],
        box=seen.box,
        confidence=seen.confidence,
        decision=Decision(item["decision"]),
        person_id=item.get("personId"),
        similarity=item.get("similarity"),
        candidates=tuple(Match(c["personId"], c["similarity"]) for c in item["candidates"]),
        review=_review(item["review"]) if "review" in item else None,
    )


def _registered_map(registered: RegisteredFace) -> dict[str, Any]:
    return face_map(registered.face) | {"id": registered.id, "searchable": registered.searchable}


def _problem_map(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "title": problem.title,
        "detail": problem.detail,
        "retryable": problem.retryable,
        "reasons": list(problem.reasons),
    }


def _instant(item: Item, name: str) -> Any:
    return times.from_text(item[name]) if name in item else None
