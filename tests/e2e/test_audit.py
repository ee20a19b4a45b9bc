"""Who learns of whom is in the audit, or learns nothing."""

import pytest

from client import ApiError
from tests.e2e.support import CONSENT, eventually, role_of, taken_away


def entries(admin, **query):
    """The entries of one page, without those that reading the audit adds."""
    page = admin.call("GET", "/audit", params=query)
    return [entry for entry in page["items"] if entry["source"] != "GET /audit"]


@pytest.fixture
def somebody(operator) -> str:
    """The id of a person of the test's own."""
    return str(operator.register_person("Grace Hopper", consent=CONSENT).id)


def test_registering_and_reading_somebody_is_found_by_person_and_by_day(admin, operator, somebody):
    operator.person(somebody)
    found = eventually(lambda: entries(admin, personId=somebody), lambda found: len(found) == 2)
    saw, registered = found
    assert (registered["action"], registered["source"]) == ("registered", "POST /people")
    assert (saw["action"], saw["source"]) == ("saw", f"GET /people/{somebody}")
    assert {entry["actor"] for entry in found} == {operator.me().sub}
    by_day = entries(admin, day=saw["at"][:10])
    assert [entry for entry in by_day if entry["personId"] == somebody] == found


def test_who_is_shown_by_a_recognition_is_recorded_and_no_name_is(admin, operator, user, samples, obama):
    recognition = user.recognize((samples / "obama-2012.jpg").read_bytes())
    operator.recognition(recognition.id)
    source = f"GET /recognitions/{recognition.id}"
    [entry] = eventually(
        lambda: [one for one in entries(admin, personId=obama) if one["source"] == source], lambda found: found
    )
    assert (entry["action"], entry["actor"]) == ("saw", operator.me().sub)  # not the user, who saw no identity
    assert "Obama" not in str(entries(admin, personId=obama))


def test_the_audit_is_for_admins(operator, user):
    for client in (operator, user):
        with pytest.raises(ApiError) as refused:
            entries(client, day="2026-11-24")
        assert (refused.value.status, refused.value.code) == (403, "forbidden")


def test_what_cannot_be_recorded_is_not_told(deployed, operator, somebody):
    with taken_away(deployed, role_of(deployed, "Requests")) as take_away:
        take_away("dynamodb:PutItem")
        for read in (lambda: operator.person(somebody), lambda: list(operator.people(name_prefix="Grace"))):
            with pytest.raises(ApiError) as refused:
                read()
            assert (refused.value.status, refused.value.code) == (503, "audit_unavailable")
    assert operator.person(somebody).name == "Grace Hopper"
