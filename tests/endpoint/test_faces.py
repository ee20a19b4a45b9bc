import pytest

from tests.endpoint.endpoint import code, refusal
from tests.endpoint.pictures import group

NOBODY = "00000000-0000-0000-0000-000000000000"


def index(rekognition, collection, data, **options):
    return rekognition.index_faces(CollectionId=collection, Image={"Bytes": data}, **options)


def face_ids(answer):
    return [record["Face"]["FaceId"] for record in answer["FaceRecords"]]


def test_a_detected_face_has_the_default_attributes_and_no_invented_ones(rekognition, small):
    for attributes in (["DEFAULT"], ["ALL"], ["FACE_OCCLUDED"]):
        (face,) = rekognition.detect_faces(Image={"Bytes": small["collins"]}, Attributes=attributes)["FaceDetails"]
        assert set(face) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
        assert face["Confidence"] > 80
        assert 0 < face["Quality"]["Brightness"] < 100
        assert 0 < face["Quality"]["Sharpness"] <= 100


def test_landmarks_lie_in_the_box_in_their_order(rekognition, small):
    (face,) = rekognition.detect_faces(Image={"Bytes": small["ardern-2018"]})["FaceDetails"]
    at, box = {mark["Type"]: mark for mark in face["Landmarks"]}, face["BoundingBox"]
    assert set(at) == {"eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight"}
    assert at["eyeLeft"]["X"] < at["nose"]["X"] < at["eyeRight"]["X"]
    assert at["mouthLeft"]["X"] < at["mouthRight"]["X"]
    assert at["eyeLeft"]["Y"] < at["nose"]["Y"] < at["mouthLeft"]["Y"]
    for mark in at.values():
        assert box["Left"] < mark["X"] < box["Left"] + box["Width"]
        assert box["Top"] < mark["Y"] < box["Top"] + box["Height"]


def test_faces_come_largest_first(rekognition, small):
    picture = group([small[name] for name in ("sunak", "biden", "collins", "ardern-2018")])
    boxes = [face["BoundingBox"] for face in rekognition.detect_faces(Image={"Bytes": picture})["FaceDetails"]]
    areas = [box["Width"] * box["Height"] for box in boxes]
    assert len(areas) == 4
    assert areas == sorted(areas, reverse=True)


def test_a_photo_without_a_face_has_no_faces(rekognition, collection, small):
    assert rekognition.detect_faces(Image={"Bytes": small["rocket"]})["FaceDetails"] == []
    indexed = index(rekognition, collection, small["rocket"])
    assert indexed["FaceRecords"] == indexed["UnindexedFaces"] == []


def test_an_indexed_face_is_listed_as_it_was_answered(rekognition, collection, small):
    answer = index(rekognition, collection, small["sunak"], ExternalImageId="photo:1")
    (record,) = answer["FaceRecords"]
    assert answer["FaceModelVersion"] == "7.0"
    assert record["Face"]["ExternalImageId"] == "photo:1"
    assert record["Face"]["BoundingBox"] == record["FaceDetail"]["BoundingBox"]
    assert record["Face"]["Confidence"] == record["FaceDetail"]["Confidence"]
    listed = rekognition.list_faces(CollectionId=collection)
    assert listed["Faces"] == [record["Face"]]
    assert listed["FaceModelVersion"] == "7.0"
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 1


def test_the_same_image_under_the_same_external_id_is_stored_once(rekognition, collection, small):
    first = index(rekognition, collection, small["sunak"], ExternalImageId="a")
    again = index(rekognition, collection, small["sunak"], ExternalImageId="a")
    other = index(rekognition, collection, small["sunak"], ExternalImageId="b")
    nameless = [index(rekognition, collection, small["sunak"]) for _ in range(2)]
    assert face_ids(first) == face_ids(again)
    assert face_ids(nameless[0]) == face_ids(nameless[1])
    assert len({face_ids(answer)[0] for answer in (first, other, nameless[0])}) == 3
    images = {answer["FaceRecords"][0]["Face"]["ImageId"] for answer in (first, again, other, *nameless)}
    assert len(images) == 1
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 3


def test_the_largest_faces_are_indexed_and_the_others_are_said_to_exceed(rekognition, collection, small):
    picture = group([small[name] for name in ("sunak", "biden", "collins", "ardern-2018")])
    answer = index(rekognition, collection, picture, MaxFaces=2)
    kept = [record["FaceDetail"]["BoundingBox"] for record in answer["FaceRecords"]]
    left = [face["FaceDetail"]["BoundingBox"] for face in answer["UnindexedFaces"]]
    assert len(kept) == len(left) == 2
    assert min(box["Width"] * box["Height"] for box in kept) > max(box["Width"] * box["Height"] for box in left)
    assert [face["Reasons"] for face in answer["UnindexedFaces"]] == [["EXCEEDS_MAX_FACES"]] * 2
    more = index(rekognition, collection, picture, MaxFaces=3)
    assert face_ids(more)[:2] == face_ids(answer)
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 3


def test_faces_are_listed_in_pages_in_the_order_of_indexing(rekognition, collection, small):
    ids = [face_ids(index(rekognition, collection, small["macron-2014"], ExternalImageId=str(n)))[0] for n in range(7)]
    pages = list(
        rekognition.get_paginator("list_faces").paginate(CollectionId=collection, PaginationConfig={"PageSize": 3})
    )
    assert [len(page["Faces"]) for page in pages] == [3, 3, 1]
    assert [face["FaceId"] for page in pages for face in page["Faces"]] == ids


def test_a_page_goes_on_where_it_ended_although_faces_come_and_go(rekognition, collection, small):
    ids = [face_ids(index(rekognition, collection, small["macron-2014"], ExternalImageId=str(n)))[0] for n in range(4)]
    first = rekognition.list_faces(CollectionId=collection, MaxResults=2)
    rekognition.delete_faces(CollectionId=collection, FaceIds=[ids[1]])
    late = face_ids(index(rekognition, collection, small["macron-2014"], ExternalImageId="late"))[0]
    second = rekognition.list_faces(CollectionId=collection, NextToken=first["NextToken"])
    assert [face["FaceId"] for face in second["Faces"]] == [*ids[2:], late]
    assert "NextToken" not in second


def test_a_list_is_narrowed_to_a_user_and_to_face_ids(rekognition, collection, small):
    ids = [face_ids(index(rekognition, collection, small["macron-2014"], ExternalImageId=str(n)))[0] for n in range(4)]
    rekognition.create_user(CollectionId=collection, UserId="u")
    rekognition.associate_faces(CollectionId=collection, UserId="u", FaceIds=ids[:2])

    def listed(**narrow):
        return [face["FaceId"] for face in rekognition.list_faces(CollectionId=collection, **narrow)["Faces"]]

    assert listed(UserId="u") == ids[:2]
    assert listed(FaceIds=[ids[3], NOBODY, ids[1]]) == [ids[1], ids[3]]
    assert listed(UserId="u", FaceIds=[ids[1], ids[3]]) == [ids[1]]
    assert {face.get("UserId") for face in rekognition.list_faces(CollectionId=collection)["Faces"]} == {"u", None}
    expected = ("ResourceNotFoundException", "The user id: nobody does not exist")
    assert refusal(rekognition.list_faces, CollectionId=collection, UserId="nobody") == expected


def test_a_page_token_is_good_for_its_own_list_only(rekognition, collection, small):
    for number in range(3):
        index(rekognition, collection, small["macron-2014"], ExternalImageId=str(number))
    token = rekognition.list_faces(CollectionId=collection, MaxResults=1)["NextToken"]
    assert len(token) <= 255
    tampered = token[:-4] + ("AAA=" if not token.endswith("AAA=") else "BBB=")
    for wrong in ("1", "", "ä", tampered, token + "A"):
        call = {"CollectionId": collection, "NextToken": wrong}
        assert code(rekognition.list_faces, **call) == "InvalidPaginationTokenException"
    ids = [face["FaceId"] for face in rekognition.list_faces(CollectionId=collection)["Faces"]]
    call = {"CollectionId": collection, "NextToken": token, "FaceIds": ids}
    assert code(rekognition.list_faces, **call) == "InvalidPaginationTokenException"
    call = {"CollectionId": collection, "NextToken": token}
    assert code(rekognition.list_users, **call) == "InvalidPaginationTokenException"
    assert code(rekognition.list_collections, NextToken=token) == "InvalidPaginationTokenException"


def test_deleting_reports_what_it_could_not_delete(rekognition, collection, small):
    free = face_ids(index(rekognition, collection, small["sunak"]))[0]
    owned = face_ids(index(rekognition, collection, small["biden"]))[0]
    rekognition.create_user(CollectionId=collection, UserId="u")
    rekognition.associate_faces(CollectionId=collection, UserId="u", FaceIds=[owned])
    answer = rekognition.delete_faces(CollectionId=collection, FaceIds=[NOBODY, owned, free, free])
    assert answer["DeletedFaces"] == [free]
    assert answer["UnsuccessfulFaceDeletions"] == [
        {"FaceId": NOBODY, "Reasons": ["FACE_NOT_FOUND"]},
        {"FaceId": owned, "UserId": "u", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]},
    ]
    assert [face["FaceId"] for face in rekognition.list_faces(CollectionId=collection)["Faces"]] == [owned]
    assert rekognition.delete_faces(CollectionId=collection, FaceIds=[NOBODY])["DeletedFaces"] == []


def test_a_face_belongs_to_its_collection_only(rekognition, collection, small):
    face = face_ids(index(rekognition, collection, small["sunak"]))[0]
    rekognition.create_collection(CollectionId="elsewhere")
    answer = rekognition.delete_faces(CollectionId="elsewhere", FaceIds=[face])
    assert answer["UnsuccessfulFaceDeletions"] == [{"FaceId": face, "Reasons": ["FACE_NOT_FOUND"]}]
    assert rekognition.list_faces(CollectionId="elsewhere", FaceIds=[face])["Faces"] == []
    rekognition.delete_collection(CollectionId="elsewhere")


@pytest.mark.parametrize("size", [0, 4096])
def test_a_page_may_be_as_small_and_as_large_as_documented(rekognition, collection, size):
    assert rekognition.list_faces(CollectionId=collection, MaxResults=size)["Faces"] == []
