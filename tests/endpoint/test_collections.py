import time

from tests.endpoint.endpoint import code, refusal


def test_a_new_collection_is_described_and_empty(rekognition, collection):
    described = rekognition.describe_collection(CollectionId=collection)
    assert described["FaceCount"] == described["UserCount"] == 0
    assert described["FaceModelVersion"] == "7.0"
    assert described["CollectionARN"] == f"arn:aws:rekognition:us-east-1:000000000000:collection/{collection}"
    assert abs(described["CreationTimestamp"].timestamp() - time.time()) < 60


def test_creating_answers_arn_and_model_version(rekognition):
    answer = rekognition.create_collection(CollectionId="made", Tags={"stage": "test", "ключ": "значение 1"})
    assert answer["StatusCode"] == 200
    assert answer["FaceModelVersion"] == "7.0"
    assert answer["CollectionArn"].endswith(":collection/made")
    assert rekognition.delete_collection(CollectionId="made")["StatusCode"] == 200


def test_a_collection_cannot_be_created_twice(rekognition, collection):
    assert code(rekognition.create_collection, CollectionId=collection) == "ResourceAlreadyExistsException"


def test_a_missing_collection_is_not_found_by_any_operation(rekognition, photos):
    face, image = "0" * 8 + "-0000-0000-0000-" + "0" * 12, {"Bytes": photos["sunak"]}
    missing = {"CollectionId": "missing"}
    for call, more in (
        (rekognition.describe_collection, {}),
        (rekognition.delete_collection, {}),
        (rekognition.index_faces, {"Image": image}),
        (rekognition.list_faces, {}),
        (rekognition.delete_faces, {"FaceIds": [face]}),
        (rekognition.search_faces, {"FaceId": face}),
        (rekognition.search_users, {"UserId": "u"}),
        (rekognition.search_users, {"FaceId": face}),
        (rekognition.search_faces_by_image, {"Image": image}),
        (rekognition.search_users_by_image, {"Image": image}),
        (rekognition.create_user, {"UserId": "u"}),
        (rekognition.list_users, {}),
        (rekognition.delete_user, {"UserId": "u"}),
        (rekognition.associate_faces, {"UserId": "u", "FaceIds": [face]}),
        (rekognition.disassociate_faces, {"UserId": "u", "FaceIds": [face]}),
    ):
        expected = ("ResourceNotFoundException", "The collection id: missing does not exist")
        assert refusal(call, **missing, **more) == expected


def test_a_deleted_collection_takes_its_faces_and_users_along(rekognition, collection, photos):
    rekognition.index_faces(CollectionId=collection, Image={"Bytes": photos["sunak"]})
    rekognition.create_user(CollectionId=collection, UserId="u")
    rekognition.delete_collection(CollectionId=collection)
    rekognition.create_collection(CollectionId=collection)
    described = rekognition.describe_collection(CollectionId=collection)
    assert described["FaceCount"] == described["UserCount"] == 0
    found = rekognition.search_faces_by_image(CollectionId=collection, Image={"Bytes": photos["sunak"]})
    assert found["FaceMatches"] == []


def test_all_pages_of_collections_together_are_all_collections_once(rekognition):
    names = [f"page-{number}" for number in range(7)]
    for name in names:
        rekognition.create_collection(CollectionId=name)
    pages = list(rekognition.get_paginator("list_collections").paginate(PaginationConfig={"PageSize": 3}))
    listed = [name for page in pages for name in page["CollectionIds"]]
    assert all(len(page["CollectionIds"]) <= 3 for page in pages)
    assert [len(page["FaceModelVersions"]) for page in pages] == [len(page["CollectionIds"]) for page in pages]
    assert sorted(listed) == sorted(set(listed))
    assert [name for name in listed if name in names] == names
    for name in names:
        rekognition.delete_collection(CollectionId=name)
