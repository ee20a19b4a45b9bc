"""The client, where the service does not do what was hoped for."""

import pytest

from client import ApiError, FacesClient, NotFinishedError, Polling, SignInError, sign_in


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
        assert client.me()["sub"]


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


def test_pages_follow_each_other(operator, monkeypatch):
    answers = [
        {"items": [person("per_1")], "nextCursor": "a"},
        {"items": [], "nextCursor": "b"},
        {"items": [person("per_2")], "nextCursor": None},
    ]
    asked = []

    def call(method, path, *, params):
        asked.append(params)
        return answers[len(asked) - 1]

    monkeypatch.setattr(operator, "call", call)
    assert [found.id for found in operator.people(name_prefix="A")] == ["per_1", "per_2"]
    assert asked == [{"namePrefix": "A"}, {"namePrefix": "A", "cursor": "a"}, {"namePrefix": "A", "cursor": "b"}]


def person(person_id):
    return {"id": person_id, "name": "Ada", "status": "active", "faces": 0}
