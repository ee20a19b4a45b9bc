import itertools

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from local.rekognition.quality import BARS
from tests.endpoint.endpoint import code
from tests.endpoint.pictures import encoded, opened, scaled


def blurred(photos):
    return opened(photos["sunak"]).filter(ImageFilter.GaussianBlur(14))


def dark(photos):
    return ImageEnhance.Brightness(opened(photos["sunak"])).enhance(0.07)


def small(photos):
    canvas = Image.new("RGB", (640, 480), "grey")
    canvas.paste(scaled(photos["sunak"], 45), (300, 200))
    return canvas


def leaning(photos):
    return opened(photos["sunak"]).rotate(50, Image.Resampling.BICUBIC, expand=True)


def covered(photos):
    image = opened(photos["sunak"])
    image.paste("grey", (0, 0, image.width, round(0.4 * image.height)))
    return image


SPOILED = {
    blurred: "LOW_SHARPNESS",
    dark: "LOW_BRIGHTNESS",
    small: "SMALL_BOUNDING_BOX",
    leaning: "EXTREME_POSE",
    covered: "LOW_FACE_QUALITY",
}


@pytest.mark.parametrize(("spoil", "reason"), SPOILED.items())
def test_a_face_below_the_bar_is_left_out_with_its_reason(rekognition, collection, photos, spoil, reason):
    call = {"CollectionId": collection, "Image": {"Bytes": encoded(spoil(photos))}}
    for level in ({}, {"QualityFilter": "LOW"}):  # by default it is AUTO, which is LOW
        answer = rekognition.index_faces(**call, **level)
        assert answer["FaceRecords"] == []
        (face,) = answer["UnindexedFaces"]
        assert reason in face["Reasons"]
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 0
    assert len(rekognition.index_faces(**call, QualityFilter="NONE")["FaceRecords"]) == 1


@pytest.mark.parametrize(("spoil", "reason"), SPOILED.items())
def test_a_face_below_the_bar_is_not_searched(rekognition, collection, photos, spoil, reason):
    call = {"CollectionId": collection, "Image": {"Bytes": encoded(spoil(photos))}}
    assert "SearchedFace" in rekognition.search_users_by_image(**call)
    answer = rekognition.search_users_by_image(**call, QualityFilter="AUTO")
    assert answer["UserMatches"] == []
    assert "SearchedFace" not in answer
    assert reason in answer["UnsearchedFaces"][0]["Reasons"]
    assert rekognition.search_faces_by_image(**call)["FaceMatches"] == []
    assert code(rekognition.search_faces_by_image, **call, QualityFilter="AUTO") == "InvalidParameterException"


@pytest.mark.parametrize("name", ["sunak", "ardern-2018", "obama-2012", "collins"])
def test_a_good_portrait_passes_the_highest_bar(rekognition, collection, photos, name):
    answer = rekognition.index_faces(CollectionId=collection, Image={"Bytes": photos[name]}, QualityFilter="HIGH")
    assert len(answer["FaceRecords"]) == 1
    assert answer["UnindexedFaces"] == []


def test_a_face_below_the_bar_does_not_count_against_the_most_faces(rekognition, collection, photos):
    poor, good = blurred(photos), scaled(photos["biden"], 600)
    canvas = Image.new("RGB", (poor.width + good.width, max(poor.height, good.height)), "grey")
    canvas.paste(poor, (0, 0))
    canvas.paste(good, (poor.width, 0))
    call = {"CollectionId": collection, "Image": {"Bytes": encoded(canvas)}}
    answer = rekognition.index_faces(**call, MaxFaces=1)
    assert answer["FaceRecords"][0]["FaceDetail"]["BoundingBox"]["Left"] > 0.5
    assert "LOW_SHARPNESS" in answer["UnindexedFaces"][0]["Reasons"]
    searched = rekognition.search_users_by_image(**call, QualityFilter="AUTO")
    assert searched["SearchedFace"]["FaceDetail"]["BoundingBox"]["Left"] > 0.5
    assert "LOW_SHARPNESS" in searched["UnsearchedFaces"][0]["Reasons"]


def test_every_bar_is_at_least_as_high_as_the_one_before():
    bars = [BARS[level] for level in ("NONE", "LOW", "MEDIUM", "HIGH")]
    for lower, higher in itertools.pairwise(bars):
        for least in ("confidence", "width_px", "brightness", "sharpness", "length"):
            assert getattr(lower, least) < getattr(higher, least)
        for most in ("roll", "yaw"):
            assert getattr(lower, most) > getattr(higher, most)
    assert BARS["AUTO"] == BARS["LOW"]


@pytest.mark.parametrize("name", ["obama-2012", "macron-2014", "collins"])
def test_roll_is_the_tilt_and_positive_clockwise(rekognition, photos, name):
    def roll(angle):
        image = opened(photos[name]).rotate(-angle, Image.Resampling.BICUBIC, expand=True)
        (face,) = rekognition.detect_faces(Image={"Bytes": encoded(image)})["FaceDetails"]
        return face["Pose"]["Roll"]

    upright = roll(0)
    for angle in (-40, -20, 20, 40):
        assert roll(angle) - upright == pytest.approx(angle, abs=7)
