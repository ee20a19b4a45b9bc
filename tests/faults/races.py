"""Somebody is erased while all the rest goes on: everything that may meet an erasure, in any order, by hypothesis.

The model is small: who there is, whom an erasure has begun for, and which photos and messages are on their way. What it
is held against are promises: nobody comes back, nothing of them is left, nobody is known without consent, receipts are
true.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import boto3
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from adapters.photo_items import result_of
from adapters.s3_events import arrivals, retry_event
from domain import times
from tests.faults.fake_rekognition import picture
from tests.faults.scenarios import CONSENT
from tests.faults.world import BUCKET, World

LATER = timedelta(days=20)  # when a reconciliation may delete everything that stands for nobody
CALLS = st.integers(0, 30)  # at which call a worker dies


@dataclass(frozen=True)
class Held:
    """What there was of somebody when their erasure began. Nothing can be added after that.

    Attributes:
        faces: Vectors of theirs, recorded or not: all of them are removed by the erasure, for nobody else does.
        appearances: Sightings and mentions.
        kept: Photos of their own that stay until the erasure. One that was not looked at yet may go before: who is
            being erased is refused, and a refused photo is deleted at once.
        waiting: Those others.
        alone: Photos of others on which nobody else is named.
        shared: Those on which somebody else is. They go with the last one who is erased.
    """

    faces: int
    appearances: int
    kept: int
    waiting: int
    alone: int
    shared: int


@dataclass
class Somebody:
    """A person of the model; `name` and `face` are found nowhere else.

    Attributes:
        photos: Ids of their own photos, uploaded to register or to verify them.
        erasure: Its id, once it has begun: by request, or because consent was withdrawn.
        held: What there was then.
        reviewed: Whether a human has changed since then whom photos show.
    """

    id: str
    name: str
    face: str
    photos: set[str] = field(default_factory=set)
    erasure: str | None = None
    held: Held | None = None
    reviewed: bool = False


@dataclass
class Event:
    """A message for the photo processor."""

    body: dict[str, Any]

    @property
    def photo(self) -> str:
        """Its id."""
        key: str = self.body["Records"][0]["s3"]["object"]["key"]
        return key.rpartition("/")[2]


class Races(RuleBasedStateMachine):
    """One world, in which things happen."""

    people = Bundle("people")
    events = Bundle("events")
    recognitions = Bundle("recognitions")

    def __init__(self) -> None:
        super().__init__()
        self.world = World().__enter__()
        self.everybody: list[Somebody] = []
        self.sent: list[Event] = []
        self.waiting: list[dict[str, Any]] = []

    @initialize(target=people)
    def begin(self) -> Any:
        """Two people, so that there is always somebody to do something with."""
        return multiple(self.somebody(), self.somebody())

    @rule(target=people)
    def registers(self) -> Any:
        """A third one, at most a fourth."""
        return self.somebody() if len(self.everybody) < 4 else multiple()

    def somebody(self) -> Somebody:
        number = len(self.everybody)
        name, face = f"canary-name-{number}", f"canary-face-{number}"
        status, answer = self.world.request("POST", "/people", {"name": name, "consent": CONSENT})
        assert status == 201
        self.everybody.append(Somebody(answer["id"], name, face))
        return self.everybody[-1]

    @rule(target=events, person=people)
    def uploads_to_register(self, person: Somebody) -> Any:
        return self.upload(f"/people/{person.id}/faces", person.face, of=person)

    @rule(target=events, person=people)
    def uploads_to_verify(self, person: Somebody) -> Any:
        return self.upload(f"/people/{person.id}/verifications", person.face, of=person)

    @rule(target=recognitions, person=people, other=people)
    def uploads_to_recognize(self, person: Somebody, other: Somebody) -> Any:
        """A photo of two, which are perhaps the same."""
        return self.upload("/recognitions", person.face, *([other.face] if other is not person else []))

    def upload(self, path: str, *faces: str, of: Somebody | None = None) -> Any:
        status, answer = self.world.request("POST", path, {"contentType": "image/jpeg"})
        if status != 201:
            return multiple()
        event = Event(self.world.upload(answer["upload"]["fields"]["key"], picture(*faces)))
        self.sent.append(event)
        if of:
            of.photos.add(event.photo)
        return event

    @rule(event=st.one_of(events, recognitions))
    def is_processed(self, event: Event) -> None:
        """For the first time, or again."""
        self.world.deliver(event.body)

    @rule(event=st.one_of(events, recognitions), call=CALLS)
    def is_processed_by_a_worker_that_dies(self, event: Event, call: int) -> None:
        self.die_at(call, lambda: self.world.deliver(event.body))

    @rule(event=st.one_of(events, recognitions), direct=st.booleans())
    def is_put_back_from_the_dead_letters(self, event: Event, direct: bool) -> None:
        """As a message that was put off and then failed too often, or as Lambda's note about a direct invocation."""
        [arrival] = arrivals(event.body, bucket=BUCKET)
        put_off = retry_event(replace(arrival, attempt=3, first_seen=times.now()), bucket=BUCKET) if arrival else {}
        self.world.put_back("photos", {"requestPayload": event.body} if direct else put_off)
        for body in self.world.messages("uploads"):
            self.world.deliver(body)

    @rule(person=people)
    def an_erasure_is_put_back_from_the_dead_letters(self, person: Somebody) -> None:
        if person.erasure:
            self.world.put_back("erasures", {"erasureId": person.erasure})

    @rule(event=recognitions, person=people)
    def is_reviewed(self, event: Event, person: Somebody) -> None:
        path = f"/recognitions/{event.photo}/faces/0/review"
        status, _ = self.world.request("POST", path, {"decision": "matched", "personId": person.id})
        if status == 200:
            for somebody in self.everybody:
                somebody.reviewed |= somebody.held is not None

    @rule(person=people)
    def withdraws_consent(self, person: Somebody) -> None:
        held, path = self.held(person), f"/people/{person.id}"
        status, _ = self.world.request("PATCH", path, {"withdrawConsent": True}, headers={"if-match": "*"})
        if status == 200:
            [begun] = [
                item["erasureId"] for item in self.world.items() if item["pk"] == f"P#{person.id}" and item["sk"] == "A"
            ]
            self.begins(person, begun, held)

    @rule(person=people)
    def is_to_be_erased(self, person: Somebody) -> None:
        held = self.held(person)
        status, answer = self.world.request("DELETE", f"/people/{person.id}")
        if status == 202:
            self.begins(person, answer["id"], held)

    def begins(self, person: Somebody, erasure: str, held: Held) -> None:
        """An erasure, unless it has begun before."""
        assert person.erasure in {None, erasure}
        person.erasure, person.held = erasure, person.held or held

    @rule()
    def erasures_are_worked_on(self) -> None:
        for body in [*self.waiting, *self.world.messages("erasures")]:
            self.world.deliver(body, to="erasures")
        self.waiting = []

    @rule(call=CALLS)
    def erasures_are_worked_on_by_a_worker_that_dies(self, call: int) -> None:
        self.waiting += self.world.messages("erasures")
        if self.waiting:
            self.die_at(call, lambda: self.world.deliver(self.waiting[0], to="erasures"))

    @rule()
    def the_schedule_looks(self) -> None:
        self.world.handler("erasures")({})

    @rule()
    def everything_is_reconciled(self) -> None:
        self.world.handler("reconciliation")({"mostPercent": 100})

    @rule(minutes=st.sampled_from([1, 5, 20]))
    def time_goes_by(self, minutes: int) -> None:
        self.world.later += timedelta(minutes=minutes)

    @invariant()
    def nobody_erased_is_there(self) -> None:
        """Not for a moment, once an erasure is complete."""
        for person in self.everybody:
            if person.erasure and self.receipt(person)["status"] == "complete":
                assert person.id not in self.world.rekognition.users
                assert person.id not in [face.owner for face in self.world.rekognition.faces.values()]

    def teardown(self) -> None:
        try:
            if self.everybody:
                self.come_to_rest()
                self.check()
        finally:
            self.world.__exit__()

    def come_to_rest(self) -> None:
        for event in self.sent:
            self.world.later += timedelta(minutes=2)
            assert self.world.deliver(event.body)
        self.erasures_are_worked_on()
        self.world.settle()
        self.world.later += LATER
        assert self.world.handler("reconciliation")({"mostPercent": 100})["ending"] == "done"

    def check(self) -> None:
        world = self.world
        items = [item for item in world.items() if item.get("ttl", 1e12) > times.now().timestamp()]
        known = {item["id"] for item in items if item["pk"].startswith("P#") and item["sk"] == "A"}
        recorded = {item["sk"][5:]: item["pk"][2:] for item in items if item["sk"].startswith("FACE#")}
        assert {face_id: face.owner for face_id, face in world.rekognition.faces.items()} == recorded
        assert world.rekognition.users <= known
        assert {item["pk"][2:] for item in items if item["pk"].startswith("P#")} == known
        for person in self.everybody:
            assert (person.erasure is None) == (person.id in known)
            if person.held:
                assert traces(world, items, person) == []
                receipt = self.receipt(person)
                assert receipt["status"] == "complete"
                self.check_counts(receipt["receipt"], person, person.held)

    def check_counts(self, counts: dict[str, int], person: Somebody, held: Held) -> None:
        """The receipt tells what was removed; what others did meanwhile is not in it."""
        assert counts["faces"] == held.faces
        appearances = counts["sightings"] + counts["mentions"]
        others = held.alone + held.shared
        if person.reviewed:  # a human may have said of any photo that it shows somebody else
            assert appearances <= held.appearances
            assert held.kept <= counts["photos"] <= held.kept + held.waiting + others
        else:
            assert appearances == held.appearances
            assert held.kept + held.alone <= counts["photos"] <= held.kept + held.waiting + others

    def receipt(self, person: Somebody) -> dict[str, Any]:
        return self.world.request("GET", f"/erasures/{person.erasure}")[1]

    def held(self, person: Somebody) -> Held:
        """What there is of somebody now."""
        items, there = self.world.items(), {version["Key"].rpartition("/")[2] for version in self.world.objects()}
        leading = [
            item["photoId"]
            for item in items
            if item["pk"] == f"P#{person.id}" and item["sk"].startswith(("SEEN#", "MENTION#"))
        ]
        names = {item["pk"][2:]: result_of(item).mentions for item in items if item["sk"] == "RESULT"}
        others = [photo for photo in leading if photo not in person.photos]
        alone = sum(names[photo] == {person.id} for photo in others)
        discarded = {item["pk"][2:] for item in items if item.get("discarded")}
        kept = (person.photos & there & names.keys()) - discarded
        return Held(
            faces=sum(face.photo in person.photos for face in self.world.rekognition.faces.values()),
            appearances=len(leading),
            kept=len(kept),
            waiting=len(person.photos & there - kept),
            alone=alone,
            shared=len(others) - alone,
        )

    def die_at(self, call: int, act: Any) -> None:
        calls = iter(range(call, -1, -1))
        self.world.arm(lambda _operation, side: side == "after" and next(calls, None) == 0)
        self.world.survives(act)


def traces(world: World, items: list[dict[str, Any]], person: Somebody) -> list[str]:
    """Where anything of somebody is: their name, their id, the bytes of photos that show only them.

    The audit keeps ids, which lead to nobody any more, until its own time is over.
    """
    places = {f"item {item['pk']} {item['sk']}": repr(item) for item in items if not item["pk"].startswith("AUDIT#")}
    places |= {f"event {n}": repr(entry) for n, entry in enumerate(world.published)}
    places |= {"collection": repr((world.rekognition.users, world.rekognition.faces))}
    messages = world.messages("uploads") + world.messages("erasures")
    places |= {f"message {n}": repr(body) for n, body in enumerate(messages)}
    with world.quiet():
        for version in world.objects():
            if version["Key"].startswith("uploads/recognition/"):
                continue  # until it expires, one may show somebody who was not recognized on it
            found = boto3.client("s3").get_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
            places[f"object {version['Key']}"] = found["Body"].read().decode(errors="replace")
    return [
        place for place, text in places.items() if any(mark in text for mark in (person.name, person.face, person.id))
    ]
