"""What was acknowledged is there after kill -9; what was not is there as a whole or not at all."""

import itertools
import random
import signal
import sqlite3
import tempfile
import threading
import time
import uuid
from pathlib import Path

import numpy as np
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from local.rekognition.boxes import Box
from local.rekognition.model import DIMENSION
from local.rekognition.operations import OPERATIONS
from local.rekognition.records import StoredFace
from local.rekognition.service import Service, Settings
from local.rekognition.store import Store, StoreError
from tests.endpoint.endpoint import code


class Writer(threading.Thread):
    """Registers people one after the other until the endpoint is gone, and notes what was acknowledged."""

    def __init__(self, client, name, photo):
        super().__init__()
        self.client, self.name_, self.photo = client, name, photo
        self.created: list[str] = []
        self.associated: dict[str, str] = {}
        self.tokens: dict[str, dict[str, str]] = {}

    def run(self):
        try:
            for number in range(10_000):
                user = f"{self.name_}-{number}"
                call = {"CollectionId": "c", "UserId": user, "ClientRequestToken": f"t-{user}"}
                self.client.create_user(**call)
                self.created.append(user)
                self.tokens[user] = call
                image = {"Bytes": self.photo}
                indexed = self.client.index_faces(CollectionId="c", Image=image, ExternalImageId=user)
                face = indexed["FaceRecords"][0]["Face"]["FaceId"]
                self.client.associate_faces(CollectionId="c", UserId=user, FaceIds=[face])
                self.associated[user] = face
        except (BotoCoreError, ClientError, ValueError):
            pass  # no answer, or one that was cut short


def test_every_acknowledged_write_survives_kill_9(own_endpoint, photos):
    chance = random.Random(20261124)
    client = own_endpoint.client()
    client.create_collection(CollectionId="c")
    created: list[str] = []
    associated: dict[str, str] = {}
    tokens: dict[str, dict[str, str]] = {}
    for life in range(3):
        writers = [Writer(client, f"w{life}-{number}", photos["macron-2014"]) for number in range(3)]
        for writer in writers:
            writer.start()
        enough = chance.randint(4, 12)
        while any(writer.is_alive() for writer in writers) and sum(len(w.associated) for w in writers) < enough:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.05))  # in the middle of something
        own_endpoint.end(signal.SIGKILL)
        for writer in writers:
            writer.join()
            created += writer.created
            associated |= writer.associated
            tokens |= writer.tokens
        own_endpoint.start()
        check(client, created, associated)
    assert len(associated) >= 12
    for call in random.Random(1).sample(list(tokens.values()), 5):
        client.create_user(**call)  # remembered: no ConflictException
    assert code(client.create_user, CollectionId="c", UserId=created[0]) == "ConflictException"
    found = client.search_users_by_image(CollectionId="c", Image={"Bytes": photos["macron-2014"]}, MaxUsers=500)
    assert {match["User"]["UserId"] for match in found["UserMatches"]} >= associated.keys()
    assert own_endpoint.end() == 0
    with sqlite3.connect(own_endpoint.data / "faces.sqlite") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def check(client, created, associated):
    users = {
        user["UserId"]: user["UserStatus"]
        for page in client.get_paginator("list_users").paginate(CollectionId="c")
        for user in page["Users"]
    }
    faces = [face for page in client.get_paginator("list_faces").paginate(CollectionId="c") for face in page["Faces"]]
    owners = {face["FaceId"]: face.get("UserId") for face in faces}
    assert users.keys() >= set(created)
    for user, face in associated.items():
        assert owners[face] == user
        assert users[user] == "ACTIVE"
    # No half state: an owner exists, and nobody got the same photo twice.
    assert {owner for owner in owners.values() if owner} <= users.keys()
    externals = [face["ExternalImageId"] for face in faces]
    assert len(externals) == len(set(externals))
    described = client.describe_collection(CollectionId="c")
    assert (described["FaceCount"], described["UserCount"]) == (len(faces), len(users))


def test_page_tokens_survive_a_restart(tmp_path):
    def started():
        service = Service(Settings(tmp_path, workers=1))
        return service, lambda operation, **request: OPERATIONS[operation](service, request)

    service, call = started()
    for name in ("a", "b", "c"):
        call("CreateCollection", CollectionId=name)
    token = call("ListCollections", MaxResults=1)["NextToken"]
    service.close()
    service, call = started()
    assert call("ListCollections", NextToken=token)["CollectionIds"] == ["b", "c"]
    service.close()


def test_a_first_start_that_fails_anywhere_leaves_what_the_next_one_can_use(tmp_path, monkeypatch):
    connect = Store._connect
    steps = itertools.count()

    def connect_and_fail(store, when):
        connection = connect(store)
        left = itertools.count(when, -1)
        connection.set_authorizer(lambda *_: sqlite3.SQLITE_OK if next(left) else sqlite3.SQLITE_DENY)
        return connection

    for step in steps:
        path = tmp_path / f"{step}.sqlite"
        with monkeypatch.context() as fault:
            fault.setattr(Store, "_connect", lambda store, when=step: connect_and_fail(store, when))
            try:
                Store(path).close()
                break
            except StoreError:
                pass
        store = Store(path)
        assert len(store.page_key) == 32
        store.close()
    assert next(steps) > 20  # every one of them failed once


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "faces.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "faces.sqlite")


def test_a_file_of_another_version_is_refused(tmp_path):
    db = sqlite3.connect(tmp_path / "faces.sqlite")
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(StoreError, match="another version"):
        Store(tmp_path / "faces.sqlite")


def _create_and_fail(transaction):
    transaction.create_collection("c", {})
    raise ZeroDivisionError


def test_a_failed_write_leaves_nothing_on_disk_or_in_memory(tmp_path):
    store = Store(tmp_path / "faces.sqlite")
    with pytest.raises(ZeroDivisionError), store.writing() as transaction:
        _create_and_fail(transaction)
    assert store.collection("c") is None
    with store.writing() as transaction:
        transaction.create_collection("c", {})
    assert store.collection("c") is not None
    store.close()


def test_vectors_are_read_from_disk_at_the_start_and_never_again(tmp_path, photos, monkeypatch):
    service = Service(Settings(tmp_path, workers=1))

    def loaded_again(*_):
        raise AssertionError("the index was rebuilt")

    monkeypatch.setattr("local.rekognition.store.load_indexes", loaded_again)

    def call(operation, **request):
        return OPERATIONS[operation](service, {"CollectionId": "c", **request})

    call("CreateCollection")
    image = {"Bytes": photos["macron-2014"]}
    for user in ("a", "b"):
        call("CreateUser", UserId=user)
        face = call("IndexFaces", Image=image, ExternalImageId=user)["FaceRecords"][0]["Face"]["FaceId"]
        call("AssociateFaces", UserId=user, FaceIds=[face])
        matches = call("SearchUsersByImage", Image=image)["UserMatches"]
        assert user in [match["User"]["UserId"] for match in matches]
    call("DisassociateFaces", UserId="b", FaceIds=[face])
    call("DeleteFaces", FaceIds=[face])
    assert [match["User"]["UserId"] for match in call("SearchUsersByImage", Image=image)["UserMatches"]] == ["a"]
    assert len(call("SearchFacesByImage", Image=image)["FaceMatches"]) == 1
    call("DeleteCollection")
    service.close()


KINDS = ["face", "user", "associate", "disassociate", "delete face", "delete user", "collection"]
steps = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.integers(0, 9)), max_size=80)


@settings(deadline=None, max_examples=25)
@given(steps)
def test_memory_is_at_any_time_what_a_restart_would_load(changes):
    with tempfile.TemporaryDirectory() as folder:
        live = Store(Path(folder) / "faces.sqlite")
        with live.writing() as transaction:
            transaction.create_collection("c", {})
        for kind, user, face in changes:
            with live.writing() as transaction:
                change(transaction, kind, f"user-{user}", str(uuid.UUID(int=face)))
        restarted = Store(Path(folder) / "faces.sqlite")
        collection = live.collection("c")
        assert collection is not None
        assert restarted.collection("c") == collection
        probe = unit(1000)
        for name in ("search_faces", "search_users"):
            found = [dict(getattr(store.index(collection), name)(probe, 0, 100)) for store in (live, restarted)]
            assert found[0] == found[1]
        faces = live.faces(collection)
        assert len(live.index(collection).search_faces(probe, 0, 100)) == len(faces)
        owners = {face.user for face in faces} - {None}
        assert {user for user, _ in live.index(collection).search_users(probe, 0, 100)} == owners
        for store in (live, restarted):
            store.close()


def unit(seed):
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def change(transaction, kind, user_id, face_id):
    """One change, where it applies."""
    collection = transaction.collection("c")
    user, face = transaction.user(collection, user_id), transaction.faces(collection, [face_id]).get(face_id)
    if kind == "collection":
        transaction.delete_collection(collection)
        transaction.create_collection("c", {})
    elif kind == "face" and face is None:
        face = StoredFace(0, face_id, face_id, None, Box(0, 0, 1, 1), 90.0)
        transaction.add_face(collection, face, unit(uuid.UUID(face_id).int))
    elif kind == "user" and user is None:
        transaction.create_user(collection, user_id)
    elif kind == "delete user" and user is not None:
        transaction.delete_user(collection, user_id)
    elif kind == "delete face" and face is not None and face.user is None:
        transaction.delete_faces(collection, [face_id])
    elif kind == "associate" and user is not None and face is not None and face.user is None:
        transaction.set_owner(collection, user, user_id, [face_id], owner=user)
    elif kind == "disassociate" and user is not None and face is not None and face.user == user_id:
        transaction.set_owner(collection, user, user_id, [face_id], owner=None)
