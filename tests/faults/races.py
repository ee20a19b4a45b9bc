"""Somebody is erased while all the rest goes on: everything that may meet an erasure, in any order, by hypothesis.

The model is small: who there is, whom an erasure has begun for, and which photos and messages are on their way. What it
is held against are promises: nobody comes back, nothing of them is left, nobody is known without consent, receipts are
true.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from domain import times
from tests.faults.fake_rekognition import picture
from tests.faults.scenarios import CONSENT
from tests.faults.world import BUCKET, World

LATER = timedelta(days=20)  # when a reconciliation may delete everything that stands for nobody
CALLS = st.integers(0, 30)  # at which call a worker dies


@dataclass
class Somebody:
    """A person of the model; `name` and `face` are found nowhere else.

    Attributes:
        erasure: Its id, once it was asked for.
        begun: Whether it has begun, also because consent was withdrawn.
        led_here: Sightings and mentions when it began; None once a human has changed some of them.
    """

    id: str
    name: str
    face: str
    erasure: str | None = None
    begun: bool = False
    led_here: int | None = None


@dataclass
class Event:
    """A message for the photo processor."""

    body: dict[str, Any]


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
        return self.upload(f"/people/{person.id}/faces", person.face)

    @rule(target=events, person=people)
    def uploads_to_verify(self, person: Somebody) -> Any:
        return self.upload(f"/people/{person.id}/verifications", person.face)

    @rule(target=recognitions, person=people, other=people)
    def uploads_to_recognize(self, person: Somebody, other: Somebody) -> Any:
        """A photo of two, which are perhaps the same."""
        event = self.upload("/recognitions", person.face, *([other.face] if other is not person else []))
        return event if isinstance(event, Event) else multiple()

    def upload(self, path: str, *faces: str) -> Any:
        status, answer = self.world.request("POST", path, {"contentType": "image/jpeg"})
        if status != 201:
            return multiple()
        event = Event(self.world.upload(answer["upload"]["fields"]["key"], picture(*faces)))
        self.sent.append(event)
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
        put_off = event.body | {"retry": {"attempt": 3, "firstSeen": times.to_text(times.now())}}
        self.world.put_back("photos", {"requestPayload": event.body} if direct else put_off)
        for body in self.world.messages("uploads"):
            self.world.deliver(body)

    @rule(person=people)
    def an_erasure_is_put_back_from_the_dead_letters(self, person: Somebody) -> None:
        if person.erasure:
            self.world.put_back("erasures", {"erasureId": person.erasure})

    @rule(event=recognitions, person=people)
    def is_reviewed(self, event: Event, person: Somebody) -> None:
        key = event.body["Records"][0]["s3"]["object"]["key"]
        path = f"/recognitions/{key.rpartition('/')[2]}/faces/0/review"
        status, _ = self.world.request("POST", path, {"decision": "matched", "personId": person.id})
        if status == 200:
            for somebody in self.everybody:
                somebody.led_here = None

    @rule(person=people)
    def withdraws_consent(self, person: Somebody) -> None:
        self.note(person)
        path, headers = f"/people/{person.id}", {"if-match": "*"}
        status, _ = self.world.request("PATCH", path, {"withdrawConsent": True}, headers=headers)
        person.begun |= status == 200

    @rule(person=people)
    def is_to_be_erased(self, person: Somebody) -> None:
        self.note(person)
        status, answer = self.world.request("DELETE", f"/people/{person.id}")
        if status == 202:
            person.erasure, person.begun = answer["id"], True

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
            assert person.begun == (person.id not in known)
            if person.begun:
                assert traces(world, items, person) == []
            if person.erasure:
                receipt = self.receipt(person)
                assert receipt["status"] == "complete"
                counted = receipt["receipt"]["sightings"] + receipt["receipt"]["mentions"]
                assert person.led_here in {None, counted}

    def receipt(self, person: Somebody) -> dict[str, Any]:
        return self.world.request("GET", f"/erasures/{person.erasure}")[1]

    def note(self, person: Somebody) -> None:
        """How many entries lead to the person, if nothing has begun yet."""
        if not person.begun:
            items = self.world.items()
            leading = ("SEEN#", "MENTION#")
            person.led_here = sum(item["pk"] == f"P#{person.id}" and item["sk"].startswith(leading) for item in items)

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
