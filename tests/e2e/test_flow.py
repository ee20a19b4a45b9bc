"""A photo goes in, names come out."""

import httpx
import pytest

from local.demo import scenes
from tests.e2e.support import CONSENT


def faces_of(recognition):
    assert recognition.status == "succeeded", recognition.error
    return [(face.decision, face.name) for face in recognition.faces]


def test_somebody_registered_is_recognized_on_another_photo(operator, samples, obama):
    recognition = operator.recognize((samples / "obama-2012.jpg").read_bytes())
    assert faces_of(recognition) == [("matched", "Barack Obama")]
    [face] = recognition.faces
    assert face.person_id == obama
    assert 95 <= face.similarity <= 100
    assert face.candidates == ()


def test_the_box_surrounds_the_face(operator, samples, obama):
    [face] = operator.recognize((samples / "obama-2012.jpg").read_bytes()).faces
    # The head is in the upper middle of this portrait.
    assert 0.3 < face.box.left < face.box.left + face.box.width < 0.8
    assert 0.0 < face.box.top < face.box.top + face.box.height < 0.5


def test_a_stranger_stays_unknown(operator, samples, obama, ardern):
    [face] = operator.recognize((samples / "sunak.jpg").read_bytes()).faces
    assert (face.decision, face.person_id, face.name, face.candidates) == ("unknown", None, None, ())


def test_a_photo_without_a_face_succeeds_with_none(operator, samples, obama):
    recognition = operator.recognize((samples / "rocket.jpg").read_bytes())
    assert (recognition.status, recognition.faces, recognition.error) == ("succeeded", (), None)


def test_everybody_on_a_group_photo_is_identified_largest_first(operator, samples, obama, ardern):
    photo = scenes.side_by_side(["obama-2005.jpg", "ardern-2022.jpg", "sunak.jpg"])(samples)
    recognition = operator.recognize(photo)
    assert sorted(faces_of(recognition), key=str) == [
        ("matched", "Barack Obama"),
        ("matched", "Jacinda Ardern"),
        ("unknown", None),
    ]
    areas = [face.box.width * face.box.height for face in recognition.faces]
    assert areas == sorted(areas, reverse=True)
    assert [face.n for face in recognition.faces] == [0, 1, 2]


def test_only_the_largest_face_is_searched_when_asked(operator, samples, obama, ardern):
    photo = scenes.side_by_side(["obama-2005.jpg", "ardern-2022.jpg"])(samples)
    decisions = sorted(face.decision for face in operator.recognize(photo, faces="largest").faces)
    assert decisions == ["matched", "not_searched"]


def test_boxes_refer_to_the_upright_image_whatever_exif_says(operator, samples, obama):
    [upright] = operator.recognize((samples / "obama-2012.jpg").read_bytes()).faces
    [turned] = operator.recognize(scenes.lying_on_its_side("obama-2012.jpg")(samples)).faces
    assert turned.name == "Barack Obama"
    assert turned.box.left == pytest.approx(upright.box.left, abs=0.03)
    assert turned.box.top == pytest.approx(upright.box.top, abs=0.03)


def test_a_group_photo_that_lies_on_its_side_is_cropped_upright(operator, samples, obama, ardern, tmp_path):
    (tmp_path / "group.jpg").write_bytes(scenes.side_by_side(["obama-2005.jpg", "ardern-2022.jpg"])(samples))
    recognition = operator.recognize(scenes.lying_on_its_side("group.jpg")(tmp_path))
    assert sorted(faces_of(recognition)) == [("matched", "Barack Obama"), ("matched", "Jacinda Ardern")]


def test_a_png_is_as_good_as_a_jpeg(operator, admin, samples):
    photo, person = (samples / "collins.png").read_bytes(), operator.register_person("Eileen Collins", consent=CONSENT)
    assert operator.add_face(person.id, photo).status == "succeeded"
    assert faces_of(operator.recognize(photo)) == [("matched", "Eileen Collins")]
    assert admin.erase(person.id).status == "complete"  # other tests register the same face


def test_a_registered_face_is_counted_and_searchable(operator, samples):
    person = operator.register_person("Emmanuel Macron", consent=CONSENT, external_ref="flow-macron")
    assert person.faces == 0
    registration = operator.add_face(person.id, (samples / "macron-2014.jpg").read_bytes())
    assert (registration.status, registration.searchable, registration.duplicate) == ("succeeded", True, False)
    assert registration.face is not None
    assert operator.person(person.id).faces == 1
    assert [found.id for found in operator.people(external_ref="flow-macron")] == [person.id]


def test_the_same_photo_adds_nothing(operator, samples, obama):
    faces = operator.person(obama).faces
    again = operator.add_face(obama, (samples / "obama-2005.jpg").read_bytes())
    assert (again.status, again.duplicate) == ("succeeded", True)
    assert operator.person(obama).faces == faces


def test_somebody_elses_face_is_not_registered(operator, samples, obama, ardern):
    registration = operator.add_face(ardern, (samples / "obama-2012.jpg").read_bytes())
    assert registration.status == "rejected"
    assert registration.error is not None
    assert registration.error.code == "duplicate_person"
    assert operator.person(ardern).faces == 1


def test_health_needs_no_token(deployed):
    answer = httpx.get(f"{deployed.url}/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
