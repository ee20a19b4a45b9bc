import pytest
from PIL import Image, ImageFilter

from tests.endpoint.endpoint import code, refusal
from tests.endpoint.pictures import HEIC, encoded, group, opened, scaled

NO_SOURCE, NO_TARGET = (
    ("InvalidParameterException", f"Request has invalid parameters: there are no faces in the {image}")
    for image in ("SourceImage", "TargetImage")
)


def compare(rekognition, source, target, **options):
    return rekognition.compare_faces(SourceImage={"Bytes": source}, TargetImage={"Bytes": target}, **options)


def lefts(faces):
    return [face["BoundingBox"]["Left"] for face in faces]


def test_another_photo_of_the_same_person_matches(rekognition, photos):
    answer = compare(rekognition, photos["obama-2012"], photos["obama-speaking"])
    (source,) = rekognition.detect_faces(Image={"Bytes": photos["obama-2012"]})["FaceDetails"]
    (target,) = rekognition.detect_faces(Image={"Bytes": photos["obama-speaking"]})["FaceDetails"]
    assert answer["SourceImageFace"] == {name: source[name] for name in ("BoundingBox", "Confidence")}
    (match,) = answer["FaceMatches"]
    assert match["Face"] == target
    assert match["Similarity"] >= 95
    assert answer["UnmatchedFaces"] == []


def test_somebody_else_is_unmatched_with_all_details_and_matched_only_without_a_threshold(rekognition, photos):
    answer = compare(rekognition, photos["obama-2012"], photos["sunak"])
    assert answer["FaceMatches"] == []
    (face,) = answer["UnmatchedFaces"]
    assert set(face) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    (match,) = compare(rekognition, photos["obama-2012"], photos["sunak"], SimilarityThreshold=0)["FaceMatches"]
    assert match["Face"] == face
    assert match["Similarity"] < 50


def test_a_photo_is_100_percent_like_itself(rekognition, photos):
    (match,) = compare(rekognition, photos["sunak"], photos["sunak"], SimilarityThreshold=100)["FaceMatches"]
    assert match["Similarity"] == 100


def test_a_comparison_gives_what_a_search_gives(rekognition, collection, photos):
    rekognition.index_faces(CollectionId=collection, Image={"Bytes": photos["ardern-2018"]})
    searched = rekognition.search_faces_by_image(CollectionId=collection, Image={"Bytes": photos["ardern-2022"]})
    (compared,) = compare(rekognition, photos["ardern-2018"], photos["ardern-2022"])["FaceMatches"]
    assert compared["Similarity"] == pytest.approx(searched["FaceMatches"][0]["Similarity"], abs=1e-3)


def test_every_face_of_the_target_is_either_matched_or_not(rekognition, photos):
    names = ["sunak", "obama-2012", "biden", "obama-2005"]
    answer = compare(rekognition, photos["obama-speaking"], group([photos[name] for name in names]))
    matches, others = [match["Face"] for match in answer["FaceMatches"]], answer["UnmatchedFaces"]
    places = sorted(lefts(matches) + lefts(others))
    assert {names[places.index(left)] for left in lefts(matches)} == {"obama-2012", "obama-2005"}
    assert [names[places.index(left)] for left in lefts(others)] == ["sunak", "biden"]  # largest first


def test_matches_come_best_first(rekognition, photos):
    target = group([photos[name] for name in ("sunak", "biden", "obama-2012", "collins")])
    answer = compare(rekognition, photos["obama-2005"], target, SimilarityThreshold=0)
    percents = [match["Similarity"] for match in answer["FaceMatches"]]
    assert len(percents) == 4
    assert percents == sorted(percents, reverse=True)
    assert percents[0] >= 95
    assert percents[1] < 50
    assert answer["UnmatchedFaces"] == []


@pytest.mark.parametrize("names", [("sunak", "biden"), ("biden", "sunak")])
def test_the_largest_face_of_the_source_is_the_one_compared(rekognition, photos, names):
    source = group([photos[name] for name in names])
    largest, other = rekognition.detect_faces(Image={"Bytes": source})["FaceDetails"]
    places = sorted(lefts([largest, other]))
    for number, name in enumerate(names):
        answer = compare(rekognition, source, photos[name])
        assert answer["SourceImageFace"]["BoundingBox"] == largest["BoundingBox"]
        assert len(answer["FaceMatches"]) == (places[number] == largest["BoundingBox"]["Left"])


def test_an_image_without_a_face_is_refused_and_named(rekognition, photos):
    faceless, face = {"Bytes": photos["rocket"]}, {"Bytes": photos["sunak"]}
    assert refusal(rekognition.compare_faces, SourceImage=faceless, TargetImage=face) == NO_SOURCE
    assert refusal(rekognition.compare_faces, SourceImage=face, TargetImage=faceless) == NO_TARGET


def test_faces_below_the_quality_bar_are_not_compared(rekognition, photos):
    poor, good = opened(photos["sunak"]).filter(ImageFilter.GaussianBlur(14)), scaled(photos["biden"], 400)
    both = Image.new("RGB", (poor.width + good.width, max(poor.height, good.height)), "grey")
    both.paste(poor, (0, 0))
    both.paste(good, (poor.width, 0))
    blurred, mixed, sharp = encoded(poor), encoded(both), encoded(good)
    unfiltered = compare(rekognition, sharp, mixed)
    assert len(unfiltered["FaceMatches"]) == len(unfiltered["UnmatchedFaces"]) == 1
    for level in ("AUTO", "HIGH"):
        filtered = compare(rekognition, sharp, mixed, QualityFilter=level)
        assert filtered["FaceMatches"] == unfiltered["FaceMatches"]
        assert filtered["UnmatchedFaces"] == []
        # The largest face of the source is the blurred one, which is passed over.
        assert len(compare(rekognition, mixed, sharp, QualityFilter=level)["FaceMatches"]) == 1
        images = {"Bytes": blurred}, {"Bytes": sharp}
        for source, target, expected in ((*images, NO_SOURCE), (*images[::-1], NO_TARGET)):
            call = {"SourceImage": source, "TargetImage": target, "QualityFilter": level}
            assert refusal(rekognition.compare_faces, **call) == expected
    assert compare(rekognition, mixed, sharp)["FaceMatches"] == []


@pytest.mark.parametrize("side", ["SourceImage", "TargetImage"])
@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ({"Bytes": HEIC}, "InvalidImageFormatException"),
        ({"Bytes": b"\xff\xd8\xff" + bytes(5 * 1024 * 1024)}, "ValidationException"),
        ({"Bytes": encoded(Image.new("RGB", (79, 200)))}, "InvalidParameterException"),
        ({"S3Object": {"Bucket": "bucket"}}, "InvalidParameterException"),
    ],
)
def test_an_image_that_cannot_be_used_is_refused_on_either_side(rekognition, photos, side, image, expected):
    images = {"SourceImage": {"Bytes": photos["sunak"]}, "TargetImage": {"Bytes": photos["sunak"]}, side: image}
    assert code(rekognition.compare_faces, **images) == expected


def test_both_images_may_be_as_large_as_one_may_be(rekognition, photos):
    padded = photos["sunak"] + bytes(5 * 1024 * 1024 - len(photos["sunak"]))
    assert len(compare(rekognition, padded, padded)["FaceMatches"]) == 1
