"""What is in the way of an erasure: photos of two, decisions of humans, services that are busy."""

from dataclasses import replace

from adapters.person_data import PersonDataTable
from adapters.review_commits import ReviewCommitsTable
from domain.erasing import Outcome
from domain.erasures import ErasureStatus, Reason
from domain.errors import ServiceBusyError
from domain.faces import Decision, Match, Review
from domain.people import Person

from .erasures import LONG, assert_gone, erase, life_of, people, recognize, register
from .stored import TABLE


def test_a_photo_of_two_goes_with_the_second_of_them_who_is_erased(cloud):
    ada, babbage = people(cloud)
    together = recognize(cloud, 1, Match(ada.id, 99), others=[(Match(babbage.id, 98),)])
    assert cloud.erase(ada).counts.shared_photos == 1
    assert len(cloud.versions(together.key)) == 1
    counts = cloud.erase(babbage).counts
    assert (counts.photos, counts.shared_photos) == (1, 0)
    assert cloud.versions(together.key) == []


def decide(cloud, photo, person):
    """A human's decision about the largest face."""
    found, before = cloud.read(photo)
    review = Review(Decision.MATCHED, person.id, "operator-1", cloud.now())
    faces = (replace(before.faces[0], review=review), *before.faces[1:])
    after = replace(before, faces=faces, revision=before.revision + 1)
    assert ReviewCommitsTable(cloud.table).review(found, before, after, n=0, now=cloud.now())


def test_a_humans_decision_does_not_name_somebody_erased_either(cloud):
    ada, babbage = people(cloud)
    one, other = (recognize(cloud, n, Match(ada.id, 90), Match(babbage.id, 85)) for n in (1, 2))
    alone = recognize(cloud, 3, Match(babbage.id, 99))
    decide(cloud, one, ada), decide(cloud, other, babbage), decide(cloud, alone, ada)
    cloud.erase(ada)
    faces = [cloud.read(photo)[1].faces[0] for photo in (one, other, alone)]
    assert [face.mentions for face in faces] == [{babbage.id}] * 3
    decided = [(face.review.decision, face.review.person_id) for face in faces]
    # A human looked at the first and the last one: whoever it is, it is none of the others.
    assert decided == [(Decision.UNKNOWN, None), (Decision.MATCHED, babbage.id), (Decision.UNKNOWN, None)]
    assert (faces[2].decision, faces[2].person_id) == (Decision.MATCHED, babbage.id)


def test_what_only_somebody_erased_could_be_waits_for_nobody(cloud):
    ada, babbage = people(cloud)
    settled = recognize(cloud, 1, Match(ada.id, 90))
    waiting = recognize(cloud, 2, Match(ada.id, 90), Match(babbage.id, 85))
    cloud.erase(ada)
    assert "REVIEW" not in cloud.items(f"R#{settled.id}")
    assert "REVIEW" in cloud.items(f"R#{waiting.id}")


def test_two_erased_at_the_same_moment_do_not_overlook_each_other(cloud, monkeypatch):
    ada, babbage = people(cloud)
    together = recognize(cloud, 1, Match(ada.id, 99), others=[(Match(babbage.id, 98),)])
    read, erased = PersonDataTable.recognized, list[Person]()

    def read_and_then_the_other_is_erased(data, photo_id):
        seen = read(data, photo_id)
        if not erased:
            erased.append(babbage)
            cloud.erase(babbage)
        return seen

    monkeypatch.setattr(PersonDataTable, "recognized", read_and_then_the_other_is_erased)
    assert cloud.erase(ada).counts.photos == 1
    assert cloud.versions(together.key) == []
    assert {face.decision for face in cloud.read(together)[1].faces} == {Decision.UNKNOWN}


def test_results_that_have_expired_leave_no_trace_either(cloud):
    ada, _ = people(cloud)
    photo = recognize(cloud, 1, Match(ada.id, 99))
    cloud.table.delete(f"R#{photo.id}", "A")  # DynamoDB deletes what has expired one by one
    done = cloud.erase(ada)
    assert (done.status, done.counts.sightings, done.counts.results) == (ErasureStatus.COMPLETE, 1, 0)
    assert ada.id not in cloud.everything()


def test_a_service_that_is_busy_puts_the_erasure_off(cloud, monkeypatch):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    sent = cloud.messages(cloud.erasure_queue_url)
    for n in range(4):
        cloud.gallery.failures = [None] * n + [ServiceBusyError()]
        assert erase(cloud, erasure) is Outcome.POSTPONED
        assert cloud.messages(cloud.erasure_queue_url) == sent + n + 1
    cloud.gallery.failures = []
    assert erase(cloud, erasure) is Outcome.COMPLETED
    assert_gone(cloud, ada, babbage, life, erasure)


def test_what_does_not_fit_into_one_run_is_gone_on_with_in_the_next(cloud):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    assert cloud.eraser().erase(erasure.id, until=cloud.now()) is Outcome.POSTPONED
    assert erase(cloud, erasure) is Outcome.COMPLETED
    assert_gone(cloud, ada, babbage, life, erasure)


def test_more_photos_than_one_run_can_close_are_closed_by_the_next(cloud, monkeypatch):
    ada, _ = people(cloud)
    for n in range(3):
        cloud.verification(ada.id, f"ver_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}")
    close, closed = PersonDataTable.close, list[str]()

    def slowly(data, photo, *, now):
        closed.append(photo.id)
        cloud.later += LONG / 2
        return close(data, photo, now=now)

    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    monkeypatch.setattr(PersonDataTable, "close", slowly)
    assert erase(cloud, erasure) is Outcome.POSTPONED
    assert len(closed) < 3
    monkeypatch.undo()
    assert erase(cloud, erasure) is Outcome.COMPLETED


def test_a_face_that_is_still_to_be_seen_keeps_the_erasure_open(cloud, monkeypatch):
    ada, _ = people(cloud)
    register(cloud, ada, 1)
    monkeypatch.setattr(type(cloud.gallery), "any_left", lambda gallery, person_id, faces: True)
    assert cloud.erase(ada).status is ErasureStatus.PENDING
    monkeypatch.undo()
    assert cloud.erase(ada).counts.faces == 1


def test_an_external_reference_that_is_somebody_elses_by_now_stays_theirs(cloud):
    ada, babbage = people(cloud)
    cloud.dynamodb.put_item(
        TableName=TABLE, Item={"pk": {"S": "X#badge-7"}, "sk": {"S": "A"}, "personId": {"S": babbage.id}}
    )
    assert cloud.erase(ada).status is ErasureStatus.COMPLETE
    assert cloud.people.by_external_ref("badge-7").id == babbage.id
