"""Removing people and faces, against botocore's own model of Rekognition."""

import pytest
from botocore.exceptions import ClientError

from adapters.pace import Pace
from adapters.rekognition_vectors import PAGE, RekognitionVectors
from domain.errors import ServiceBusyError

PERSON, PHOTO = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA", "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VC"
FACES = [f"11111111-2222-3333-4444-55555555555{n}" for n in range(3)]


@pytest.fixture
def vectors(rekognition, stub):
    return RekognitionVectors(rekognition, "faces", Pace(1e6))


def page(*faces, token=None, external=PHOTO):
    found = [{"FaceId": face, "ExternalImageId": external} for face in faces]
    return {"Faces": found} | ({"NextToken": token} if token else {})


def asked(**which):
    return {"CollectionId": "faces", "MaxResults": PAGE} | which


def test_faces_are_listed_page_by_page(vectors, stub):
    stub.add_response("list_faces", page(FACES[0], token="t"), asked(UserId=PERSON))
    stub.add_response("list_faces", page(FACES[1]), asked(UserId=PERSON, NextToken="t"))
    assert vectors.faces_of(PERSON) == set(FACES[:2])


def test_a_person_who_is_not_known_has_no_faces_and_is_removed_already(vectors, stub):
    stub.add_client_error("list_faces", "ResourceNotFoundException")
    stub.add_client_error("delete_user", "ResourceNotFoundException")
    assert vectors.faces_of(PERSON) == set()
    vectors.remove_person(PERSON)


def test_faces_are_found_by_the_photos_that_they_came_from(vectors, stub):
    stub.add_response("list_faces", page(FACES[0], external="somebody-elses", token="t"), asked())
    stub.add_response("list_faces", page(FACES[1]), asked(NextToken="t"))
    assert vectors.faces_from(frozenset({PHOTO})) == {FACES[1]}


def test_each_removal_of_a_person_has_a_token_of_its_own(vectors, stub):
    # The stub refuses parameters that it does not expect: the token is the SDK's, new for each call.
    stub.add_response("delete_user", {}, {"CollectionId": "faces", "UserId": PERSON})
    vectors.remove_person(PERSON)


def test_a_person_whom_another_call_is_changing_is_removed_later(vectors, stub):
    stub.add_client_error("delete_user", "ConflictException", http_status_code=400)
    with pytest.raises(ServiceBusyError):
        vectors.remove_person(PERSON)


def test_faces_that_are_gone_already_are_no_failure(vectors, stub):
    failures = [{"FaceId": FACES[1], "Reasons": ["FACE_NOT_FOUND"]}]
    stub.add_response("delete_faces", {"DeletedFaces": [FACES[0]], "UnsuccessfulFaceDeletions": failures})
    vectors.remove_faces(FACES[:2])


@pytest.mark.parametrize(
    "answer",
    [
        {"UnsuccessfulFaceDeletions": [{"FaceId": FACES[0], "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}]},
        {},  # a body that was cut off
    ],
)
def test_a_face_that_was_not_deleted_is_told_inside_of_a_success(vectors, stub, answer):
    stub.add_response("delete_faces", answer)
    with pytest.raises(ServiceBusyError):
        vectors.remove_faces(FACES[:1])


def test_no_faces_need_no_call(vectors):
    vectors.remove_faces([])


def test_what_is_left_is_seen_by_person_and_by_face(vectors, stub):
    stub.add_response("list_faces", page(), asked(UserId=PERSON))
    assert vectors.any_left(PERSON, FACES)
    stub.add_client_error("list_faces", "ResourceNotFoundException")
    stub.add_response("list_faces", page(FACES[1]), asked(FaceIds=FACES))
    assert vectors.any_left(PERSON, FACES)
    stub.add_client_error("list_faces", "ResourceNotFoundException")
    stub.add_response("list_faces", page(), asked(FaceIds=FACES))
    assert not vectors.any_left(PERSON, FACES)


def test_an_answer_without_its_faces_proves_nothing(vectors, stub):
    stub.add_response("list_faces", {})
    with pytest.raises(ServiceBusyError):
        vectors.any_left(PERSON, [])


def test_a_missing_right_is_no_absence(vectors, stub):
    for call in (lambda: vectors.faces_of(PERSON), lambda: vectors.any_left(PERSON, [])):
        stub.add_client_error("list_faces", "AccessDeniedException")
        with pytest.raises(ClientError):
            call()
    stub.add_client_error("delete_user", "AccessDeniedException")
    with pytest.raises(ClientError):
        vectors.remove_person(PERSON)
