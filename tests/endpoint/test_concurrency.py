"""Many callers at once: no answer is wrong meanwhile, and memory and disk agree at the end."""

import random
from concurrent.futures import ThreadPoolExecutor

from tests.endpoint.endpoint import code

PEOPLE = ("macron-2014", "sunak", "ardern-2018")


def test_parallel_writes_and_searches_end_in_the_truth(rekognition, collection, small):
    def live(number):
        """One person's life: register, be found, and perhaps be deleted again."""
        photo, user = PEOPLE[number % 3], f"user-{number}"
        image, chance = {"Bytes": small[photo]}, random.Random(number)
        rekognition.create_user(CollectionId=collection, UserId=user)
        indexed = rekognition.index_faces(CollectionId=collection, Image=image, ExternalImageId=user)
        face = indexed["FaceRecords"][0]["Face"]["FaceId"]
        rekognition.associate_faces(CollectionId=collection, UserId=user, FaceIds=[face])
        assert user in found(photo)
        if chance.random() < 0.4:
            rekognition.delete_user(CollectionId=collection, UserId=user)
            assert user not in found(photo)
            if chance.random() < 0.5:
                rekognition.delete_faces(CollectionId=collection, FaceIds=[face])
                return None, None
            return None, face
        return user, face

    def found(photo):
        answer = rekognition.search_users_by_image(CollectionId=collection, Image={"Bytes": small[photo]}, MaxUsers=500)
        return {match["User"]["UserId"] for match in answer["UserMatches"]}

    with ThreadPoolExecutor(12) as pool:
        lives = list(pool.map(live, range(24)))
    users, faces = {user for user, _ in lives} - {None}, {face for _, face in lives} - {None}
    assert {user["UserId"] for user in rekognition.list_users(CollectionId=collection)["Users"]} == users
    assert {face["FaceId"] for face in rekognition.list_faces(CollectionId=collection)["Faces"]} == faces
    assert set().union(*map(found, PEOPLE)) == users
    matched = set()
    for photo in PEOPLE:
        answer = rekognition.search_faces_by_image(CollectionId=collection, Image={"Bytes": small[photo]}, MaxFaces=100)
        matched |= {match["Face"]["FaceId"] for match in answer["FaceMatches"]}
    assert matched == faces


def test_the_same_photo_indexed_by_many_at_once_is_one_face(rekognition, collection, small):
    def index(_):
        call = {"CollectionId": collection, "Image": {"Bytes": small["sunak"]}, "ExternalImageId": "same"}
        return rekognition.index_faces(**call)["FaceRecords"][0]["Face"]["FaceId"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(index, range(16)))) == 1
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 1


def test_the_same_user_created_by_many_at_once_is_created_once(rekognition, collection):
    def create(_):
        try:
            rekognition.create_user(CollectionId=collection, UserId="u")
        except rekognition.exceptions.ConflictException:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(create, range(16))) == 1


def test_a_collection_deleted_under_way_ends_calls_with_not_found(rekognition, collection, small):
    def index(number):
        call = {"CollectionId": collection, "Image": {"Bytes": small["macron-2014"]}, "ExternalImageId": str(number)}
        try:
            rekognition.index_faces(**call)
        except rekognition.exceptions.ResourceNotFoundException:
            return "gone"
        return "indexed"

    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(index, number) for number in range(24)]
        results[3].result()
        rekognition.delete_collection(CollectionId=collection)
        assert {result.result() for result in results} == {"indexed", "gone"}
    assert code(rekognition.list_faces, CollectionId=collection) == "ResourceNotFoundException"
