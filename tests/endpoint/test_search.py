import itertools

import pytest
from PIL import Image

from tests.endpoint.endpoint import code, refusal
from tests.endpoint.pictures import encoded, group, opened

PEOPLE = {
    "macron": ("macron-2014", "macron-2025"),
    "ardern": ("ardern-2018", "ardern-2022"),
    "obama": ("obama-2005", "obama-2012", "obama-speaking"),
}
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def known(rekognition, photos):
    """A collection with one photo of each of three people, each a user."""
    rekognition.create_collection(CollectionId="known")
    for user, (photo, *_) in PEOPLE.items():
        indexed = rekognition.index_faces(CollectionId="known", Image={"Bytes": photos[photo]}, ExternalImageId=photo)
        rekognition.create_user(CollectionId="known", UserId=user)
        ids = [record["Face"]["FaceId"] for record in indexed["FaceRecords"]]
        rekognition.associate_faces(CollectionId="known", UserId=user, FaceIds=ids)
    yield "known"
    rekognition.delete_collection(CollectionId="known")


@pytest.mark.parametrize(("user", "photo"), [(user, photo) for user, names in PEOPLE.items() for photo in names[1:]])
def test_another_photo_of_a_person_is_recognized_with_at_least_95(rekognition, known, photos, user, photo):
    answer = rekognition.search_users_by_image(CollectionId=known, Image={"Bytes": photos[photo]})
    (match,) = answer["UserMatches"]
    assert match["User"] == {"UserId": user, "UserStatus": "ACTIVE"}
    assert match["Similarity"] >= 95
    assert set(answer["SearchedFace"]["FaceDetail"]) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    assert answer["UnsearchedFaces"] == []
    assert answer["FaceModelVersion"] == "7.0"


@pytest.mark.parametrize("photo", ["sunak", "biden", "collins"])
def test_a_stranger_is_below_50_for_everybody(rekognition, known, photos, photo):
    call = {"CollectionId": known, "Image": {"Bytes": photos[photo]}}
    everybody = rekognition.search_users_by_image(**call, UserMatchThreshold=0)["UserMatches"]
    assert len(everybody) == 3
    assert all(match["Similarity"] < 50 for match in everybody)
    answer = rekognition.search_users_by_image(**call)
    assert answer["UserMatches"] == []
    assert "SearchedFace" in answer


@pytest.mark.parametrize("angle", [-40, -15, 15, 40])
@pytest.mark.parametrize("name", ["macron-2014", "ardern-2022", "obama-2012"])
def test_a_tilted_head_is_recognized(rekognition, known, photos, name, angle):
    tilted = opened(photos[name]).rotate(angle, Image.Resampling.BICUBIC, expand=True)
    (match,) = rekognition.search_users_by_image(CollectionId=known, Image={"Bytes": encoded(tilted)})["UserMatches"]
    assert match["User"]["UserId"] == name.partition("-")[0]
    assert match["Similarity"] >= 95


def test_matches_come_best_first_and_as_many_as_asked_for(rekognition, known, photos):
    call = {"CollectionId": known, "Image": {"Bytes": photos["ardern-2022"]}}
    users = rekognition.search_users_by_image(**call, UserMatchThreshold=0)["UserMatches"]
    faces = rekognition.search_faces_by_image(**call, FaceMatchThreshold=0)["FaceMatches"]
    for matches in (users, faces):
        assert [match["Similarity"] for match in matches] == sorted(
            (match["Similarity"] for match in matches), reverse=True
        )
    assert users[0]["User"]["UserId"] == faces[0]["Face"]["UserId"] == "ardern"
    assert rekognition.search_users_by_image(**call, UserMatchThreshold=0, MaxUsers=2)["UserMatches"] == users[:2]
    assert rekognition.search_faces_by_image(**call, FaceMatchThreshold=0, MaxFaces=1)["FaceMatches"] == faces[:1]


def test_the_registered_photo_itself_matches_at_100(rekognition, known, photos):
    call = {"CollectionId": known, "Image": {"Bytes": photos["macron-2014"]}}
    (user,) = rekognition.search_users_by_image(**call, UserMatchThreshold=100)["UserMatches"]
    assert user["Similarity"] == 100
    answer = rekognition.search_faces_by_image(**call, FaceMatchThreshold=100)
    (match,) = answer["FaceMatches"]
    assert match["Face"]["ExternalImageId"] == "macron-2014"
    assert answer["SearchedFaceBoundingBox"] == match["Face"]["BoundingBox"]
    assert answer["SearchedFaceConfidence"] == match["Face"]["Confidence"]
    assert answer["FaceModelVersion"] == "7.0"


def test_a_photo_without_a_face_answers_users_and_refuses_faces(rekognition, known, photos):
    call = {"CollectionId": known, "Image": {"Bytes": photos["rocket"]}}
    answer = rekognition.search_users_by_image(**call)
    assert answer["UserMatches"] == answer["UnsearchedFaces"] == []
    assert "SearchedFace" not in answer
    assert answer["FaceModelVersion"] == "7.0"
    expected = ("InvalidParameterException", "There are no faces in the image. Should be at least 1.")
    assert refusal(rekognition.search_faces_by_image, **call) == expected


@pytest.mark.parametrize("order", list(itertools.permutations(["macron-2025", "ardern-2022", "obama-2012"])))
def test_in_a_group_the_largest_face_is_searched_and_the_others_are_reported(rekognition, known, photos, order):
    picture = group([photos[name] for name in order])
    answer = rekognition.search_users_by_image(CollectionId=known, Image={"Bytes": picture})
    searched = answer["SearchedFace"]["FaceDetail"]["BoundingBox"]
    others = [face["FaceDetails"]["BoundingBox"] for face in answer["UnsearchedFaces"]]
    assert [face["Reasons"] for face in answer["UnsearchedFaces"]] == [["FACE_NOT_LARGEST"]] * 2
    assert all(searched["Width"] * searched["Height"] > box["Width"] * box["Height"] for box in others)
    lefts = sorted(box["Left"] for box in [searched, *others])
    largest = order[lefts.index(searched["Left"])]
    assert [match["User"]["UserId"] for match in answer["UserMatches"]] == [largest.partition("-")[0]]


def test_a_user_with_more_photos_is_recognized_better(rekognition, collection, photos):
    def similarity():
        call = {"CollectionId": collection, "Image": {"Bytes": photos["obama-speaking"]}, "UserMatchThreshold": 0}
        return rekognition.search_users_by_image(**call)["UserMatches"][0]["Similarity"]

    rekognition.create_user(CollectionId=collection, UserId="obama")
    results = []
    for photo in ("obama-2012", "obama-2005"):
        indexed = rekognition.index_faces(CollectionId=collection, Image={"Bytes": photos[photo]})
        ids = [record["Face"]["FaceId"] for record in indexed["FaceRecords"]]
        rekognition.associate_faces(CollectionId=collection, UserId="obama", FaceIds=ids)
        results.append(similarity())
    assert results[1] >= results[0] >= 95


def test_faces_without_a_user_are_found_as_faces_only(rekognition, collection, photos):
    rekognition.index_faces(CollectionId=collection, Image={"Bytes": photos["sunak"]})
    call = {"CollectionId": collection, "Image": {"Bytes": photos["sunak"]}}
    assert rekognition.search_users_by_image(**call)["UserMatches"] == []
    (match,) = rekognition.search_faces_by_image(**call)["FaceMatches"]
    assert "UserId" not in match["Face"]
    rekognition.delete_faces(CollectionId=collection, FaceIds=[match["Face"]["FaceId"]])
    assert rekognition.search_faces_by_image(**call)["FaceMatches"] == []


def register(rekognition, collection, **photos):
    """Store a face of each photo, make it its user's (where it has one), and return the face ids."""
    ids = []
    for number, (user, photo) in enumerate(photos.items()):
        call = {"CollectionId": collection, "Image": {"Bytes": photo}, "ExternalImageId": str(number)}
        ids.append(rekognition.index_faces(**call)["FaceRecords"][0]["Face"]["FaceId"])
        if not user.startswith("nobody"):
            rekognition.create_user(CollectionId=collection, UserId=user)
            rekognition.associate_faces(CollectionId=collection, UserId=user, FaceIds=ids[-1:])
    return ids


def test_a_stored_face_finds_the_faces_like_it_but_not_itself(rekognition, collection, photos):
    names = ["macron-2014", "macron-2025", "sunak", "biden"]
    ids = register(rekognition, collection, **{f"nobody-{n}": photos[name] for n, name in enumerate(names)})
    call = {"CollectionId": collection, "FaceId": ids[0]}
    answer = rekognition.search_faces(**call)
    assert answer["SearchedFaceId"] == ids[0]
    assert answer["FaceModelVersion"] == "7.0"
    (match,) = answer["FaceMatches"]
    assert [match["Face"]] == rekognition.list_faces(CollectionId=collection, FaceIds=[ids[1]])["Faces"]
    assert match["Similarity"] >= 95
    everybody = rekognition.search_faces(**call, FaceMatchThreshold=0)["FaceMatches"]
    assert {match["Face"]["FaceId"] for match in everybody} == set(ids[1:])
    assert everybody == sorted(everybody, key=lambda match: -match["Similarity"])
    for most in (1, 2):
        best = rekognition.search_faces(**call, FaceMatchThreshold=0, MaxFaces=most)["FaceMatches"]
        assert best == everybody[:most]


def test_the_same_photo_stored_twice_is_found_by_either_face(rekognition, collection, photos):
    ids = register(rekognition, collection, nobody_1=photos["sunak"], nobody_2=photos["sunak"])
    for one, other in (ids, ids[::-1]):
        call = {"CollectionId": collection, "FaceId": one, "MaxFaces": 1, "FaceMatchThreshold": 100}
        (match,) = rekognition.search_faces(**call)["FaceMatches"]
        assert match["Face"]["FaceId"] == other
        assert match["Similarity"] == 100


def test_a_stored_face_finds_its_user_and_a_free_one_whose_it_could_be(rekognition, collection, photos):
    faces = {"macron": photos["macron-2014"], "ardern": photos["ardern-2018"], "nobody": photos["macron-2025"]}
    owned, _, free = register(rekognition, collection, **faces)
    for face in (owned, free):
        answer = rekognition.search_users(CollectionId=collection, FaceId=face)
        assert answer["SearchedFace"] == {"FaceId": face}
        assert "SearchedUser" not in answer
        (match,) = answer["UserMatches"]
        assert match["User"] == {"UserId": "macron", "UserStatus": "ACTIVE"}
        assert match["Similarity"] >= 95
    everybody = rekognition.search_users(CollectionId=collection, FaceId=free, UserMatchThreshold=0)["UserMatches"]
    assert [match["User"]["UserId"] for match in everybody] == ["macron", "ardern"]
    call = {"CollectionId": collection, "FaceId": free, "UserMatchThreshold": 0, "MaxUsers": 1}
    assert rekognition.search_users(**call)["UserMatches"] == everybody[:1]


def test_a_face_of_another_collection_or_a_deleted_one_is_not_found(rekognition, collection, known, photos):
    (deleted,) = register(rekognition, collection, nobody=photos["sunak"])
    rekognition.delete_faces(CollectionId=collection, FaceIds=[deleted])
    elsewhere = rekognition.list_faces(CollectionId=known)["Faces"][0]["FaceId"]
    for call in (rekognition.search_faces, rekognition.search_users):
        for face in (NOBODY, deleted, elsewhere):
            expected = ("InvalidParameterException", "faceId was not found in the collection")
            assert refusal(call, CollectionId=collection, FaceId=face) == expected


def test_a_user_finds_the_users_alike_but_not_themself(rekognition, collection, photos):
    register(rekognition, collection, one=photos["macron-2014"], two=photos["macron-2025"], other=photos["sunak"])
    answer = rekognition.search_users(CollectionId=collection, UserId="one")
    assert answer["SearchedUser"] == {"UserId": "one"}
    assert "SearchedFace" not in answer
    assert answer["FaceModelVersion"] == "7.0"
    (match,) = answer["UserMatches"]
    assert match["User"] == {"UserId": "two", "UserStatus": "ACTIVE"}
    assert match["Similarity"] >= 95
    call = {"CollectionId": collection, "UserId": "one", "UserMatchThreshold": 0}
    everybody = rekognition.search_users(**call)["UserMatches"]
    assert [match["User"]["UserId"] for match in everybody] == ["two", "other"]
    assert rekognition.search_users(**call, MaxUsers=1)["UserMatches"] == everybody[:1]


def test_a_user_without_faces_looks_like_nobody(rekognition, collection, photos):
    register(rekognition, collection, somebody=photos["sunak"])
    rekognition.create_user(CollectionId=collection, UserId="faceless")
    answer = rekognition.search_users(CollectionId=collection, UserId="faceless", UserMatchThreshold=0)
    assert answer["SearchedUser"] == {"UserId": "faceless"}
    assert answer["UserMatches"] == []


def test_a_user_who_does_not_exist_is_not_searched_for(rekognition, known):
    expected = ("ResourceNotFoundException", "The user id: nobody does not exist")
    assert refusal(rekognition.search_users, CollectionId=known, UserId="nobody") == expected


def test_a_search_for_a_user_and_a_face_at_once_or_for_neither_is_refused(rekognition, known):
    for searched in ({}, {"UserId": "obama", "FaceId": NOBODY}):
        assert code(rekognition.search_users, CollectionId=known, **searched) == "InvalidParameterException"
