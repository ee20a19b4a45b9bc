"""Recognitions that there are: listed, looked at, deleted."""

import httpx
import pytest

from client import ApiError
from local.demo import scenes
from tests.e2e.support import eventually, refused_to_clients, unused_ulid


def listed(client, **query):
    """Ids of a whole list, page by page."""
    found, cursor = [], None
    while True:
        page = client.call("GET", "/recognitions", params=query | ({"cursor": cursor} if cursor else {}))
        found += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            return found


def photo_of(client, recognition_id):
    return client.call("GET", f"/recognitions/{recognition_id}/photo")


def refusal(call, *arguments, **options):
    with pytest.raises(ApiError) as caught:
        call(*arguments, **options)
    return caught.value.status, caught.value.code


@pytest.fixture
def someone(deployed):
    """A plain user of whom no other test knows."""
    with deployed.client(f"lister-{unused_ulid().lower()}") as client:
        yield client


def test_a_user_lists_their_own_newest_first_and_page_by_page(someone, samples):
    made = [someone.recognize((samples / "rocket.jpg").read_bytes()).id for _ in range(3)]
    assert listed(someone) == listed(someone, limit=1) == listed(someone, limit=2) == made[::-1]


def test_an_operator_lists_everybodys_by_decision_and_person(operator, someone, samples, obama):
    seen = someone.recognize((samples / "obama-2012.jpg").read_bytes()).id
    stranger = someone.recognize((samples / "sunak.jpg").read_bytes()).id
    assert listed(operator)[:2] == [stranger, seen]
    assert listed(operator, limit=7) == listed(operator)
    assert seen in listed(operator, personId=obama)
    assert stranger not in listed(operator, personId=obama)
    assert stranger in listed(operator, decision="unknown")
    assert seen not in listed(operator, decision="unknown")
    assert listed(someone, decision="matched") == [seen]
    assert listed(someone, personId=obama) == []  # or the list would tell whom the photo shows


def test_the_photo_is_shown_to_its_owner_and_to_operators(operator, user, someone, samples):
    content = (samples / "rocket.jpg").read_bytes()
    recognition = someone.recognize(content)
    for client in (someone, operator):
        answer = httpx.get(photo_of(client, recognition.id)["url"])
        assert (answer.status_code, answer.content) == (200, content)
    assert refusal(photo_of, user, recognition.id) == (404, "not_found")
    waiting = someone.begin_recognition(content_type="image/jpeg")
    assert refusal(photo_of, someone, waiting.id) == (404, "not_found")


def test_the_address_of_a_photo_shows_nothing_else(deployed, someone, samples):
    recognition, other = (someone.recognize((samples / "rocket.jpg").read_bytes()) for _ in range(2))
    url = photo_of(someone, recognition.id)["url"]
    with refused_to_clients(deployed):
        assert httpx.get(url.replace(recognition.id, other.id)).status_code == 403
        assert httpx.delete(url).status_code == 403


def stored(deployed, photo_id):
    """What the table and the bucket hold of a photo, but for its tombstone, the audit and keys of requests."""
    table, bucket = deployed.outputs.table_name, deployed.outputs.bucket_name
    pages = deployed.cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    items = [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"] if photo_id in str(item)]
    objects = deployed.cloud.client("s3").list_object_versions(Bucket=bucket, Prefix=f"uploads/recognition/{photo_id}")
    versions = [version["VersionId"] for version in objects.get("Versions", [])]
    items = [(pk, sk) for pk, sk in items if not pk.startswith(("AUDIT#", "I#"))]
    return set(items) - {(f"R#{photo_id}", "A")} | set(versions)


@pytest.mark.usefixtures("ardern")
def test_a_deleted_recognition_leaves_nothing_and_stays_deleted(deployed, operator, someone, samples, obama):
    photo = scenes.side_by_side(["obama-2005.jpg", "ardern-2022.jpg"])(samples)
    recognition = someone.recognize(photo)
    assert len(stored(deployed, recognition.id)) == 4  # result, two sightings, one version
    url = photo_of(someone, recognition.id)["url"]
    for client in (someone, someone, operator):
        client.call("DELETE", f"/recognitions/{recognition.id}")
        assert stored(deployed, recognition.id) == set()
    assert refusal(someone.recognition, recognition.id) == (404, "not_found")
    assert httpx.get(url).status_code == 404
    assert recognition.id not in listed(operator)
    assert recognition.id not in listed(operator, personId=obama)


def test_an_upload_after_the_deletion_is_deleted_too(deployed, someone, samples):
    begun = someone.begin_recognition(content_type="image/jpeg")
    someone.call("DELETE", f"/recognitions/{begun.id}")
    someone.upload(begun.upload, (samples / "rocket.jpg").read_bytes())
    assert eventually(lambda: stored(deployed, begun.id), lambda found: not found) == set()
    assert listed(someone) == []


def test_nobody_deletes_what_is_somebody_elses(user, someone, samples):
    recognition = someone.recognize((samples / "rocket.jpg").read_bytes())
    for recognition_id in (recognition.id, f"rec_{unused_ulid()}"):
        assert refusal(user.call, "DELETE", f"/recognitions/{recognition_id}") == (404, "not_found")
    assert someone.recognition(recognition.id).status == "succeeded"
