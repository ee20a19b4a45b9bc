"""A human's decision about a face: kept beside the service's own, counting instead of it, all or nothing."""

import itertools
from datetime import timedelta

import pytest

from adapters.photo_items import result_item
from adapters.photo_register import PhotoRegisterTable
from adapters.pointers import pointers
from adapters.review_commits import ReviewCommitsTable
from adapters.table import CONFLICT_ATTEMPTS
from domain import reviews, times
from domain.errors import AuditUnavailableError
from domain.faces import Box, Decision, DetectedFace, Match, RecognizedFace
from domain.gallery import Search
from domain.ids import Kind, new_id
from domain.photos import Purpose, Result, Status
from domain.processing import Outcome
from domain.recognition import MAX_PEOPLE
from domain.reviews import MAX_NAMED
from handlers.api import context

from .conftest import as_operator
from .gallery import LARGEST

ADA, GRACE, ELSE = (f"per_01JDZ6V8K2M3N4P5Q6R7S8T9{end}" for end in ("VA", "VZ", "VX"))
SMALLER = DetectedFace(Box(0.1, 0.1, 0.1, 0.1), 98.0)
MATCHED, UNCERTAIN, NOBODY = (Match(ADA, 99),), (Match(ADA, 90), Match(GRACE, 85)), ()


@pytest.fixture
def known(cloud):
    cloud.person(), cloud.person("Grace Hopper", id=GRACE), cloud.person("Somebody Else", id=ELSE)


@pytest.fixture
def recognized(cloud, known):
    """Makes photos of user-1's whose largest face resembles these people, and whose other face those."""

    def make(matches, others=None):
        photo = cloud.photo(new_id(Kind.RECOGNITION, cloud.now()))
        cloud.gallery.photo_matches = matches
        cloud.gallery.others = () if others is None else (SMALLER,)
        if others is not None:
            cloud.gallery.crop_answers = [Search(SMALLER, others, (), "7.0")]
        crop = type("Crop", (), {"content": b"crop", "expected": SMALLER.box})()
        objects = type("Objects", (), {"crops": lambda *_args, **_options: [crop]})()
        assert cloud.processor(objects=objects).process(cloud.upload(photo)) is Outcome.COMMITTED
        return photo

    return make


@pytest.fixture
def review(call):
    """Decides about a face as an operator; the answer is (status, body, headers)."""

    def decide(photo, person_id=None, n=0, **who):
        decision = {"decision": "matched", "personId": person_id} if person_id else {"decision": "unknown"}
        return as_operator(call)("POST", f"/recognitions/{photo.id}/faces/{n}/review", decision, **who)

    return decide


def leads_to(cloud, photo):
    """By person, what leads from them to the photo."""
    return {
        person_id: found
        for person_id in (ADA, GRACE, ELSE)
        if (
            found := [
                sk.partition("#")[0]
                for sk in cloud.items(f"P#{person_id}")
                if sk.endswith(photo.id) and sk.startswith(("SEEN#", "MENTION#"))
            ]
        )
    }


def work_list(call):
    status, body, _ = as_operator(call)("GET", "/recognitions", query={"decision": "review"})
    assert status == 200
    assert body["nextCursor"] is None
    return [item["id"] for item in body["items"]]


# -- the decision ---------------------------------------------------------------------------------------------------


def test_the_decision_stands_beside_the_services_own_with_who_and_when(call, cloud, recognized, review):
    photo, before = recognized(UNCERTAIN), times.now()
    status, answer, _ = review(photo, GRACE)
    assert status == 200
    (face,) = answer["faces"]
    assert (face["decision"], face["personId"], face["similarity"]) == ("review", None, 90)
    assert [candidate["name"] for candidate in face["candidates"]] == ["Ada Lovelace", "Grace Hopper"]
    at = times.from_text(face["review"].pop("at"))
    assert before - timedelta(seconds=1) < at < times.now() + timedelta(seconds=1)
    assert face["review"] == {
        "decision": "matched",
        "personId": GRACE,
        "name": "Grace Hopper",
        "by": "operator-1",
    }
    read = as_operator(call)("GET", f"/recognitions/{photo.id}")[1]
    assert read["faces"][0]["review"]["personId"] == GRACE


@pytest.mark.parametrize("machine", [MATCHED, UNCERTAIN, NOBODY], ids=["matched", "review", "unknown"])
@pytest.mark.parametrize("decisions", list(itertools.permutations([ADA, ELSE, None], 2)))
def test_whoever_is_somebody_has_one_sighting_and_whoever_is_named_one_mention(
    cloud, recognized, review, machine, decisions
):
    photo = recognized(machine)
    for person_id in decisions:
        assert review(photo, person_id)[0] == 200
        named = {match.person_id for match in machine}
        expected = {other: ["MENTION"] for other in named} | ({person_id: ["SEEN"]} if person_id else {})
        assert leads_to(cloud, photo) == expected


def test_a_person_on_two_faces_is_seen_as_long_as_one_of_them_is_theirs(cloud, recognized, review):
    photo = recognized(MATCHED, others=UNCERTAIN)
    assert leads_to(cloud, photo) == {ADA: ["SEEN"], GRACE: ["MENTION"]}
    assert review(photo, ADA, n=1)[0] == review(photo, None, n=0)[0] == 200
    assert leads_to(cloud, photo) == {ADA: ["SEEN"], GRACE: ["MENTION"]}
    assert review(photo, GRACE, n=1)[0] == 200
    assert leads_to(cloud, photo) == {ADA: ["MENTION"], GRACE: ["SEEN"]}


def test_a_sighting_by_a_human_says_so_and_expires_with_the_result(cloud, recognized, review):
    photo = recognized(UNCERTAIN)
    review(photo, ADA)
    (sk,) = (sk for sk in cloud.items(f"P#{ADA}") if sk.startswith("SEEN#"))
    sighting = cloud.table.get(f"P#{ADA}", sk)
    assert (sighting["n"], sighting["similarity"], sighting["reviewed"]) == (0, 90, True)
    assert sighting["ttl"] == cloud.table.get(f"R#{photo.id}", "RESULT")["ttl"]
    review(photo, ELSE)
    (sk,) = (sk for sk in cloud.items(f"P#{ELSE}") if sk.startswith("SEEN#"))
    assert "similarity" not in cloud.table.get(f"P#{ELSE}", sk)  # the service saw no likeness


def test_deciding_again_changes_nothing_and_deciding_otherwise_takes_its_place(cloud, recognized, review):
    photo = recognized(UNCERTAIN)
    first = review(photo, ADA)[1]["faces"][0]["review"]
    again = review(photo, ADA, sub="operator-2")[1]["faces"][0]["review"]
    assert again == first
    other = review(photo, None, sub="operator-2")[1]["faces"][0]["review"]
    assert (other["decision"], other["personId"], other["by"]) == ("unknown", None, "operator-2")
    assert cloud.read(photo)[1].revision == 2


def test_a_plain_user_sees_the_decision_but_not_for_whom(call, cloud, recognized, review):
    photo = recognized(UNCERTAIN)
    review(photo, ADA)
    (face,) = call("GET", f"/recognitions/{photo.id}")[1]["faces"]
    assert (face["review"]["decision"], face["review"]["personId"], face["review"]["name"]) == ("matched", None, None)
    cloud.table.put({"pk": "U#user-1", "sk": "A", "personId": ADA}, condition="attribute_not_exists(pk)")
    (face,) = call("GET", f"/recognitions/{photo.id}")[1]["faces"]
    assert face["review"]["name"] == "Ada Lovelace"


# -- the work list --------------------------------------------------------------------------------------------------


def test_what_waits_for_a_human_is_listed_until_every_face_is_decided(call, recognized, review):
    recognized(MATCHED), recognized(NOBODY)
    one, two = recognized(UNCERTAIN), recognized(UNCERTAIN, others=UNCERTAIN)
    assert work_list(call) == [two.id, one.id]
    review(two, ADA, n=1)
    assert work_list(call) == [two.id, one.id]
    review(two, None, n=0)
    assert work_list(call) == [one.id]
    review(one, GRACE)
    assert work_list(call) == []


def test_the_list_is_by_the_decision_that_counts(call, recognized, review):
    photo = recognized(UNCERTAIN)
    review(photo, GRACE)

    def found(**query):
        return [item["id"] for item in as_operator(call)("GET", "/recognitions", query=query)[1]["items"]]

    assert found(decision="matched") == found(personId=GRACE) == [photo.id]
    assert found(decision="unknown") == found(personId=ADA) == []
    review(photo, None)
    assert found(decision="unknown") == [photo.id]
    assert found(personId=GRACE) == []


def test_candidates_find_what_waits_for_a_human(call, recognized):
    photo = recognized(UNCERTAIN)

    def found(person_id):
        query = {"decision": "review", "personId": person_id}
        return [item["id"] for item in as_operator(call)("GET", "/recognitions", query=query)[1]["items"]]

    assert (found(ADA), found(GRACE), found(ELSE)) == ([photo.id], [photo.id], [])


def test_a_deleted_recognition_waits_for_nobody(call, recognized, review):
    photo = recognized(UNCERTAIN)
    review(recognized(UNCERTAIN), ADA)
    assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
    assert work_list(call) == []


def test_the_fullest_result_fits_into_one_transaction(cloud):
    people = [f"per_{n:026}" for n in range(MAX_PEOPLE)]
    for person_id in people:
        cloud.person(id=person_id)
    photo = cloud.photo()
    arrival = cloud.upload(photo)
    claimed = cloud.records.claim(Purpose.RECOGNITION, photo.id, arrival, now=cloud.now(), until=cloud.now()).photo
    faces = tuple(
        RecognizedFace(n, Box(0, 0, 1, 1), 99, Decision.REVIEW, None, 90, (Match(person_id, 90),))
        for n, person_id in enumerate(people)
    )
    assert cloud.records.commit(claimed, Result(Status.SUCCEEDED, cloud.now(), faces=faces))


def test_the_recognition_that_names_the_most_people_can_be_deleted(call, cloud):
    photo = cloud.photo()
    faces = tuple(
        RecognizedFace(n, Box(0, 0, 1, 1), 99, Decision.MATCHED, f"per_{n:026}", 99) for n in range(MAX_NAMED)
    )
    result = Result(Status.SUCCEEDED, cloud.now(), faces=faces)
    for item in (result_item(photo, result), *pointers(photo, result).values()):
        cloud.table.put(item | {"ttl": int(cloud.now().timestamp()) + 60})
    assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
    assert cloud.items(f"P#{faces[0].person_id}") == set()


# -- refusals -------------------------------------------------------------------------------------------------------


def test_a_photo_names_no_more_people_than_can_be_deleted_with_it(recognized, review, monkeypatch):
    monkeypatch.setattr(reviews, "MAX_NAMED", 2)
    photo = recognized(UNCERTAIN, NOBODY)
    status, problem, _ = review(photo, ELSE, n=1)
    assert (status, problem["code"]) == (422, "invalid_request")
    assert review(photo, ADA, n=1)[0] == 200


def test_only_operators_decide(call, recognized):
    photo = recognized(UNCERTAIN)
    status, problem, _ = call("POST", f"/recognitions/{photo.id}/faces/0/review", {"decision": "unknown"})
    assert (status, problem["code"]) == (403, "forbidden")
    assert call("GET", f"/recognitions/{photo.id}")[1]["faces"][0]["review"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "matched"},
        {"decision": "matched", "personId": "per_nobody"},
        {"decision": "unknown", "personId": ADA},
        {"decision": "review"},
        {"decision": "matched", "personId": ""},
        {},
    ],
)
def test_a_decision_that_means_nothing_is_refused(call, cloud, recognized, body):
    photo = recognized(UNCERTAIN)
    status, problem, _ = as_operator(call)("POST", f"/recognitions/{photo.id}/faces/0/review", body)
    assert (status, problem["code"]) == (422, "invalid_request")
    assert cloud.read(photo)[1].revision == 0


@pytest.mark.parametrize(("photo_id", "n"), [("{id}", "1"), ("{other}", "0"), ("rec_x", "0")])
def test_a_face_that_is_not_there_is_not_found(call, cloud, recognized, photo_id, n):
    photo, other = recognized(UNCERTAIN), cloud.photo()
    path = f"/recognitions/{photo_id.format(id=photo.id, other=other.id)}/faces/{n}/review"
    assert as_operator(call)("POST", path, {"decision": "unknown"})[0] == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires_at": times.now() - timedelta(days=1)}, "consent_missing"),
        ({"status": "erasing"}, "person_erasing"),
    ],
)
def test_nobody_is_recognized_without_consent_or_while_they_are_erased(cloud, recognized, review, changes, code):
    photo = recognized(UNCERTAIN)
    cloud.person(id="per_01JDZ6V8K2M3N4P5Q6R7S8T9VY", **changes)
    status, problem, _ = review(photo, "per_01JDZ6V8K2M3N4P5Q6R7S8T9VY")
    assert (status, problem["code"]) == (409, code)
    assert cloud.read(photo)[1].revision == 0


def erasing(cloud, person_id):
    cloud.table.update(
        f"P#{person_id}", "A", "SET #s = :e", condition="attribute_exists(pk)", names={"#s": "status"},
        arguments={":e": "erasing"},
    )  # fmt: skip


@pytest.mark.parametrize("whom", [ADA, ELSE], ids=["the one recognized before", "the one decided for"])
def test_nothing_new_leads_to_a_photo_from_somebody_who_is_being_erased(cloud, recognized, review, monkeypatch, whom):
    photo = recognized(MATCHED)
    before = leads_to(cloud, photo)
    write = ReviewCommitsTable.review

    def after_the_erasure_has_begun(self, *args, **kwargs):
        erasing(cloud, whom)
        return write(self, *args, **kwargs)

    monkeypatch.setattr(ReviewCommitsTable, "review", after_the_erasure_has_begun)
    status, problem, _ = review(photo, ELSE)
    assert (status, problem["code"]) in {(503, "service_busy"), (409, "person_erasing")}
    assert leads_to(cloud, photo) == before
    assert cloud.read(photo)[1].revision == 0


# -- at the same time, and half-way ---------------------------------------------------------------------------------


def test_of_two_decisions_at_once_the_later_one_builds_on_the_other(cloud, recognized, review, monkeypatch):
    photo = recognized(UNCERTAIN, others=UNCERTAIN)
    write, other = ReviewCommitsTable.review, iter([ADA])

    def after_another(self, *args, **kwargs):
        for person_id in other:
            assert review(photo, person_id, n=1, sub="operator-2")[0] == 200
        return write(self, *args, **kwargs)

    monkeypatch.setattr(ReviewCommitsTable, "review", after_another)
    assert review(photo, ADA, n=0)[0] == 200
    result = cloud.read(photo)[1]
    assert [face.review.by for face in result.faces] == ["operator-1", "operator-2"]
    assert leads_to(cloud, photo) == {ADA: ["SEEN"], GRACE: ["MENTION"]}


def test_a_recognition_that_is_deleted_meanwhile_stays_deleted(call, cloud, recognized, review, monkeypatch):
    photo = recognized(UNCERTAIN)
    write = ReviewCommitsTable.review

    def after_the_deletion(self, *args, **kwargs):
        assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
        return write(self, *args, **kwargs)

    monkeypatch.setattr(ReviewCommitsTable, "review", after_the_deletion)
    assert review(photo, ADA)[0] == 404
    assert leads_to(cloud, photo) == {}
    assert cloud.items(f"R#{photo.id}") == {"A"}


def test_a_decision_while_the_photo_is_deleted_is_deleted_with_it(call, cloud, recognized, review, monkeypatch):
    photo = recognized(UNCERTAIN)
    read, decisions = PhotoRegisterTable.get, iter([ELSE])

    def read_and_decide(self, *args, **kwargs):
        found = read(self, *args, **kwargs)
        for person_id in decisions:
            assert review(photo, person_id)[0] == 200
        return found

    monkeypatch.setattr(PhotoRegisterTable, "get", read_and_decide)
    assert call("DELETE", f"/recognitions/{photo.id}")[0] == 204
    assert leads_to(cloud, photo) == {}
    assert cloud.items(f"R#{photo.id}") == {"A"}


def test_a_recognition_that_keeps_changing_is_to_be_decided_later(recognized, review, monkeypatch):
    photo, tries = recognized(UNCERTAIN), []

    def changed_meanwhile(*args, **kwargs):
        tries.append(args)
        return False

    monkeypatch.setattr(ReviewCommitsTable, "review", changed_meanwhile)
    status, problem, _ = review(photo, ADA)
    assert (status, problem["code"], problem["retryable"]) == (503, "service_busy", True)
    assert 1 < len(tries) < CONFLICT_ATTEMPTS


def test_without_the_audit_nothing_is_decided(cloud, recognized, review, monkeypatch):
    photo = recognized(UNCERTAIN)

    def unavailable(*args):
        raise AuditUnavailableError

    monkeypatch.setattr(type(context.wired().audit), "record", unavailable)
    status, problem, _ = review(photo, ADA)
    assert (status, problem["code"]) == (503, "audit_unavailable")
    assert cloud.read(photo)[1].revision == 0


def test_who_decided_about_whom_is_recorded(call, recognized, review):
    photo = recognized(UNCERTAIN)
    review(photo, ELSE)
    for person_id in (ADA, GRACE, ELSE):
        entries = call("GET", "/audit", query={"personId": person_id}, groups="[admin]")[1]["items"]
        source = f"POST /recognitions/{photo.id}/faces/0/review"
        assert ("operator-1", "reviewed", source) in {(e["actor"], e["action"], e["source"]) for e in entries}


def test_the_largest_face_is_the_first(recognized, review):
    photo = recognized(UNCERTAIN, others=NOBODY)
    faces = review(photo, ADA, n=0)[1]["faces"]
    assert [face["box"]["width"] for face in faces] == [LARGEST.box.width, SMALLER.box.width]
    assert [face["review"] is None for face in faces] == [False, True]
