"""A face about which the service is not certain waits for a human, who decides."""

import io

import httpx
import pytest
from PIL import Image, ImageFilter

from client import ApiError
from tests.e2e.support import eventually

BLUR = 10.5  # pixels: as much as leaves the model with a likeness, but without certainty


@pytest.fixture
def uncertain(user, samples, obama):
    """The id of a recognition with a face that resembles somebody, not certainly."""
    blurred, photo = io.BytesIO(), Image.open(samples / "obama-2012.jpg")
    photo.filter(ImageFilter.GaussianBlur(BLUR)).save(blurred, "JPEG", quality=95)
    recognition = user.recognize(blurred.getvalue())
    [face] = recognition.faces
    assert (face.decision, face.person_id) == ("review", None)
    assert 80 <= face.similarity < 95
    return recognition.id


def waiting(operator):
    return [item["id"] for item in operator.call("GET", "/recognitions", params={"decision": "review"})["items"]]


def decide(client, recognition_id, person_id=None, n=0):
    body = {"decision": "matched", "personId": person_id} if person_id else {"decision": "unknown"}
    return client.call("POST", f"/recognitions/{recognition_id}/faces/{n}/review", json=body)


def seen(operator, person_id):
    return [item["id"] for item in operator.call("GET", "/recognitions", params={"personId": person_id})["items"]]


def test_an_operator_looks_at_the_photo_and_decides(deployed, operator, uncertain, obama):
    assert waiting(operator)[0] == uncertain
    link = operator.call("GET", f"/recognitions/{uncertain}/photo")
    assert httpx.get(link["url"]).headers["content-type"] == "image/jpeg"
    assert uncertain not in seen(operator, obama)

    [face] = decide(operator, uncertain, obama)["faces"]
    assert face["decision"] == "review"
    assert [candidate["name"] for candidate in face["candidates"]] == ["Barack Obama"]
    assert (face["review"]["decision"], face["review"]["name"]) == ("matched", "Barack Obama")
    assert face["review"]["by"] == operator.me().sub
    assert eventually(lambda: waiting(operator), lambda found: uncertain not in found) is not None
    assert uncertain in seen(operator, obama)


def test_a_decision_is_corrected(operator, uncertain, obama, ardern):
    for person_id in (obama, ardern):
        decide(operator, uncertain, person_id)
    assert uncertain in seen(operator, ardern)
    assert uncertain not in seen(operator, obama)
    decide(operator, uncertain)
    assert uncertain not in seen(operator, ardern)


def test_a_plain_user_decides_nothing_and_learns_that_it_was_decided(operator, user, uncertain, obama):
    with pytest.raises(ApiError) as refused:
        decide(user, uncertain, obama)
    assert (refused.value.status, refused.value.code) == (403, "forbidden")
    decide(operator, uncertain, obama)
    [face] = user.call("GET", f"/recognitions/{uncertain}")["faces"]
    assert (face["review"]["decision"], face["review"]["personId"], face["review"]["name"]) == ("matched", None, None)
    assert face["candidates"] == []
