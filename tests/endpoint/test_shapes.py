"""The judge must be able to find someone guilty."""

import pytest

from tests.endpoint.shapes import MODEL, problems

FACE = MODEL.shape_for("Face")


def test_an_answer_that_follows_the_model_has_no_problems():
    assert problems(FACE, {"FaceId": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "Confidence": 99.5}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": "unknown member"},
        {"Confidence": 101.0},
        {"Confidence": "99"},
        {"Confidence": float("nan")},
        {"FaceId": "not a uuid"},
        {"UserId": ""},
        {"BoundingBox": {"Left": None}},
        [],
    ],
)
def test_an_answer_that_does_not_follow_the_model_is_noticed(wrong):
    assert problems(FACE, wrong)


def test_a_value_outside_an_enumeration_is_noticed():
    assert problems(MODEL.shape_for("Reasons"), ["TOO_UGLY"])
