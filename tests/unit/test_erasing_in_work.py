"""What is in work, or comes late, while somebody is erased leaves nothing of them."""

from datetime import timedelta

import pytest

from adapters.person_faces import PersonFacesTable
from domain.erasing import Outcome
from domain.erasures import ErasureStatus, Reason
from domain.faces import Decision, Match
from domain.people import MAX_FACES
from domain.photos import Purpose, Status
from domain.processing import Outcome as Processed

from .conftest import LEASE
from .erasures import KilledError, Killer, erase, people, register, snapshot


@pytest.fixture
def killer(cloud, monkeypatch):
    with Killer(cloud, monkeypatch) as killer:
        yield killer


@pytest.mark.parametrize("late", [False, True], ids=["the worker died", "the event comes again"])
def test_a_registration_that_dies_at_any_point_leaves_nothing_of_somebody_erased(cloud, killer, late):
    ada, babbage = people(cloud)
    register(cloud, babbage, 5)
    photo = cloud.registration(ada)
    arrival = cloud.upload(photo)
    cloud.gallery.photo_matches = ()
    states = killer.states(lambda: cloud.processor().process(arrival))
    assert len(states) >= 5
    for at, restore in enumerate([*states, snapshot(cloud)]):
        restore()
        cloud.later = timedelta()
        erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
        outcome = erase(cloud, erasure)
        cloud.later += LEASE + timedelta(seconds=1)
        if outcome is Outcome.POSTPONED:
            outcome = erase(cloud, erasure)
        assert outcome is Outcome.COMPLETED
        if late:
            again = cloud.processor().process(arrival)
            assert again in {Processed.SUPERSEDED, Processed.REPEATED}
        assert cloud.gallery.people == {babbage.id}
        assert list(cloud.gallery.faces.values()) == [babbage.id], at
        assert cloud.versions(photo.key) == []
        assert ada.id not in cloud.everything()


def no_more_room(cloud, ada, _):
    cloud.table.update(f"P#{ada.id}", "A", "SET faces = :most", names={}, arguments={":most": MAX_FACES})


def taken_by_somebody_else(cloud, _, babbage):
    cloud.gallery.photo_matches = (Match(babbage.id, 99.0),)


def the_same_photo_by_another_request(cloud, ada, _):
    again = cloud.registration(ada, "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VD")
    assert cloud.processor().process(cloud.upload(again)) is Processed.COMMITTED


@pytest.mark.parametrize(
    ("meanwhile", "outcome"),
    [
        (no_more_room, Processed.REJECTED),
        (taken_by_somebody_else, Processed.REJECTED),
        (the_same_photo_by_another_request, Processed.COMMITTED),
    ],
)
def test_what_a_worker_stored_that_died_is_found_although_the_next_one_did_not_get_that_far(cloud, meanwhile, outcome):
    ada, babbage = people(cloud)
    arrival = cloud.upload(cloud.registration(ada))
    cloud.gallery.failures = [None, None, None, KilledError()]  # after the search, the user and the face
    with pytest.raises(KilledError):
        cloud.processor().process(arrival)
    assert cloud.gallery.faces
    meanwhile(cloud, ada, babbage)
    cloud.later = LEASE + timedelta(seconds=1)
    assert cloud.processor().process(arrival) is outcome
    vectors = len(cloud.gallery.faces)
    done = cloud.erase(ada)
    assert (done.status, done.counts.faces) == (ErasureStatus.COMPLETE, vectors)
    assert cloud.gallery.faces == {}


def test_the_receipt_counts_photos_that_were_there_until_the_erasure(cloud, killer):
    ada, _ = people(cloud)
    kept, refused, waiting, late = (cloud.registration(ada, f"reg_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}") for n in range(4))
    cloud.gallery.photo_matches = ()
    cloud.processor().process(cloud.upload(kept))
    cloud.processor().process(cloud.upload(refused))  # it is the same photo, and so deleted at once
    event = cloud.upload(waiting)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    for restore in killer.states(lambda: erase(cloud, erasure)):
        restore()
        cloud.processor().process(event)  # as soon as its record is closed, this deletes the photo
        assert erase(cloud, erasure) is Outcome.COMPLETED
        counted = cloud.erasures.records.get(erasure.id).counts.photos
        assert counted in {1, 2}
    assert counted == 2
    assert cloud.processor().process(cloud.upload(late)) is Processed.SUPERSEDED


def test_while_a_worker_has_a_photo_of_theirs_the_erasure_waits_for_it(cloud, killer):
    ada, _ = people(cloud)
    arrival = cloud.upload(cloud.registration(ada))
    assert not killer.run(lambda: cloud.processor().process(arrival), at=1)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    assert erase(cloud, erasure) is Outcome.POSTPONED
    assert cloud.messages(cloud.erasure_queue_url) == 2
    assert cloud.people.get(ada.id) is not None
    cloud.later = LEASE + timedelta(seconds=1)
    assert erase(cloud, erasure) is Outcome.COMPLETED


def test_a_photo_that_is_uploaded_after_the_end_is_deleted(cloud):
    ada, _ = people(cloud)
    photo = cloud.registration(ada)
    assert cloud.erase(ada).status is ErasureStatus.COMPLETE
    assert cloud.processor().process(cloud.upload(photo)) is Processed.SUPERSEDED
    assert cloud.versions(photo.key) == []
    assert cloud.read(photo)[0].status is Status.DELETED
    assert cloud.gallery.faces == {}


def test_somebody_erased_between_the_search_and_the_commit_is_not_named(cloud, monkeypatch):
    ada, _ = people(cloud)
    photo = cloud.photo()
    cloud.gallery.photo_matches = (Match(ada.id, 99),)
    search = type(cloud.gallery).search

    def erased_meanwhile(gallery, *args, **kwargs):
        found = search(gallery, *args, **kwargs)
        cloud.erase(ada)
        return found

    monkeypatch.setattr(type(cloud.gallery), "search", erased_meanwhile)
    assert cloud.processor().process(cloud.upload(photo)) is Processed.COMMITTED
    assert [face.decision for face in cloud.read(photo)[1].faces] == [Decision.UNKNOWN]
    assert ada.id not in cloud.everything()


@pytest.mark.parametrize("similarity", [99, 10], ids=["verified", "not verified"])
def test_photos_that_were_compared_with_them_are_gone_too(cloud, similarity):
    ada, babbage = people(cloud)
    photo = cloud.photo("ver_01JDZ6V8K2M3N4P5Q6R7S8T9V1", Purpose.VERIFICATION, person_id=ada.id)
    cloud.gallery.photo_matches = (Match(ada.id, similarity), Match(babbage.id, 99))
    assert cloud.processor().process(cloud.upload(photo)) is Processed.COMMITTED
    assert cloud.erase(ada).counts.photos == 1
    assert cloud.versions(photo.key) == []
    assert ada.id not in cloud.everything()
    assert "faces_from" not in cloud.gallery.calls


def test_a_photo_that_was_rejected_is_remembered_for_as_long_as_its_result(cloud):
    ada, _ = people(cloud)
    photo = cloud.registration(ada)
    cloud.gallery.photo_face = None
    assert cloud.processor().process(cloud.upload(photo)) is Processed.REJECTED
    entry, record = cloud.table.get(f"P#{ada.id}", f"PHOTO#{photo.id}"), cloud.table.get(f"R#{photo.id}", "A")
    assert entry["ttl"] == record["ttl"]
    assert cloud.erase(ada).status is ErasureStatus.COMPLETE
    assert ada.id not in cloud.everything()
    assert "faces_from" not in cloud.gallery.calls  # the worker came to its end: it left no vector behind


def test_a_photo_whose_face_was_removed_before_leaves_no_record_of_them(cloud):
    ada, _ = people(cloud)
    photo = register(cloud, ada, 1)
    faces = PersonFacesTable(cloud.table)
    (face,) = faces.of_person(ada.id)
    faces.forget(ada.id, face)
    assert cloud.erase(ada).status is ErasureStatus.COMPLETE
    assert ada.id not in cloud.everything()
    assert cloud.read(photo)[0].status is Status.DELETED
