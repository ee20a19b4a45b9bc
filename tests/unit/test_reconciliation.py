"""Vectors that stand for nobody go, carefully: what is not certainly ours, or may still be in work, stays."""

from datetime import datetime, timedelta

import pytest

from adapters.pace import Pace
from adapters.photo_register import PhotoRegisterTable
from adapters.reconciliation_table import GIVEN_UP, ProgressTable, RegistryTable
from adapters.rekognition_collection import RekognitionCollection
from domain import times
from domain.errors import ServiceBusyError
from domain.ids import Kind, id_time, new_id
from domain.people import Consent, Person
from domain.photos import Photo, Purpose
from domain.reconciliation import MOST_STRAY, Batch, Ending, Reconciler, Step, StoredVector

from . import stored
from .stored import fill

PEOPLE, PAGE = 12, 5
CROWD = 101  # one of them is less than one percent, two are more


class MemoryCollection:
    """A collection in batches, which may be cut off after some calls."""

    def __init__(self):
        self.people, self.vectors, self.calls_left = [], [], 10**6

    def users(self, token):
        return self._batch(self.people, token)

    def faces(self, token):
        return self._batch(self.vectors, token)

    def existing(self, face_ids):
        return frozenset(face.id for face in self.vectors) & set(face_ids)

    def remove_person(self, person_id):
        self.people.remove(person_id)

    def remove_stray(self, face):
        self.vectors.remove(face)

    def _batch(self, everything, token):
        if not self.calls_left:
            raise ServiceBusyError
        self.calls_left -= 1
        begin = int(token or 0)
        more = str(begin + PAGE) if begin + PAGE < len(everything) else None
        return Batch(everything[begin : begin + PAGE], more)


class World:
    """People with a face each, all of them three days old.

    A stray is a good share of a few people; so they are allowed to be unless a test is about that share.
    """

    def __init__(self, cloud, people=PEOPLE, most_stray=0.2):
        self.cloud, self.collection, self._most_stray = cloud, MemoryCollection(), most_stray
        self.then = times.now() - timedelta(days=3)
        fill(item for _ in range(people) for item in self._person_items())

    def _person_items(self):
        """A person whose face is stored and on record, as far as a reconciliation looks at them."""
        person_id, photo = new_id(Kind.PERSON, self.then), new_id(Kind.REGISTRATION, self.then)
        self.collection.people.append(person_id)
        face = self.face(person_id, photo)
        pk = f"P#{person_id}"
        yield {"pk": pk, "sk": "A", "id": person_id, "gsi1pk": "PEOPLE", "gsi1sk": f"somebody#{person_id}"}
        yield {"pk": pk, "sk": f"FACE#{face.id}"}

    def person(self, *, recorded=True, stored=True):
        person_id, photo_id = new_id(Kind.PERSON, self.then), new_id(Kind.REGISTRATION, self.then)
        consent = Consent("access control", "1", self.then)
        self.cloud.people.add(Person(person_id, "Somebody", self.then, consent), by="operator-1")
        if stored:
            self.collection.people.append(person_id)
        return person_id, self.face(person_id, photo_id, recorded=recorded, stored=stored)

    def face(self, person_id, photo_id, *, recorded=False, stored=True):
        face = StoredVector(f"face-of-{photo_id}", photo_id, person_id)
        if recorded:
            self.cloud.table.put(
                {"pk": f"P#{person_id}", "sk": f"FACE#{face.id}"}, condition="attribute_not_exists(pk)"
            )
        if stored:
            self.collection.vectors.append(face)
        return face

    def record(self, photo_id, person_id, status, **more):
        photo = Photo(photo_id, "user-1", Purpose.REGISTRATION, "image/jpeg", self.then, person_id=person_id)
        PhotoRegisterTable(self.cloud.table).add(photo)
        self.cloud.table.update(
            f"R#{photo_id}",
            "A",
            "SET #status = :status",
            condition="attribute_exists(pk)",
            names={"#status": "status"},
            arguments={":status": status},
        )
        return photo

    def reconcile(self, *, deletes=True, until=None, **options):
        reconciler = Reconciler(
            self.collection,
            RegistryTable(self.cloud.table),
            ProgressTable(self.cloud.table, self.cloud.now),
            deletes,
            self.cloud.now,
        )
        options = {"most_stray": self._most_stray} | options
        return reconciler.run(until=until or self.cloud.now() + timedelta(minutes=10), **options)


@pytest.fixture
def world(cloud):
    return World(cloud)


@pytest.fixture
def crowd(cloud):
    return World(cloud, people=CROWD, most_stray=MOST_STRAY)


def photo_id(world, age=timedelta(days=3)):
    return new_id(Kind.REGISTRATION, times.now() - age)


def test_where_all_is_right_nothing_goes(world):
    before = list(world.collection.vectors)
    ending, counts = world.reconcile()
    assert ending is Ending.DONE
    assert counts == {
        "users": PEOPLE,
        "stray_users": 0,
        "faces": PEOPLE,
        "stray_faces": 0,
        "recorded_faces": PEOPLE,
        "missing_faces": 0,
        "removed_faces": 0,
        "removed_users": 0,
    }
    assert world.collection.vectors == before


def test_a_face_that_is_on_record_for_nobody_goes_and_so_does_a_user_who_is_no_person(world):
    nobody = new_id(Kind.PERSON, world.then)
    world.collection.people.append(nobody)
    face = world.face(nobody, photo_id(world))
    ending, counts = world.reconcile()
    assert (ending, counts["removed_faces"], counts["removed_users"]) == (Ending.DONE, 1, 1)
    assert nobody not in world.collection.people
    assert face not in world.collection.vectors
    assert len(world.collection.vectors) == PEOPLE


def test_a_face_without_a_person_goes_if_its_photo_s_record_tells_that_it_was_not_added(world):
    person_id, _ = world.person()
    photo = photo_id(world)
    world.record(photo, person_id, "rejected")
    face = world.face(None, photo)
    assert world.reconcile()[1]["removed_faces"] == 1
    assert face not in world.collection.vectors


@pytest.mark.parametrize("status", ["awaiting_upload", "processing"])
def test_a_face_whose_photo_may_still_be_processed_stays_until_its_event_is_gone(world, status):
    person_id, _ = world.person()
    photo = photo_id(world, timedelta(days=13))
    world.record(photo, person_id, status)
    face = world.face(None, photo)
    assert world.reconcile()[1]["stray_faces"] == 0
    world.cloud.later = GIVEN_UP - timedelta(days=13) + timedelta(minutes=1)
    assert world.reconcile()[1]["removed_faces"] == 1
    assert face not in world.collection.vectors


@pytest.mark.parametrize(
    "face",
    [
        StoredVector("a", "somebody-elses", None),
        StoredVector("b", None, None),
        StoredVector("c", "rec_01JDZ6V8K2M3N4P5Q6R7S8T9VA", "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA"),
        StoredVector("d", new_id(Kind.REGISTRATION, times.now()), "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA"),
        StoredVector("e", "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VA", None),
    ],
    ids=["foreign", "nameless", "not a registration", "younger than a day", "of nobody, and its record has expired"],
)
def test_what_is_not_certainly_a_stray_of_ours_stays(world, face):
    world.collection.vectors.append(face)
    assert world.reconcile()[1]["stray_faces"] == 0
    assert face in world.collection.vectors


@pytest.mark.parametrize("user", ["theirs", new_id(Kind.PERSON, times.now())], ids=["foreign", "younger than a day"])
def test_a_user_who_is_not_certainly_a_stray_of_ours_stays(world, user):
    world.collection.people.append(user)
    assert world.reconcile()[1]["stray_users"] == 0
    assert user in world.collection.people


def test_where_more_than_one_percent_would_go_nothing_does_unless_an_operator_says_so(crowd):
    strays = [crowd.face(crowd.collection.people[0], photo_id(crowd)) for _ in range(2)]
    ending, counts = crowd.reconcile()
    assert (ending, counts["stray_faces"]) == (Ending.STOPPED, 2)
    assert set(strays) <= set(crowd.collection.vectors)
    ending, counts = crowd.reconcile(most_stray=0.02)
    assert (ending, counts["removed_faces"]) == (Ending.DONE, 2)


def test_one_percent_goes_without_asking(crowd):
    stray = crowd.face(crowd.collection.people[0], photo_id(crowd))
    ending, counts = crowd.reconcile()
    assert (ending, counts["removed_faces"]) == (Ending.DONE, 1)
    assert stray not in crowd.collection.vectors


def test_an_empty_table_is_no_reason_to_empty_the_collection(cloud, world):
    for pk, sk in stored.items():
        cloud.table.delete(pk, sk)
    assert world.reconcile()[0] is Ending.STOPPED
    assert len(world.collection.vectors) == PEOPLE


def test_a_dry_run_counts_and_deletes_nothing(world):
    world.face(world.collection.people[0], photo_id(world))
    ending, counts = world.reconcile(deletes=False)
    assert (ending, counts["stray_faces"]) == (Ending.DRY, 1)
    assert len(world.collection.vectors) == PEOPLE + 1


def test_faces_on_record_that_the_service_has_not_are_counted_and_nothing_else(world):
    person_id, face = world.person(stored=False)
    ending, counts = world.reconcile()
    assert (ending, counts["missing_faces"]) == (Ending.DONE, 1)
    assert world.cloud.table.get(f"P#{person_id}", f"FACE#{face.id}")


def test_a_run_that_is_cut_off_at_any_batch_is_gone_on_with(world):
    world.face(world.collection.people[0], photo_id(world))
    for _ in range(100):
        world.collection.calls_left = 1
        try:
            ending, counts = world.reconcile()
        except ServiceBusyError:
            continue
        break
    assert (ending, counts["users"], counts["faces"], counts["recorded_faces"]) == (
        Ending.DONE,
        PEOPLE,
        PEOPLE + 1,
        PEOPLE,
    )
    assert (counts["stray_faces"], counts["removed_faces"]) == (1, 1)
    assert ProgressTable(world.cloud.table, world.cloud.now).load() is None


def test_when_the_time_is_up_the_next_run_goes_on_and_a_run_that_rested_too_long_begins_anew(world):
    world.collection.calls_left = 2
    with pytest.raises(ServiceBusyError):
        world.reconcile()
    progress = ProgressTable(world.cloud.table, world.cloud.now)
    assert (progress.load().step, progress.load().token) == (Step.LOOK_AT_USERS, str(2 * PAGE))
    assert world.reconcile(until=world.cloud.now())[0] is Ending.UNFINISHED
    assert progress.load().token == str(2 * PAGE)
    world.cloud.later = timedelta(days=2, minutes=1)
    assert progress.load() is None


def test_an_id_tells_when_it_was_made():
    now = datetime.fromisoformat("2026-11-24T08:00:00.123+00:00")
    assert id_time(new_id(Kind.PERSON, now)) == now


# -- on Rekognition -------------------------------------------------------------------------------------------------

FACE = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def collection(rekognition, stub):
    return RekognitionCollection(rekognition, "faces", Pace(1e6))


def test_users_and_faces_come_in_batches(collection, stub):
    stub.add_response(
        "list_users",
        {"Users": [{"UserId": "u", "UserStatus": "ACTIVE"}], "NextToken": "t"},
        {"CollectionId": "faces", "MaxResults": 500},
    )
    assert collection.users(None) == Batch(["u"], "t")
    stub.add_response(
        "list_faces",
        {"Faces": [{"FaceId": FACE, "ExternalImageId": "x", "UserId": "u"}, {"FaceId": FACE}]},
        {"CollectionId": "faces", "MaxResults": 4096, "NextToken": "t"},
    )
    assert collection.faces("t") == Batch([StoredVector(FACE, "x", "u"), StoredVector(FACE, None, None)], None)


def test_which_faces_there_are_is_asked_by_their_ids(collection, stub):
    stub.add_response(
        "list_faces", {"Faces": [{"FaceId": FACE}]}, {"CollectionId": "faces", "MaxResults": 4096, "FaceIds": [FACE]}
    )
    assert collection.existing([FACE]) == {FACE}
    assert collection.existing([]) == set()


def test_half_an_answer_is_none(collection, stub):
    stub.add_response("list_users", {})
    stub.add_response("list_faces", {})
    for call in (collection.users, collection.faces):
        with pytest.raises(ServiceBusyError):
            call(None)


def test_a_stray_is_taken_from_its_user_and_one_that_got_a_user_meanwhile_stays(collection, stub):
    stub.add_response("disassociate_faces", {})
    stub.add_response("delete_faces", {"DeletedFaces": [FACE]})
    collection.remove_stray(StoredVector(FACE, "x", "u"))
    taken = [{"FaceId": FACE, "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}]
    stub.add_response("delete_faces", {"UnsuccessfulFaceDeletions": taken})
    collection.remove_stray(StoredVector(FACE, "x", None))
