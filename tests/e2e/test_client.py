"""The client: the whole API by its methods, and what it says where the service does not do what was hoped for."""

from datetime import UTC, datetime, timedelta

import pytest

from client import ApiError, FacesClient, NotFinishedError, Polling, SignInError, sign_in
from local.demo import scenes
from tests.e2e.support import CONSENT, eventually


@pytest.fixture
def collins(operator, samples):
    """Somebody registered, whom no other test knows; the test itself erases them in the end."""
    person = operator.register_person("Eileen Collins", consent=CONSENT, external_ref="client-collins")
    assert operator.add_face(person.id, (samples / "collins.png").read_bytes()).status == "succeeded"
    return person.id


def test_the_whole_api_by_its_methods(deployed, operator, admin, samples, collins):
    photo = scenes.mirrored_and_darker("collins.png")(samples)
    began = datetime.now(UTC) - timedelta(minutes=1)
    assert admin.health().status == "ok"
    [registered] = operator.faces_of(collins)
    [face] = operator.recognize(photo).faces
    assert (face.decision, face.person_id, face.name) == ("matched", collins, "Eileen Collins")
    recognition = operator.recognize_now(photo)
    [listed] = [found for found in operator.recognitions(since=began, person_id=collins) if found.id == recognition.id]
    assert listed.faces == recognition.faces
    assert operator.download(operator.photo_link(recognition.id).url) == photo
    assert operator.review(recognition.id, 0, person_id=None).faces[0].review.decision == "unknown"
    assert recognition.id not in {found.id for found in operator.work_list()}
    assert operator.verify(collins, photo).verified
    operator.delete_recognition(recognition.id)

    person = operator.change_person(operator.person(collins), name="Eileen M. Collins")
    assert [entry.event for entry in person.consent_history] == ["given"]
    held = list(admin.export(collins))
    assert {"consent", "face", "photo", "sighting"} <= {one.kind for one in held}
    [kept] = [one for one in held if one.kind == "photo" and one.url]
    assert admin.download(kept.url) == (samples / "collins.png").read_bytes()
    assert "exported" in {entry.action for entry in admin.audit_of_person(collins)}
    assert eventually(
        lambda: any(entry.person_id == collins for entry in admin.audit_of_day(datetime.now(UTC).date())), bool
    )
    assert {used.purpose for used in admin.usage().items} >= {"recognition", "registration", "verification"}
    assert admin.usage("2020-01").dollars == 0

    for _ in range(2):
        operator.remove_face(collins, registered.id)
    assert list(operator.faces_of(collins)) == []
    erasure = admin.erase(collins)
    assert (erasure.status, erasure.receipt.faces) == ("complete", 0)
    assert list(operator.people(external_ref="client-collins")) == []


def test_an_operation_that_is_asked_again_makes_nothing_twice(operator, admin):
    made = [operator.register_person("Again", consent=CONSENT, idempotency_key="client-again") for _ in range(2)]
    assert made[0] == made[1]
    assert admin.erase(made[0].id).status == "complete"


def test_a_refusal_of_the_gateway_has_a_code_too(deployed):
    with FacesClient(deployed.url, token=lambda: None) as nobody, pytest.raises(ApiError) as refused:
        nobody.me()
    assert (refused.value.status, refused.value.code, refused.value.retryable) == (401, "unauthorized", False)


def test_a_refusal_of_the_service_tells_what_to_ask_about(user):
    with pytest.raises(ApiError) as refused:
        user.recognition("rec_nonsense")
    assert refused.value.status == 404
    assert refused.value.request_id


def test_waiting_for_what_was_never_uploaded_ends(deployed):
    polling = Polling(first=0.02, factor=2.0, longest=0.1, timeout=0.3)
    with FacesClient(deployed.url, token=deployed.session("user").access_token, polling=polling) as user:
        begun = user.begin_recognition(content_type="image/jpeg")
        with pytest.raises(NotFinishedError, match=r"still awaiting_upload after 0\.3 s"):
            user.wait_for_recognition(begun.id)


def test_a_session_renews_its_token(deployed, monkeypatch):
    session = deployed.session("renewer")
    before = session.access_token()
    assert session.access_token() == before
    monkeypatch.setattr(session, "_renew_at", 0.0)
    renewed = session.access_token()
    assert renewed != before
    with FacesClient(deployed.url, token=lambda: renewed) as client:
        assert client.me().sub


def test_a_session_that_was_ended_says_so(deployed, monkeypatch):
    session = deployed.session("leaver")
    cognito = deployed.cloud.client("cognito-idp")
    cognito.admin_user_global_sign_out(UserPoolId=deployed.outputs.user_pool_id, Username="leaver@example.com")
    monkeypatch.setattr(session, "_renew_at", 0.0)
    with pytest.raises(SignInError):
        session.access_token()


@pytest.mark.parametrize("name", ["user", "nobody"])
def test_a_wrong_password_and_an_unknown_user_are_refused(deployed, name):
    deployed.session("user")
    with pytest.raises(SignInError):
        sign_in(deployed.pool, email=f"{name}@example.com", password="Local-123456-1")
