"""What the handlers do, each as a preparation and an act that can be done again: by a message that comes again, or by a
client that repeats its request. An act tells whether it came to its end.
"""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PIL import Image

from domain import times
from domain.photos import Purpose
from tests.faults.fake_rekognition import Face, picture
from tests.faults.world import World

ADA, BOB = "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA", "per_01JDZ6V8K2M3N4P5Q6R7S8T9VB"
REC, REG, VER = (f"{kind}_01JDZ6V8K2M3N4P5Q6R7S8T9VC" for kind in ("rec", "reg", "ver"))
FIRST = "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VD"
CONSENT = {"purpose": "access control", "textVersion": "2026-01", "givenAt": "2026-01-02T03:04:05Z"}

Act = Callable[[], bool]


def registered(world: World, person_id: str = ADA, name: str = "ada", photo_id: str = FIRST) -> None:
    """Somebody who has one face."""
    world.person(person_id, name.title())
    photo = world.photo(photo_id, Purpose.REGISTRATION, person_id)
    assert world.deliver(world.upload(photo.key, picture(name)))


def recognized(world: World, *names: str, photo_id: str = REC) -> None:
    """A photo on which these people were recognized."""
    photo = world.photo(photo_id, Purpose.RECOGNITION)
    assert world.deliver(world.upload(photo.key, picture(*names)))


def jpeg(*names: str) -> bytes:
    """A photo of these people that can be cut."""
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "grey").save(out, "JPEG")
    return picture(*names, beginning=out.getvalue())


def a_photo_is_recognized(world: World) -> Act:
    registered(world)
    event = world.upload(world.photo(REC, Purpose.RECOGNITION).key, picture("ada"))
    return lambda: world.deliver(event)


def a_group_is_recognized(world: World) -> Act:
    registered(world)
    event = world.upload(world.photo(REC, Purpose.RECOGNITION).key, jpeg("ada", "bob", "eve"))
    return lambda: world.deliver(event)


def a_face_is_registered(world: World) -> Act:
    world.person(ADA, "Ada")
    event = world.upload(world.photo(REG, Purpose.REGISTRATION, ADA).key, picture("ada"))
    return lambda: world.deliver(event)


def a_registration_is_refused(world: World) -> Act:
    world.person(ADA, "Ada")
    event = world.upload(world.photo(REG, Purpose.REGISTRATION, ADA).key, picture())
    return lambda: world.deliver(event)


def somebody_elses_face_is_not_registered(world: World) -> Act:
    registered(world)
    world.person(BOB, "Bob")
    event = world.upload(world.photo(REG, Purpose.REGISTRATION, BOB).key, picture("ada"))
    return lambda: world.deliver(event)


def the_same_photo_is_registered_again(world: World) -> Act:
    registered(world)
    event = world.upload(world.photo(REG, Purpose.REGISTRATION, ADA).key, picture("ada"))
    return lambda: world.deliver(event)


def a_claim_is_verified(world: World) -> Act:
    registered(world)
    event = world.upload(world.photo(VER, Purpose.VERIFICATION, ADA).key, picture("ada"))
    return lambda: world.deliver(event)


def a_second_version_comes(world: World) -> Act:
    photo = world.photo(REC, Purpose.RECOGNITION)
    assert world.deliver(world.upload(photo.key, picture()))
    event = world.upload(photo.key, picture("ada"))
    return lambda: world.deliver(event)


def an_object_nobody_asked_for_comes(world: World) -> Act:
    event = world.upload(f"uploads/recognition/{REC}", picture("ada"))
    return lambda: world.deliver(event)


def a_photo_is_put_off(world: World) -> Act:
    """Once: when it comes up again nobody is busy any more."""
    registered(world)
    event = world.upload(world.photo(REC, Purpose.RECOGNITION).key, picture("ada"))
    tries = iter((True, True))  # the SDK tries twice
    world.busy = lambda operation: operation == "SearchUsersByImage" and next(tries, False)
    return lambda: world.deliver(event)


def a_photo_is_recognized_at_once(world: World) -> Act:
    registered(world)
    return _requested(world, "POST", "/recognitions/immediate", photo=jpeg("ada"), key="one", handler="immediate")


def a_person_is_erased(world: World) -> Act:
    """With a face, a photo that shows only them, one that shows somebody else too, and a verification."""
    registered(world)
    registered(world, BOB, "bob", "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VE")
    recognized(world, "ada")
    recognized(world, "bob", photo_id="rec_01JDZ6V8K2M3N4P5Q6R7S8T9VF")
    photo = world.photo(VER, Purpose.VERIFICATION, ADA)
    assert world.deliver(world.upload(photo.key, picture("ada")))
    status, _ = world.request("DELETE", f"/people/{ADA}")
    assert status == 202
    [message] = world.messages("erasures")
    return lambda: world.deliver(message, to="erasures")


def an_erasure_meets_a_registration_that_was_cut_short(world: World) -> Act:
    """Its worker has stored the vector, and died before it could record it."""
    world.person(ADA, "Ada")
    event = world.upload(world.photo(REG, Purpose.REGISTRATION, ADA).key, picture("ada"))
    _die_after(world, "rekognition.IndexFaces", lambda: world.deliver(event))
    status, _ = world.request("DELETE", f"/people/{ADA}")
    assert status == 202
    world.later += timedelta(minutes=2)
    [message] = world.messages("erasures")
    return lambda: world.deliver(message, to="erasures")


def the_schedule_looks_after_erasures(world: World) -> Act:
    """One is forgotten, and one has to begin because consent has ended."""
    registered(world)
    world.person(BOB, "Bob", expires_at=times.now() + timedelta(minutes=1))
    world.request("DELETE", f"/people/{ADA}")
    world.messages("erasures")
    world.later += timedelta(hours=1)

    def act() -> bool:
        world.handler("erasures")({})
        return True

    return act


def everything_is_reconciled(world: World) -> Act:
    registered(world)
    for number in range(3):
        gone, photo = f"per_01JDZ6V8K2M3N4P5Q6R7S8T9{number}A", f"reg_01JDZ6V8K2M3N4P5Q6R7S8T9{number}B"
        world.rekognition.users.add(gone)
        world.rekognition.faces[f"00000000-0000-0000-0000-00000000000{number}"] = Face("eve", photo, gone)
    world.later += timedelta(days=20)

    def act() -> bool:
        return bool(world.handler("reconciliation")({"mostPercent": 100})["ending"] == "done")

    return act


def an_ending_is_announced(world: World) -> Act:
    registered(world)
    recognized(world, "ada")
    with world.quiet():
        found = world.table.client.get_item(TableName="faces", Key={"pk": {"S": f"R#{REC}"}, "sk": {"S": "RESULT"}})
    item = found["Item"]
    keys = {name: item[name] for name in ("pk", "sk")}
    change = {"Keys": keys, "NewImage": item, "SequenceNumber": "1"}
    record = {"eventName": "INSERT", "dynamodb": change}

    def act() -> bool:
        world.handler("events")({"Records": [record]})
        return True

    return act


def a_person_is_added(world: World) -> Act:
    body = {"name": "Ada Lovelace", "consent": CONSENT, "externalRef": "badge-1"}
    return _requested(world, "POST", "/people", body, key="one")


def a_person_is_changed(world: World) -> Act:
    registered(world)
    return _requested(world, "PATCH", f"/people/{ADA}", {"name": "Augusta Ada"}, headers={"if-match": "*"})


def the_erasure_of_a_person_is_asked_for(world: World) -> Act:
    registered(world)
    return _requested(world, "DELETE", f"/people/{ADA}")


def an_upload_to_register_is_asked_for(world: World) -> Act:
    world.person(ADA, "Ada")
    return _requested(world, "POST", f"/people/{ADA}/faces", {"contentType": "image/jpeg"}, key="one")


def an_upload_to_verify_is_asked_for(world: World) -> Act:
    registered(world)
    return _requested(world, "POST", f"/people/{ADA}/verifications", {"contentType": "image/jpeg"}, key="one")


def an_upload_to_recognize_is_asked_for(world: World) -> Act:
    return _requested(world, "POST", "/recognitions", {"contentType": "image/jpeg"}, key="one")


def a_face_is_removed(world: World) -> Act:
    registered(world)
    _, body = world.request("GET", f"/people/{ADA}/faces")
    return _requested(world, "DELETE", f"/people/{ADA}/faces/{body['items'][0]['id']}")


def a_recognition_is_deleted(world: World) -> Act:
    registered(world)
    recognized(world, "ada")
    return _requested(world, "DELETE", f"/recognitions/{REC}")


def a_human_decides(world: World) -> Act:
    registered(world)
    registered(world, BOB, "bob", "reg_01JDZ6V8K2M3N4P5Q6R7S8T9VE")
    recognized(world, "ada")
    decision = {"decision": "matched", "personId": BOB}
    return _requested(world, "POST", f"/recognitions/{REC}/faces/0/review", decision)


def _requested(world: World, method: str, path: str, body: Any = None, **options: Any) -> Act:
    """A client that repeats its request until it gets an answer that is final."""

    def act() -> bool:
        status, answer = world.request(method, path, body, **options)
        return status < 500 and answer.get("code") not in {"request_in_progress", "too_many_requests"}

    return act


def _die_after(world: World, call: str, act: Act) -> None:
    world.arm(lambda operation, side: (operation, side) == (call, "after"))
    assert not world.survives(act)


SCENARIOS: tuple[Callable[[World], Act], ...] = (
    a_photo_is_recognized,
    a_group_is_recognized,
    a_face_is_registered,
    a_registration_is_refused,
    somebody_elses_face_is_not_registered,
    the_same_photo_is_registered_again,
    a_claim_is_verified,
    a_second_version_comes,
    an_object_nobody_asked_for_comes,
    a_photo_is_put_off,
    a_photo_is_recognized_at_once,
    a_person_is_erased,
    an_erasure_meets_a_registration_that_was_cut_short,
    the_schedule_looks_after_erasures,
    everything_is_reconciled,
    an_ending_is_announced,
    a_person_is_added,
    a_person_is_changed,
    the_erasure_of_a_person_is_asked_for,
    an_upload_to_register_is_asked_for,
    an_upload_to_verify_is_asked_for,
    an_upload_to_recognize_is_asked_for,
    a_face_is_removed,
    a_recognition_is_deleted,
    a_human_decides,
)
