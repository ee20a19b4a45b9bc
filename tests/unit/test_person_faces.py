"""The faces of a person: listed, and removed one by one, with all that belongs to them."""

from dataclasses import dataclass

import pytest

from adapters.person_data import PersonDataTable
from adapters.person_faces import PersonFacesTable
from domain import errors
from domain.processing import Outcome
from handlers.api import context

from .conftest import as_operator
from .gallery import MemoryGallery

STEPS = ("vectors.remove", "versions.delete", "faces.forget")
OTHERS_ID = "per_01JDZ6V8K2M3N4P5Q6R7S8T9V2"


@dataclass
class MemoryVectors:
    """Removes from the gallery that the processor fills."""

    gallery: MemoryGallery

    def remove(self, person_id, face_id):
        assert self.gallery.faces.get(face_id, person_id) == person_id
        self.gallery.faces.pop(face_id, None)


@pytest.fixture
def call(call, cloud):
    vars(context.wired())["vectors"] = MemoryVectors(cloud.gallery)
    return call


@pytest.fixture
def ada(cloud):
    """Somebody with a face."""
    person = cloud.person()
    photo = cloud.registration(person)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    return person


def face_of(call, person):
    (face,) = as_operator(call)("GET", f"/people/{person.id}/faces")[1]["items"]
    return face


def remove(call, person, face_id, **who):
    return as_operator(call)("DELETE", f"/people/{person.id}/faces/{face_id}", **who)


def nothing_is_left(cloud, person, face):
    key = f"uploads/registration/{face['registrationId']}"
    kinds = {sk.partition("#")[0] for sk in cloud.items(f"P#{person.id}")}
    return (kinds, cloud.gallery.faces, cloud.versions(key), cloud.people.get(person.id).faces) == (
        {"A", "CONSENT", "PHOTO"},
        {},
        [],
        0,
    )


def test_faces_are_listed_in_the_order_of_their_registration(call, cloud, ada):
    second = cloud.registration(ada, "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VD")
    cloud.processor().process(cloud.upload(second, b"another photo"))
    status, listed, _ = as_operator(call)("GET", f"/people/{ada.id}/faces")
    assert (status, listed["nextCursor"]) == (200, None)
    assert [face["registrationId"] for face in listed["items"]] == ["reg_01JDZ6V8K2M3N4P5Q6R7S8T9VC", second.id]
    first = listed["items"][0]
    assert first["box"] == {"left": 0.4, "top": 0.2, "width": 0.2, "height": 0.3}
    assert (first["confidence"], first["modelVersion"]) == (99, "7.0")


def test_a_face_goes_with_its_vector_its_photo_and_its_hash(call, cloud, ada):
    face = face_of(call, ada)
    tag = as_operator(call)("GET", f"/people/{ada.id}")[2]["etag"]
    status, nothing, _ = remove(call, ada, face["id"])
    assert (status, nothing) == (204, {})
    assert nothing_is_left(cloud, ada, face)
    assert as_operator(call)("GET", f"/people/{ada.id}/faces")[1]["items"] == []
    assert as_operator(call)("GET", f"/people/{ada.id}")[2]["etag"] != tag


def test_removing_again_is_no_error_and_changes_nothing(call, cloud, ada):
    face = face_of(call, ada)
    assert [remove(call, ada, face["id"])[0] for _ in range(2)] == [204, 204]
    assert cloud.people.get(ada.id).faces == 0


def test_the_same_photo_can_be_registered_again_afterwards(call, cloud, ada):
    remove(call, ada, face_of(call, ada)["id"])
    again = cloud.registration(ada, "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VD")
    assert cloud.processor().process(cloud.upload(again)) is Outcome.COMMITTED
    assert face_of(call, ada)["registrationId"] == again.id


@pytest.mark.parametrize("crash", [(when, step) for when in ("before", "after") for step in STEPS], ids=" ".join)
def test_who_removes_a_face_again_after_a_crash_removes_the_rest(call, cloud, ada, monkeypatch, crash):
    when, step = crash
    face, (port, method) = face_of(call, ada), step.split(".")
    kind = type(getattr(context.wired(), port))
    whole = getattr(kind, method)

    def killed(*args):
        if when == "after":
            whole(*args)
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(kind, method, killed)
        assert remove(call, ada, face["id"])[0] == 500
    assert remove(call, ada, face["id"])[0] == 204
    assert nothing_is_left(cloud, ada, face)


def test_of_two_removals_at_once_one_counts(call, cloud, ada, monkeypatch):
    face, forget = face_of(call, ada), PersonFacesTable.forget

    def overtaken(faces, person_id, stored):
        monkeypatch.setattr(PersonFacesTable, "forget", forget)
        assert remove(call, ada, face["id"])[0] == 204
        return forget(faces, person_id, stored)

    monkeypatch.setattr(PersonFacesTable, "forget", overtaken)
    assert remove(call, ada, face["id"])[0] == 204
    assert nothing_is_left(cloud, ada, face)


def test_a_face_is_only_removed_from_the_person_whose_it_is(call, cloud, ada):
    face, other = face_of(call, ada), cloud.person(id=OTHERS_ID)
    assert remove(call, other, face["id"])[0] == 204
    assert face_of(call, ada) == face
    assert list(cloud.gallery.faces) == [face["id"]]


def test_strangers_neither_see_nor_remove_faces_and_people_their_own(call, cloud, ada):
    face = face_of(call, ada)
    path = f"/people/{ada.id}/faces"
    assert call("GET", path)[0] == call("DELETE", f"{path}/{face['id']}")[0] == 404
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": ada.id}, condition="attribute_not_exists(pk)")
    assert call("GET", path)[1]["items"] == [face]
    assert call("DELETE", f"{path}/{face['id']}")[0] == 204
    assert call("GET", path)[1]["items"] == []


def test_faces_of_somebody_who_is_being_erased_are_left_to_the_erasure(call, cloud):
    person = cloud.person(status="erasing")
    status, problem, _ = remove(call, person, "face-1")
    assert (status, problem["code"]) == (409, "person_erasing")


def test_what_an_erasure_has_noted_to_be_removed_is_in_no_list(call, cloud, ada):
    face = face_of(call, ada)
    PersonDataTable(cloud.table).note_face(ada.id, "face-of-nobody")
    assert face_of(call, ada) == face
    held = call("GET", f"/people/{ada.id}/export", groups="[admin]")[1]["items"]
    assert [item["id"] for item in held if item["kind"] == "face"] == [face["id"]]


def test_a_busy_rekognition_leaves_the_face_to_be_removed_later(call, ada, monkeypatch):
    def busy(*_):
        raise errors.ServiceBusyError

    face = face_of(call, ada)
    with monkeypatch.context() as patched:
        patched.setattr(MemoryVectors, "remove", busy)
        status, problem, _ = remove(call, ada, face["id"])
    assert (status, problem["code"]) == (503, "service_busy")
    assert face_of(call, ada) == face


def test_no_face_is_told_or_removed_without_an_entry_in_the_audit(call, ada, monkeypatch):
    def unavailable(*_):
        raise errors.AuditUnavailableError

    face = face_of(call, ada)
    with monkeypatch.context() as patched:
        patched.setattr(type(context.wired().audit), "record", unavailable)
        assert remove(call, ada, face["id"])[1]["code"] == "audit_unavailable"
        assert as_operator(call)("GET", f"/people/{ada.id}/faces")[1]["code"] == "audit_unavailable"
    assert face_of(call, ada) == face
