"""Somebody who is erased is gone everywhere, wherever a worker dies, and nobody else loses anything."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.person_data import PersonDataTable
from adapters.person_faces import PersonFacesTable
from adapters.review_commits import ReviewCommitsTable
from domain.erasing import Outcome
from domain.erasures import RESEND_AFTER, Counts, ErasureStatus, Reason
from domain.errors import ServiceBusyError
from domain.faces import Box, Decision, DetectedFace, Match, Review
from domain.gallery import Search
from domain.people import Person, PersonStatus
from domain.photos import Purpose, Status
from domain.processing import Outcome as Processed
from domain.recognition import Crop

from .conftest import BUCKET, LARGEST, LEASE, TABLE

LONG = timedelta(minutes=4)
OTHER_FACE = DetectedFace(Box(0.1, 0.1, 0.1, 0.1), 99.0)


class KilledError(BaseException):
    """The function was ended at once; no handler of exceptions in the code may notice."""


class Killer:
    """Ends the work just after the n-th call that changed something in AWS or in the gallery.

    Being killed before a call is the same as being killed after the one before it, and what only reads changes nothing:
    so these are all the states in which a worker can leave the world behind.
    """

    def __init__(self, cloud, monkeypatch):
        self.points, self._at, self._changed = 0, None, False
        for client in (cloud.dynamodb, cloud.s3, cloud.sqs):
            client.meta.events.register("before-call.*.*", lambda model, **_: self._call(model.name))
        monkeypatch.setattr(type(cloud.gallery), "_called", lambda gallery, call: self._call(call))

    def run(self, work, *, at):
        """Do `work` until its point number `at`; whether it came to its end before."""
        self.points, self._at, self._changed = 0, at, True
        try:
            work()
        except KilledError:
            return False
        finally:
            self._at = None
        return True

    def _call(self, name):
        if self._changed:
            if self._at == self.points:
                raise KilledError
            self.points += 1
        self._changed = not name.startswith(("Get", "List", "Query", "BatchGet", "faces_", "any_", "search"))


class World:
    """All that is stored, to be set back to."""

    def __init__(self, cloud):
        self._cloud = cloud
        self._items = cloud.dynamodb.scan(TableName=TABLE)["Items"]
        self._keys = [found["Key"] for found in cloud.s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
        self._people, self._faces = set(cloud.gallery.people), dict(cloud.gallery.faces)

    def restore(self):
        cloud, left = self._cloud, cloud_items(self._cloud)
        requests = [{"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}} for item in left]
        batched(cloud, requests)
        batched(cloud, [{"PutRequest": {"Item": item}} for item in self._items])
        for found in cloud.s3.list_object_versions(Bucket=BUCKET).get("Versions", []):
            cloud.s3.delete_object(Bucket=BUCKET, Key=found["Key"], VersionId=found["VersionId"])
        for key in self._keys:
            cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=b"photo")
        cloud.gallery.people, cloud.gallery.faces = set(self._people), dict(self._faces)


def cloud_items(cloud):
    return cloud.dynamodb.scan(TableName=TABLE)["Items"]


def batched(cloud, requests):
    for begin in range(0, len(requests), 25):
        cloud.dynamodb.batch_write_item(RequestItems={TABLE: requests[begin : begin + 25]})


@pytest.fixture
def killer(cloud, monkeypatch):
    return Killer(cloud, monkeypatch)


def people(cloud):
    """Somebody to be erased, and somebody who stays."""
    ada = cloud.person("Ada Lovelace", external_ref="badge-7")
    return ada, cloud.person("Charles Babbage", id="per_01JDZ6V8K2M3N4P5Q6R7S8T9VZ")


def register(cloud, person, n):
    photo = cloud.registration(person, f"reg_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}")
    cloud.gallery.photo_matches = ()
    cloud.processor().process(cloud.upload(photo, f"portrait {n}".encode()))
    assert cloud.read(photo)[0].status is Status.SUCCEEDED
    return photo


def recognize(cloud, n, *matches, others=()):
    """A photo with the largest face as in `matches` and the other faces as in `others`."""
    photo = cloud.photo(f"rec_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}")
    cloud.gallery.photo_matches = matches
    cloud.gallery.others = (OTHER_FACE,) * len(others)
    cloud.gallery.crop_answers = [Search(LARGEST, answer, (), "7.0") for answer in others]
    arrival = cloud.upload(photo)
    cloud.processor(objects=Uncut(cloud)).process(arrival)
    cloud.gallery.others = ()
    assert cloud.read(photo)[0].status is Status.SUCCEEDED
    return photo


class Uncut:
    """The bucket, with crops that need no image."""

    def __init__(self, cloud):
        self._objects = cloud.objects

    def crops(self, photo, faces, *, all_faces):
        return [Crop(b"", LARGEST.box) for _ in faces]

    def __getattr__(self, name):
        return getattr(self._objects, name)


def cloud_arrival(cloud, arrival):
    """The event of an upload, whose version is another one each time that the world is set back."""
    return replace(arrival, version=(cloud.versions(arrival.key) or [arrival.version])[0])


def erase(cloud, erasure):
    return cloud.eraser().erase(erasure.id, until=cloud.now() + LONG)


def life_of(cloud, ada, babbage):
    """Photos of all kinds; what of them is to be gone afterwards, and what is to stay."""
    portraits = [register(cloud, ada, n) for n in range(2)]
    kept = [register(cloud, babbage, 5)]
    alone = [recognize(cloud, n, Match(ada.id, 99)) for n in range(2)]
    together = recognize(cloud, 3, Match(ada.id, 99), others=[(Match(babbage.id, 98),)])
    either = recognize(cloud, 4, Match(ada.id, 97), Match(babbage.id, 96))
    maybe = recognize(cloud, 6, Match(ada.id, 90))
    waiting = cloud.registration(ada, "reg_01JDZ6V8K2M3N4P5Q6R7S8T9V8")
    return {
        "gone": [*portraits, *alone, maybe, waiting],
        "kept": [*kept, together, either],
        "of_both": [together, either],
    }


COUNTS = Counts(faces=2, photos=5, sightings=3, mentions=2, results=5, shared_photos=2)


def assert_gone(cloud, ada, babbage, life, erasure):
    done = cloud.erasures.records.get(erasure.id)
    assert (done.status, done.person_id, done.counts) == (ErasureStatus.COMPLETE, None, COUNTS)
    traces = cloud.everything()
    assert ada.id not in traces
    assert "Lovelace" not in traces
    assert "badge-7" not in traces
    for photo in life["gone"]:
        assert cloud.versions(photo.key) == [], photo.id
        assert f"face-of-{photo.id}" not in cloud.gallery.faces
    for photo in life["kept"]:
        assert len(cloud.versions(photo.key)) == 1
    assert cloud.gallery.people == {babbage.id}
    assert list(cloud.gallery.faces.values()) == [babbage.id]
    together, either = (cloud.read(photo)[1].faces for photo in life["of_both"])
    assert [(face.decision, face.person_id) for face in together] == [
        (Decision.UNKNOWN, None),
        (Decision.MATCHED, babbage.id),
    ]
    assert [(face.decision, [c.person_id for c in face.candidates]) for face in either] == [
        (Decision.REVIEW, [babbage.id])
    ]
    assert {sk.partition("#")[0] for sk in cloud.items(f"P#{babbage.id}")} == {
        "A",
        "CONSENT",
        "FACE",
        "HASH",
        "MENTION",
        "PHOTO",
        "SEEN",
    }


def test_somebody_erased_is_gone_everywhere_and_others_lose_nothing(cloud):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    assert erase(cloud, erasure) is Outcome.COMPLETED
    assert_gone(cloud, ada, babbage, life, erasure)


def test_the_receipt_tells_what_remains_and_until_when(cloud):
    ada, babbage = people(cloud)
    life_of(cloud, ada, babbage)
    done = cloud.erase(ada)
    assert {left.what: left.until and left.until - done.completed_at for left in done.remains} == {
        "shared_photos": timedelta(days=33),
        "backups": timedelta(days=35),
        "table_stream": timedelta(days=1),
        "account_trails": None,
    }
    assert cloud.erase(babbage).remains[0].what == "backups"


def test_killed_at_any_point_and_run_again_it_ends_the_same(cloud, killer):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    world = World(cloud)
    for at in range(1000):
        if killer.run(lambda: erase(cloud, erasure), at=at):
            break
        assert erase(cloud, erasure) is Outcome.COMPLETED, at
        assert_gone(cloud, ada, babbage, life, erasure)
        world.restore()
    assert at > 20


def test_killed_again_and_again_it_comes_to_its_end_as_long_as_each_run_gets_a_step_further(cloud, killer):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    for at in range(1000):
        if killer.run(lambda: erase(cloud, erasure), at=at):
            break
    assert_gone(cloud, ada, babbage, life, erasure)


def test_a_message_that_comes_again_does_nothing(cloud):
    ada, babbage = people(cloud)
    life = life_of(cloud, ada, babbage)
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    assert erase(cloud, erasure) is Outcome.COMPLETED
    assert erase(cloud, erasure) is Outcome.REPEATED
    assert_gone(cloud, ada, babbage, life, erasure)
    assert erase(cloud, replace(erasure, id="era_01JDZ6V8K2M3N4P5Q6R7S8T9V0")) is Outcome.REPEATED


def test_killed_while_beginning_there_is_an_erasure_or_there_is_none(cloud, killer):
    ada, _ = people(cloud)
    assert not killer.run(lambda: cloud.erasures.start(ada.id, Reason.REQUESTED), at=0)
    assert cloud.people.get(ada.id).status is PersonStatus.ACTIVE
    assert not killer.run(lambda: cloud.erasures.start(ada.id, Reason.REQUESTED), at=1)
    assert cloud.people.get(ada.id).status is PersonStatus.ERASING
    assert cloud.messages(cloud.erasure_queue_url) == 0
    cloud.later = RESEND_AFTER + timedelta(seconds=1)
    assert cloud.erasures.resume().resent == 1
    assert cloud.messages(cloud.erasure_queue_url) == 1


# -- what is in work while the erasure begins ----------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True], ids=["the worker died", "the event comes again"])
def test_a_registration_that_dies_at_any_point_leaves_nothing_of_somebody_erased(cloud, killer, late):
    ada, babbage = people(cloud)
    register(cloud, babbage, 5)
    photo = cloud.registration(ada)
    arrival = cloud.upload(photo)
    cloud.gallery.photo_matches = ()
    world = World(cloud)
    for at in range(1000):
        ended = killer.run(lambda: cloud.processor().process(cloud_arrival(cloud, arrival)), at=at)
        erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
        outcome = erase(cloud, erasure)
        cloud.later += LEASE + timedelta(seconds=1)
        if outcome is Outcome.POSTPONED:
            outcome = erase(cloud, erasure)
        assert outcome is Outcome.COMPLETED
        if late:
            again = cloud.processor().process(cloud_arrival(cloud, arrival))
            assert again in {Processed.SUPERSEDED, Processed.REPEATED}
        assert cloud.gallery.people == {babbage.id}
        assert list(cloud.gallery.faces.values()) == [babbage.id], at
        assert cloud.versions(photo.key) == []
        assert ada.id not in cloud.everything()
        if ended:
            break
        cloud.later = timedelta()
        world.restore()
    assert at >= 5


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


# -- what is in the way ---------------------------------------------------------------------------------------------


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
    erasure = cloud.erasures.start(ada.id, Reason.REQUESTED)
    erase(cloud, erasure)
    assert cloud.people.by_external_ref("badge-7").id == babbage.id
