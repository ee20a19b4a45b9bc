"""What a question to the database costs, in sqlite's own steps: it must not grow with the collection."""

import uuid

import numpy as np
import pytest

from local.rekognition.boxes import Box
from local.rekognition.model import DIMENSION
from local.rekognition.records import StoredFace
from local.rekognition.store import Store

FACES = 2_000
VECTOR = np.full(DIMENSION, DIMENSION**-0.5, np.float32)


def face_id(number):
    return str(uuid.UUID(int=number))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A collection of many faces, of which one user has two."""
    store = Store(tmp_path_factory.mktemp("store") / "faces.sqlite")
    with store.writing() as transaction:
        transaction.create_collection("c", {})
        collection = transaction.collection("c")
        assert collection is not None
        for number in range(FACES):
            face = StoredFace(0, face_id(number), f"image-{number}", None, Box(0, 0, 1, 1), 90.0)
            transaction.add_face(collection, face, VECTOR)
        transaction.create_user(collection, "u")
        user = transaction.user(collection, "u")
        assert user is not None
        transaction.set_owner(collection, user, "u", [face_id(5), face_id(6)], owner=user)
    yield store
    store.close()


QUESTIONS = {
    "faces by id": lambda store, _, collection: store.faces(collection, face_ids=[face_id(6), face_id(7)]),
    "faces of a user": lambda store, _, collection: store.faces(collection, user_id="u"),
    "some faces of a user": lambda store, _, collection: store.faces(
        collection, user_id="u", face_ids=[face_id(5), face_id(6), face_id(7)]
    ),
    "the last page": lambda store, _, collection: store.faces(collection, after=FACES - 2),
    "faces to write to": lambda _, transaction, collection: transaction.faces(collection, [face_id(6), face_id(7)]),
    "a user's faces": lambda _, transaction, collection: transaction.faces_of_user(transaction.user(collection, "u")),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_two_faces_of_many_are_looked_up_and_not_searched_for(store, question):
    steps = []
    with store.writing() as transaction:
        for connection in (store._reader, store._writer):
            connection.set_progress_handler(lambda: steps.append(1), 1)
        found = QUESTIONS[question](store, transaction, transaction.collection("c"))
        for connection in (store._reader, store._writer):
            connection.set_progress_handler(None, 1)
    assert len(found) == 2
    assert 0 < len(steps) < FACES / 2


def test_a_face_is_looked_up_in_its_own_collection_only(store):
    with store.writing() as transaction:
        transaction.create_collection("d", {})
    other = store.collection("d")
    assert store.faces(other, face_ids=[face_id(1)]) == store.faces(other, user_id="u") == []
