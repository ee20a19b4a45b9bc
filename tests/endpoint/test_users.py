import uuid

import numpy as np
import pytest

from local.rekognition.boxes import Box
from local.rekognition.errors import QuotaError
from local.rekognition.model import DIMENSION
from local.rekognition.operations import OPERATIONS
from local.rekognition.records import StoredFace
from local.rekognition.service import Service, Settings
from tests.endpoint.endpoint import code, refusal

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def faces(rekognition, collection, small):
    """Face ids by photo."""
    return {
        name: rekognition.index_faces(CollectionId=collection, Image={"Bytes": small[name]})["FaceRecords"][0]["Face"][
            "FaceId"
        ]
        for name in ("macron-2014", "macron-2025", "ardern-2018", "sunak")
    }


@pytest.fixture
def users(rekognition, collection):
    """Two users without faces."""
    for user in ("macron", "ardern"):
        rekognition.create_user(CollectionId=collection, UserId=user)
    return ["macron", "ardern"]


def test_a_user_is_created_once(rekognition, collection, users):
    expected = ("ConflictException", "The user id: macron already exists")
    assert refusal(rekognition.create_user, CollectionId=collection, UserId="macron") == expected
    assert rekognition.describe_collection(CollectionId=collection)["UserCount"] == 2


def test_a_user_becomes_active_with_the_first_face_and_created_without(rekognition, collection, users, faces):
    def status():
        listed = rekognition.list_users(CollectionId=collection)["Users"]
        return {user["UserId"]: user["UserStatus"] for user in listed}["macron"]

    assert status() == "CREATED"
    call = {"CollectionId": collection, "UserId": "macron", "FaceIds": [faces["macron-2014"]]}
    assert rekognition.associate_faces(**call)["UserStatus"] == "ACTIVE" == status()
    assert rekognition.disassociate_faces(**call)["UserStatus"] == "CREATED" == status()


def test_users_are_listed_in_pages(rekognition, collection):
    names = [f"user-{number}" for number in range(7)]
    for name in names:
        rekognition.create_user(CollectionId=collection, UserId=name)
    paginator = rekognition.get_paginator("list_users")
    pages = list(paginator.paginate(CollectionId=collection, PaginationConfig={"PageSize": 3}))
    assert [len(page["Users"]) for page in pages] == [3, 3, 1]
    assert [user["UserId"] for page in pages for user in page["Users"]] == names


def test_associating_reports_every_face_that_it_refuses(rekognition, collection, users, faces):
    def associate(user, *names, **options):
        ids = [faces.get(name, NOBODY) for name in names]
        return rekognition.associate_faces(CollectionId=collection, UserId=user, FaceIds=ids, **options)

    assert associate("ardern", "ardern-2018")["UnsuccessfulFaceAssociations"] == []
    first = associate("macron", "macron-2014")
    assert first["AssociatedFaces"] == [{"FaceId": faces["macron-2014"]}]
    answer = associate("macron", "nobody", "ardern-2018", "sunak", "macron-2014", "macron-2025")
    assert answer["AssociatedFaces"] == [{"FaceId": faces["macron-2025"]}]
    missing, others, unlike = answer["UnsuccessfulFaceAssociations"]
    assert missing == {"FaceId": NOBODY, "Reasons": ["FACE_NOT_FOUND"]}
    assert others == {
        "FaceId": faces["ardern-2018"], "UserId": "ardern", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"],
    }  # fmt: skip
    assert unlike.pop("Confidence") < 50
    assert unlike == {"FaceId": faces["sunak"], "UserId": "macron", "Reasons": ["LOW_MATCH_CONFIDENCE"]}
    assert associate("macron", "sunak", UserMatchThreshold=0)["AssociatedFaces"] == [{"FaceId": faces["sunak"]}]


def test_a_first_face_is_compared_with_nothing(rekognition, collection, users, faces):
    ids = [faces["macron-2014"], faces["sunak"]]
    answer = rekognition.associate_faces(CollectionId=collection, UserId="macron", FaceIds=ids, UserMatchThreshold=100)
    assert [face["FaceId"] for face in answer["AssociatedFaces"]] == ids


def test_disassociating_reports_every_face_that_it_refuses(rekognition, collection, users, faces):
    for user, name in (("macron", "macron-2014"), ("ardern", "ardern-2018")):
        rekognition.associate_faces(CollectionId=collection, UserId=user, FaceIds=[faces[name]])
    ids = [NOBODY, faces["ardern-2018"], faces["sunak"], faces["macron-2014"]]
    answer = rekognition.disassociate_faces(CollectionId=collection, UserId="macron", FaceIds=ids)
    assert answer["DisassociatedFaces"] == [{"FaceId": faces["macron-2014"]}]
    assert answer["UnsuccessfulFaceDisassociations"] == [
        {"FaceId": NOBODY, "Reasons": ["FACE_NOT_FOUND"]},
        {"FaceId": faces["ardern-2018"], "UserId": "ardern", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]},
    ]


def test_deleting_a_user_leaves_the_faces_to_nobody(rekognition, collection, users, faces, small):
    ids = [faces["macron-2014"], faces["macron-2025"]]
    rekognition.associate_faces(CollectionId=collection, UserId="macron", FaceIds=ids)
    rekognition.delete_user(CollectionId=collection, UserId="macron")
    assert not any("UserId" in face for face in rekognition.list_faces(CollectionId=collection)["Faces"])
    found = rekognition.search_users_by_image(CollectionId=collection, Image={"Bytes": small["macron-2025"]})
    assert found["UserMatches"] == []
    assert len(rekognition.delete_faces(CollectionId=collection, FaceIds=ids)["DeletedFaces"]) == 2


def test_a_missing_user_is_not_found(rekognition, collection, faces):
    call = {"CollectionId": collection, "UserId": "nobody"}
    ids = {"FaceIds": [faces["sunak"]]}
    for refused in (
        refusal(rekognition.delete_user, **call),
        refusal(rekognition.associate_faces, **call, **ids),
        refusal(rekognition.disassociate_faces, **call, **ids),
    ):
        assert refused == ("ResourceNotFoundException", "The user id: nobody does not exist")


def test_a_user_has_at_most_a_hundred_faces(tmp_path):
    service = Service(Settings(tmp_path, workers=1))

    def call(operation, **request):
        return OPERATIONS[operation](service, {"CollectionId": "c", **request})

    call("CreateCollection")
    call("CreateUser", UserId="u")
    ids = [str(uuid.UUID(int=number)) for number in range(102)]
    with service.store.writing() as transaction:  # a hundred photos would show the same, and take a while
        collection = service.collection({"CollectionId": "c"}, transaction)
        for face in ids:
            record = StoredFace(0, face, face, None, Box(0, 0, 1, 1), 90.0)
            transaction.add_face(collection, record, np.full(DIMENSION, DIMENSION**-0.5, np.float32))
    call("AssociateFaces", UserId="u", FaceIds=ids[:99])
    answer = call("AssociateFaces", UserId="u", FaceIds=ids[99:101])
    assert answer["AssociatedFaces"] == [{"FaceId": ids[99]}]
    assert [failure["FaceId"] for failure in answer["UnsuccessfulFaceAssociations"]] == [ids[100]]
    with pytest.raises(QuotaError):
        call("AssociateFaces", UserId="u", FaceIds=ids[101:])
    assert call("AssociateFaces", UserId="u", FaceIds=ids[:1])["AssociatedFaces"] == []
    assert len(call("ListFaces", UserId="u")["Faces"]) == 100
    service.close()


class TestClientRequestTokens:
    def test_the_same_request_is_done_once_and_answered_alike(self, rekognition, collection, faces):
        user = {"CollectionId": collection, "UserId": "u"}
        create, delete = (
            {**user, "ClientRequestToken": f"c-{collection}"},
            {**user, "ClientRequestToken": f"d-{collection}"},
        )
        move = {**user, "FaceIds": [faces["sunak"], NOBODY], "ClientRequestToken": f"m-{collection}"}
        for _ in range(2):
            rekognition.create_user(**create)
        joined = [rekognition.associate_faces(**move) for _ in range(2)]
        left = [rekognition.disassociate_faces(**move) for _ in range(2)]
        for answers in (joined, left):
            for answer in answers:
                del answer["ResponseMetadata"]
            assert answers[0] == answers[1]
        assert joined[0]["AssociatedFaces"] == [{"FaceId": faces["sunak"]}]
        for _ in range(2):
            rekognition.delete_user(**delete)

    def test_a_late_repetition_changes_nothing(self, rekognition, collection):
        call = {"CollectionId": collection, "UserId": "u", "ClientRequestToken": f"late-{collection}"}
        rekognition.create_user(**call)
        rekognition.delete_user(CollectionId=collection, UserId="u")
        rekognition.create_user(**call)
        assert rekognition.list_users(CollectionId=collection)["Users"] == []

    def test_a_token_with_other_parameters_is_refused(self, rekognition, collection, faces, users):
        token = f"other-{collection}"
        call = {"CollectionId": collection, "ClientRequestToken": token}
        rekognition.create_user(**call, UserId="one")
        assert code(rekognition.create_user, **call, UserId="two") == "IdempotentParameterMismatchException"
        for operation in (rekognition.associate_faces, rekognition.disassociate_faces):
            operation(**call, UserId="macron", FaceIds=[faces["sunak"]])
            other = {"UserId": "macron", "FaceIds": [faces["macron-2014"]]}
            assert code(operation, **call, **other) == "IdempotentParameterMismatchException"
        rekognition.delete_user(**call, UserId="one")
        assert code(rekognition.delete_user, **call, UserId="macron") == "IdempotentParameterMismatchException"

    def test_a_token_of_another_collection_is_refused(self, rekognition, collection):
        rekognition.create_collection(CollectionId="neighbour")
        call = {"UserId": "u", "ClientRequestToken": f"both-{collection}"}
        rekognition.create_user(CollectionId="neighbour", **call)
        refused = code(rekognition.create_user, CollectionId=collection, **call)
        assert refused == "IdempotentParameterMismatchException"
        rekognition.delete_collection(CollectionId="neighbour")
        rekognition.create_user(CollectionId=collection, **call)

    def test_a_refused_request_may_be_repeated_with_its_token(self, rekognition, collection):
        call = {"CollectionId": collection, "UserId": "u", "ClientRequestToken": f"again-{collection}"}
        assert code(rekognition.delete_user, **call) == "ResourceNotFoundException"
        rekognition.create_user(CollectionId=collection, UserId="u")
        rekognition.delete_user(**call)
        assert rekognition.list_users(CollectionId=collection)["Users"] == []
