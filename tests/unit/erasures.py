"""Erasures in tests: somebody with a life, a worker that is killed, and what has to be gone in the end."""

from datetime import timedelta

from domain.erasures import Counts, ErasureStatus
from domain.faces import Box, Decision, DetectedFace, Match
from domain.gallery import Search
from domain.photos import Status
from domain.recognition import Crop

from . import stored
from .gallery import LARGEST

LONG = timedelta(minutes=4)
OTHER_FACE = DetectedFace(Box(0.1, 0.1, 0.1, 0.1), 99.0)


class KilledError(BaseException):
    """The function was ended at once; no handler of exceptions in the code may notice."""


class Killer:
    """Ends the work just after the n-th call that changed something in AWS or in the gallery.

    Being killed before a call is the same as being killed after the one before it, and what only reads changes nothing:
    so these are all the states in which a worker can leave the world behind. A context manager.
    """

    def __init__(self, cloud, monkeypatch):
        self._cloud, self._points, self._changed = cloud, 0, False
        self._at_point = self._go_on
        monkeypatch.setattr(type(cloud.gallery), "_called", lambda gallery, call: self._call(call))

    def __enter__(self):
        for client in self._clients():
            client.meta.events.register("before-call.*.*", self._request, unique_id="killer")
        return self

    def __exit__(self, *_):
        for client in self._clients():
            client.meta.events.unregister("before-call.*.*", unique_id="killer")

    def run(self, work, *, at):
        """Do `work` until its point number `at`; whether it came to its end before."""

        def kill(point):
            if point == at:
                raise KilledError

        try:
            self._watch(work, kill)
        except KilledError:
            return False
        return True

    def states(self, work):
        """Do `work` to its end; what sets the world back to each state in which it could have been killed."""
        states = []
        self._watch(work, lambda _: states.append(snapshot(self._cloud)))
        return states

    def _watch(self, work, at_point):
        self._points, self._changed, self._at_point = 0, True, at_point
        try:
            work()
        finally:
            self._at_point = self._go_on

    def _go_on(self, point):
        """Nothing is done at a point."""

    def _request(self, model, **_):
        self._call(model.name)

    def _call(self, name):
        if self._changed:
            self._at_point(self._points)
            self._points += 1
        self._changed = not name.startswith(("Get", "List", "Query", "BatchGet", "faces_", "any_", "search"))

    def _clients(self):
        return self._cloud.dynamodb, self._cloud.s3, self._cloud.sqs


def snapshot(cloud):
    """What sets the world back to how it is now."""
    people, faces, restore_stored = set(cloud.gallery.people), dict(cloud.gallery.faces), stored.snapshot()

    def restore():
        restore_stored()
        cloud.gallery.people, cloud.gallery.faces = set(people), dict(faces)

    return restore


def everything(cloud):
    """All that is stored anywhere."""
    return stored.items(), stored.versions(), cloud.gallery.people, cloud.gallery.faces


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
