"""Every photo ends once, whatever comes twice, late, out of order, or half-way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from adapters.photo_bucket import PhotoBucket
from adapters.s3_events import arrivals, retry_event
from adapters.table import Table
from domain.erasures import Reason
from domain.errors import DuplicatePersonError, FaceMismatchError, ServiceBusyError, UnsupportedImageError
from domain.faces import Box, Decision, DetectedFace, Match
from domain.gallery import Search, UnsearchedFace
from domain.photos import Call, Status
from domain.processing import GIVE_UP_AFTER, Arrival, Outcome
from domain.recognition import MAX_PEOPLE

from .conftest import LEASE
from .gallery import LARGEST
from .stored import BUCKET, TABLE


def result_of(cloud, photo):
    found = cloud.read(photo)
    assert found
    assert found[1]
    return found[1]


# -- recognition --------------------------------------------------------------------------------------------------


def test_a_matched_face_is_committed_with_sighting_and_usage(cloud):
    person, photo = cloud.person(), cloud.photo()
    cloud.gallery.photo_matches = (Match(person.id, 99.5),)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    record, result = cloud.read(photo)
    assert record.status is result.status is Status.SUCCEEDED
    assert [(face.decision, face.person_id, face.similarity) for face in result.faces] == [
        (Decision.MATCHED, person.id, 99.5)
    ]
    assert any(sk.startswith("SEEN#") for sk in cloud.items(f"P#{person.id}"))
    month = result.completed_at.strftime("USAGE#%Y-%m")
    (shard,) = cloud.items(month)
    assert cloud.table.get(month, shard) | {"pk": "", "sk": ""} == {"pk": "", "sk": "", "photos": 1, "search": 1}


def test_a_photo_without_a_face_succeeds_with_no_faces(cloud):
    photo = cloud.photo()
    cloud.gallery.photo_face = None
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    assert result_of(cloud, photo).faces == ()


def test_faces_of_which_none_could_be_searched_are_told(cloud):
    photo = cloud.photo()
    cloud.gallery.photo_face, cloud.gallery.unclear = None, (UnsearchedFace(LARGEST, ("EXTREME_POSE",)),)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    assert [face.decision for face in result_of(cloud, photo).faces] == [Decision.NOT_SEARCHED]


def test_a_photo_delivered_twice_is_recognized_once(cloud):
    photo = cloud.photo()
    arrival = cloud.upload(photo)
    assert cloud.processor().process(arrival) is Outcome.COMMITTED
    first = cloud.read(photo)
    assert cloud.processor().process(arrival) is Outcome.REPEATED
    assert cloud.read(photo) == first
    assert cloud.gallery.calls == ["search"]


def test_the_first_version_wins_and_others_are_deleted(cloud):
    photo = cloud.photo()
    first, second = cloud.upload(photo, b"one"), cloud.upload(photo, b"two")
    assert cloud.processor().process(first) is Outcome.COMMITTED
    assert cloud.processor().process(second) is Outcome.SUPERSEDED
    assert cloud.versions(photo.key) == [first.version]
    assert cloud.read(photo)[0].version == first.version


def test_an_object_without_a_record_is_left_in_place_and_marked(cloud):
    arrival = cloud.upload("uploads/recognition/rec_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ")
    assert cloud.processor().process(arrival) is Outcome.QUARANTINED
    assert cloud.tags(arrival) == {"quarantine": "true"}
    assert cloud.gallery.calls == []


@pytest.mark.parametrize(
    "key",
    [
        "uploads/",
        "uploads/recognition/",
        "uploads/recognition/../rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB",
        "uploads/recognition/rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB.jpg",
        "uploads/registration/rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB",
        "uploads/other/rec_01JDZ6V8K2M3N4P5Q6R7S8T9VB",
        "uploads/recognition/rec_01jdz6v8k2m3n4p5q6r7s8t9vb",
    ],
)
def test_a_key_that_the_service_did_not_make_is_quarantined(cloud, key):
    cloud.photo()
    arrival = cloud.upload(key)
    assert cloud.processor().process(arrival) is Outcome.QUARANTINED
    assert cloud.tags(arrival) == {"quarantine": "true"}
    assert cloud.gallery.calls == []


def test_an_unreadable_image_is_rejected_with_its_code(cloud):
    photo = cloud.photo()
    cloud.gallery.failures = [UnsupportedImageError("GIF is not supported")]
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.REJECTED
    result = result_of(cloud, photo)
    assert (result.status, result.problem.code) == (Status.REJECTED, "unsupported_image")
    assert result.calls == {Call.SEARCH: 1}


def test_a_person_erased_during_the_search_is_not_named(cloud):
    photo = cloud.photo()
    cloud.gallery.photo_matches = (Match("per_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ", 99.0),)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    assert [(face.decision, face.person_id) for face in result_of(cloud, photo).faces] == [(Decision.UNKNOWN, None)]


def test_a_person_whose_consent_ended_is_not_recognized_but_the_next_candidate_is(cloud):
    photo = cloud.photo()
    ended = cloud.person(id="per_01JDZ6V8K2M3N4P5Q6R7S8T9V1", expires_at=cloud.now() - timedelta(seconds=1))
    valid = cloud.person(id="per_01JDZ6V8K2M3N4P5Q6R7S8T9V2")
    cloud.gallery.photo_matches = (Match(ended.id, 99.0), Match(valid.id, 98.0))
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    (face,) = result_of(cloud, photo).faces
    assert (face.decision, face.person_id) == (Decision.MATCHED, valid.id)
    assert not any(sk.startswith(("SEEN#", "MENTION#")) for sk in cloud.items(f"P#{ended.id}"))


def test_people_who_may_not_be_recognized_hide_nobody_who_may(cloud):
    photo = cloud.photo()
    gone = [Match(f"per_01JDZ6V8K2M3N4P5Q6R7S8TZ{n:02}", 99.0) for n in range(8)]
    two = [cloud.person(id=f"per_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}") for n in range(2)]
    cloud.gallery.photo_matches = (*gone, *(Match(person.id, 96.0) for person in two))
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    (face,) = result_of(cloud, photo).faces
    assert face.decision is Decision.REVIEW
    assert {candidate.person_id for candidate in face.candidates} == {person.id for person in two}


def test_candidates_of_a_review_are_kept_and_can_be_found_from_each_of_them(cloud):
    photo = cloud.photo()
    both = [cloud.person(id=f"per_01JDZ6V8K2M3N4P5Q6R7S8T9V{n}") for n in range(2)]
    cloud.gallery.photo_matches = tuple(Match(person.id, 96.0) for person in both)
    cloud.processor().process(cloud.upload(photo))
    (face,) = result_of(cloud, photo).faces
    assert (face.decision, face.person_id) == (Decision.REVIEW, None)
    assert {candidate.person_id for candidate in face.candidates} == {person.id for person in both}
    for person in both:
        assert f"MENTION#{photo.id}" in cloud.items(f"P#{person.id}")


# -- several faces ------------------------------------------------------------------------------------------------


@pytest.fixture
def group(cloud, tmp_path):
    """A photo of four: the largest in the middle, three smaller ones."""
    Image.new("RGB", (1000, 500), "white").save(tmp_path / "group.jpg")
    cloud.gallery.others = tuple(DetectedFace(Box(left, 0.1, 0.1, 0.2), 95.0) for left in (0.05, 0.75, 0.88))
    return (tmp_path / "group.jpg").read_bytes()


def seen_at(box, person_id=None):
    matches = (Match(person_id, 99.0),) if person_id else ()
    return Search(DetectedFace(box, 99.0), matches, (), "7.0")


IN_THE_MIDDLE = Box(0.25, 0.25, 0.5, 0.5)


def test_every_face_is_searched_with_one_call_each(cloud, group):
    photo, person = cloud.photo(), cloud.person()
    cloud.gallery.crop_answers = [seen_at(IN_THE_MIDDLE, person.id)] * 3
    cloud.processor().process(cloud.upload(photo, group))
    result = result_of(cloud, photo)
    assert [face.n for face in result.faces] == [0, 1, 2, 3]
    assert [face.decision for face in result.faces] == [Decision.UNKNOWN] + [Decision.MATCHED] * 3
    assert cloud.gallery.calls == ["search"] * 4
    assert result.calls == {Call.SEARCH: 4}
    assert sum(sk.startswith("SEEN#") for sk in cloud.items(f"P#{person.id}")) == 1


def test_an_answer_about_another_face_than_the_one_meant_is_not_believed(cloud, group):
    photo, person = cloud.photo(), cloud.person()
    nobody = Search(None, (), (), "7.0")
    cloud.gallery.crop_answers = [seen_at(Box(0, 0, 0.2, 0.2), person.id), nobody, seen_at(Box(0.8, 0.8, 0.2, 0.2))]
    cloud.processor().process(cloud.upload(photo, group))
    decisions = [face.decision for face in result_of(cloud, photo).faces]
    assert decisions == [Decision.UNKNOWN] + [Decision.NOT_SEARCHED] * 3


def test_faces_beyond_the_limit_are_told_but_not_searched(cloud, group):
    photo = cloud.photo()
    cloud.gallery.crop_answers = [seen_at(IN_THE_MIDDLE)]
    cloud.processor(max_faces=2).process(cloud.upload(photo, group))
    decisions = [face.decision for face in result_of(cloud, photo).faces]
    assert decisions == [Decision.UNKNOWN] * 2 + [Decision.NOT_SEARCHED] * 2


def test_only_the_largest_face_is_searched_when_that_was_asked_for(cloud, group):
    photo = cloud.photo(faces_wanted="largest")
    cloud.processor().process(cloud.upload(photo, group))
    assert [face.decision for face in result_of(cloud, photo).faces] == [Decision.UNKNOWN] + [Decision.NOT_SEARCHED] * 3
    assert cloud.gallery.calls == ["search"]


def test_a_crowd_of_candidates_still_fits_into_one_transaction(cloud, group):
    photo = cloud.photo()
    crowd = [cloud.person(id=f"per_01JDZ6V8K2M3N4P5Q6R7S8T{n:03}") for n in range(60)]
    cloud.gallery.others = tuple(DetectedFace(Box(n / 12, 0.1, 0.02, 0.1), 95.0) for n in range(11))
    searched = [
        Search(
            DetectedFace(IN_THE_MIDDLE, 99.0),
            tuple(Match(person.id, 90.0 - i) for i, person in enumerate(crowd[5 * n : 5 * n + 5])),
            (),
            "7.0",
        )
        for n in range(12)
    ]
    cloud.gallery.photo_matches = searched[11].matches
    cloud.gallery.crop_answers = searched[:11]
    assert cloud.processor().process(cloud.upload(photo, group)) is Outcome.COMMITTED
    named = result_of(cloud, photo).mentions
    assert 0 < len(named) <= MAX_PEOPLE < len(crowd)
    assert all(face.decision is Decision.REVIEW and face.candidates for face in result_of(cloud, photo).faces)


# -- registration -------------------------------------------------------------------------------------------------

SOMEBODY_ELSE = "per_01JDZ6V8K2M3N4P5Q6R7S8T9ZZ"


def test_a_registration_adds_one_face_to_the_person(cloud):
    person = cloud.person()
    photo = cloud.registration(person)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.COMMITTED
    result = result_of(cloud, photo)
    assert result.registered.searchable
    assert cloud.gallery.faces == {result.registered.id: person.id}
    assert cloud.people.get(person.id).faces == 1
    kinds = {sk.partition("#")[0] for sk in cloud.items(f"P#{person.id}")}
    assert kinds == {"A", "CONSENT", "FACE", "HASH", "PHOTO"}
    assert len(cloud.versions(photo.key)) == 1


def test_a_registration_delivered_twice_adds_one_face(cloud):
    person = cloud.person()
    arrival = cloud.upload(cloud.registration(person))
    cloud.processor().process(arrival)
    assert cloud.processor().process(arrival) is Outcome.REPEATED
    assert cloud.people.get(person.id).faces == 1


def test_the_same_photo_registered_again_adds_nothing_and_is_not_kept(cloud):
    person = cloud.person()
    cloud.processor().process(cloud.upload(cloud.registration(person)))
    again = cloud.registration(person, "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VD")
    assert cloud.processor().process(cloud.upload(again)) is Outcome.COMMITTED
    result = result_of(cloud, again)
    assert result.registered is None
    assert result.duplicate_of in cloud.gallery.faces
    assert cloud.people.get(person.id).faces == 1
    assert cloud.versions(again.key) == []


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ({"photo_face": None}, "no_face"),
        ({"others": (LARGEST,)}, "multiple_faces"),
        ({"unclear": (UnsearchedFace(replace(LARGEST, box=Box(0, 0, 0.9, 0.9)), ("LOW_SHARPNESS",)),)}, "low_quality"),
        ({"photo_matches": (Match(SOMEBODY_ELSE, 99.0),)}, "duplicate_person"),
        ({"association_failure": FaceMismatchError()}, "face_mismatch"),
        ({"association_failure": DuplicatePersonError()}, "duplicate_person"),
    ],
)
def test_a_rejected_registration_leaves_neither_face_nor_photo(cloud, setting, code):
    person = cloud.person()
    cloud.person(id=SOMEBODY_ELSE)
    photo = cloud.registration(person)
    for name, value in setting.items():
        setattr(cloud.gallery, name, value)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.REJECTED
    assert result_of(cloud, photo).problem.code == code
    assert cloud.gallery.faces == {}
    assert cloud.versions(photo.key) == []
    assert cloud.people.get(person.id).faces == 0


def test_a_face_that_only_somebody_has_who_is_being_erased_is_free(cloud):
    person, former = cloud.person(), cloud.person(id=SOMEBODY_ELSE)
    cloud.gallery.photo_matches = (Match(former.id, 99.0),)
    cloud.erasures.start(former.id, Reason.REQUESTED)
    assert cloud.processor().process(cloud.upload(cloud.registration(person))) is Outcome.COMMITTED
    assert cloud.people.get(person.id).faces == 1


def test_nothing_is_indexed_once_consent_has_ended(cloud):
    person = cloud.person(expires_at=cloud.now() + timedelta(hours=1))
    photo = cloud.registration(person)
    cloud.later = timedelta(hours=2)
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.REJECTED
    assert result_of(cloud, photo).problem.code == "consent_missing"
    assert cloud.gallery.calls == []


def test_consent_that_ends_while_the_face_is_indexed_takes_the_face_back(cloud):
    person = cloud.person(expires_at=cloud.now() + timedelta(hours=1))
    photo = cloud.registration(person)
    index = cloud.gallery.index

    def index_slowly(photo):
        cloud.later = timedelta(hours=2)
        return index(photo)

    cloud.gallery.index = index_slowly
    assert cloud.processor().process(cloud.upload(photo)) is Outcome.REJECTED
    assert result_of(cloud, photo).problem.code == "consent_missing"
    assert cloud.gallery.faces == {}
    assert cloud.people.get(person.id).faces == 0


def test_a_person_with_a_hundred_faces_takes_no_more(cloud):
    person = cloud.person(faces=100)
    photo = cloud.registration(person)
    cloud.processor().process(cloud.upload(photo))
    assert result_of(cloud, photo).problem.code == "too_many_faces"


def test_a_photo_registered_by_two_workers_under_two_ids_is_kept_once(cloud):
    person = cloud.person()
    one = cloud.registration(person)
    two = cloud.registration(person, "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VD")
    arrivals = [cloud.upload(one), cloud.upload(two)]
    index = cloud.gallery.index

    def overtaken(photo):
        if photo.id == one.id:
            cloud.gallery.index = index
            cloud.processor().process(arrivals[1])
        return index(photo)

    cloud.gallery.index = overtaken
    assert cloud.processor().process(arrivals[0]) is Outcome.POSTPONED
    assert cloud.processor().process(arrivals[0]) is Outcome.COMMITTED
    assert result_of(cloud, one).duplicate_of == result_of(cloud, two).registered.id
    assert list(cloud.gallery.faces) == [result_of(cloud, two).registered.id]
    assert cloud.people.get(person.id).faces == 1


# -- busy services, and workers that die --------------------------------------------------------------------------


def test_a_throttled_photo_is_put_off_as_a_new_message_and_can_be_claimed_at_once(cloud):
    photo = cloud.photo()
    arrival = cloud.upload(photo)
    cloud.gallery.failures = [ServiceBusyError()]
    assert cloud.processor().process(arrival) is Outcome.POSTPONED
    assert cloud.messages() == 1
    assert cloud.read(photo)[0].status is Status.PROCESSING
    assert cloud.processor().process(arrival) is Outcome.COMMITTED


def test_what_was_searched_before_a_photo_was_put_off_is_counted_and_what_was_throttled_is_not(cloud, group):
    photo = cloud.photo()
    cloud.gallery.failures = [None, ServiceBusyError()]
    cloud.gallery.crop_answers = [seen_at(IN_THE_MIDDLE)] * 6
    put_off = list[Arrival]()
    postponer = type("Postponer", (), {"postpone": lambda _, arrival, delay: put_off.append(arrival)})()
    processor = cloud.processor(postponer=postponer)
    assert processor.process(cloud.upload(photo, group)) is Outcome.POSTPONED
    (again,) = arrivals(retry_event(put_off[0], bucket=BUCKET), bucket=BUCKET)
    made = sum(again.calls.values())
    assert made == cloud.gallery.calls.count("search") - 1
    assert processor.process(again) is Outcome.COMMITTED
    assert result_of(cloud, photo).calls == {Call.SEARCH: made + 4}


def test_a_photo_that_was_put_off_for_a_day_fails_and_says_so(cloud):
    photo = cloud.photo()
    arrival = replace(cloud.upload(photo), first_seen=cloud.now() - GIVE_UP_AFTER)
    cloud.gallery.failures = [ServiceBusyError()]
    assert cloud.processor().process(arrival) is Outcome.FAILED
    problem = result_of(cloud, photo).problem
    assert (problem.code, problem.retryable) == ("service_busy", True)


def test_a_claim_whose_worker_died_is_taken_over_when_its_lease_is_over(cloud):
    photo = cloud.photo()
    arrival = cloud.upload(photo)
    cloud.gallery.failures = [RuntimeError("killed")]
    with pytest.raises(RuntimeError):
        cloud.processor().process(arrival)
    assert cloud.processor().process(arrival) is Outcome.HELD
    cloud.later = LEASE + timedelta(seconds=1)
    assert cloud.processor().process(arrival) is Outcome.COMMITTED


def test_a_worker_that_was_overtaken_changes_nothing(cloud):
    photo = cloud.photo()
    arrival = cloud.upload(photo)
    search = cloud.gallery.search

    def overtaken(*args, **kwargs):
        cloud.gallery.search = search
        cloud.later = LEASE + timedelta(seconds=1)
        assert cloud.processor().process(arrival) is Outcome.COMMITTED
        return search(*args, **kwargs)

    cloud.gallery.search = overtaken
    assert cloud.processor().process(arrival) is Outcome.REPEATED


def test_a_worker_that_died_before_it_deleted_a_rejected_photo_is_made_up_for(cloud):
    person = cloud.person()
    photo = cloud.registration(person)
    arrival = cloud.upload(photo)
    cloud.gallery.photo_face = None

    class Dying(PhotoBucket):
        def delete(self, key, version):
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        cloud.processor(objects=Dying(cloud.s3, "photos")).process(arrival)
    assert cloud.versions(photo.key) == [arrival.version]
    assert cloud.processor().process(arrival) is Outcome.REPEATED
    assert cloud.versions(photo.key) == []


def test_a_busy_table_puts_the_photo_off(cloud):
    arrival = cloud.upload(cloud.photo())

    class BusyTable(Table):
        def update(self, *args, **kwargs):
            raise ServiceBusyError

    records = replace(cloud.records, table=BusyTable(cloud.dynamodb, TABLE))
    assert cloud.processor(records=records).process(arrival) is Outcome.POSTPONED
    assert cloud.messages() == 1


@pytest.mark.parametrize("most", [0, MAX_PEOPLE + 1])
def test_a_limit_of_faces_with_which_nothing_could_be_committed_is_refused_at_once(cloud, most):
    with pytest.raises(ValueError, match="max_faces"):
        cloud.processor(max_faces=most)
