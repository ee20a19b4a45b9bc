"""Photos to be processed, and what must come of each."""

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from domain import ids, times
from domain.people import Person
from domain.photos import ID_KINDS, Photo, Purpose
from tests.endpoint.pictures import encoded, group, scaled
from tests.faults.site import Site

CROWD = {  # the photo by which somebody is registered, and others that show them
    "Barack Obama": ("obama-2005", "obama-2012", "obama-speaking"),
    "Emmanuel Macron": ("macron-2014", "macron-2025"),
    "Jacinda Ardern": ("ardern-2018", "ardern-2022"),
    "Eileen Collins": ("collins", "collins"),
}
STRANGER = "biden"
NOBODY = "rocket"
WIDTH = 160  # of the pictures, in pixels: looked at several times faster than the samples
MOST_REGISTRATIONS = 60  # of one person, who may have a hundred faces


@dataclass(frozen=True)
class Expected:
    """What must come of a version of a photo: status, problem, who is recognized, how many faces there are in all."""

    status: str = "succeeded"
    code: str | None = None
    people: frozenset[str] = frozenset()
    faces: int = 0


@dataclass
class Task:
    """One photo.

    Attributes:
        contents: What is uploaded under its key, one after the other, and what must come of that.
        versions: The same by version, once it is uploaded; the first version to be claimed counts.
        hashes: What the versions' content has as SHA-256.
    """

    photo: Photo
    contents: Sequence[tuple[bytes, Expected]]
    versions: dict[str, Expected] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)

    def upload(self, site: Site) -> list[dict[str, Any]]:
        """Make the record and put the object; S3's events about it."""
        site.add(self.photo)
        events = []
        for content, expected in self.contents:
            put = site.client("s3").put_object(Bucket=site.bucket, Key=self.photo.key, Body=content)
            self.versions[put["VersionId"]] = expected
            self.hashes[put["VersionId"]] = hashlib.sha256(content).hexdigest()
            s3_object = {"key": self.photo.key, "size": len(content), "versionId": put["VersionId"]}
            record = {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Post",
                "eventTime": times.to_text(self.photo.created_at),
                "s3": {"bucket": {"name": site.bucket}, "object": s3_object},
            }
            events.append({"Records": [record]})
        return events


class Album:
    """Makes tasks, by the dice of `chance`."""

    def __init__(self, samples: Mapping[str, bytes], people: Mapping[str, Person], chance: random.Random) -> None:
        self._people, self._chance = people, chance
        self._small = {name: encoded(scaled(content, WIDTH)) for name, content in samples.items()}
        self._pair = group([samples["obama-2012"], samples["ardern-2022"]], width=WIDTH)
        self._registrations = dict.fromkeys(CROWD, 0)
        self._count = 0

    def registration(self, name: str) -> Task:
        """Another photo of somebody's own; each has other bytes."""
        self._registrations[name] += 1
        content = self._content(self._chance.choice(CROWD[name]))
        return self._task(Purpose.REGISTRATION, (content, Expected(faces=1)), person=self._people[name])

    def tasks(self) -> Iterator[Task]:
        """A mixture of all that may come, without end."""
        makers: tuple[tuple[int, Callable[[], Task]], ...] = (
            (15, self._recognition),
            (5, self._of_two),
            (5, self._of_stranger),
            (50, self._without_face),
            (5, self._unreadable),
            (6, self._verification),
            (9, self._any_registration),
            (3, self._refused_registration),
            (2, self._of_two_versions),
        )
        weights = [weight for weight, _ in makers]
        while True:
            [(_, make)] = self._chance.choices(makers, weights)
            yield make()

    def _any_registration(self) -> Task:
        names = [name for name, count in self._registrations.items() if count < MOST_REGISTRATIONS]
        return self.registration(self._chance.choice(names)) if names else self._recognition()

    def _recognition(self) -> Task:
        return self._task(Purpose.RECOGNITION, self._shown(self._chance.choice(list(CROWD))))

    def _of_two(self) -> Task:
        people = frozenset({self._people["Barack Obama"].id, self._people["Jacinda Ardern"].id})
        return self._task(Purpose.RECOGNITION, (self._unique(self._pair), Expected(people=people, faces=2)))

    def _of_stranger(self) -> Task:
        return self._task(Purpose.RECOGNITION, (self._content(STRANGER), Expected(faces=1)))

    def _without_face(self) -> Task:
        return self._task(Purpose.RECOGNITION, (self._content(NOBODY), Expected()))

    def _unreadable(self) -> Task:
        rejected = Expected("rejected", "unsupported_image")
        return self._task(Purpose.RECOGNITION, (self._unique(b"GIF89a, or so it says"), rejected))

    def _verification(self) -> Task:
        name, shown = self._chance.choice(list(CROWD)), self._chance.choice(list(CROWD))
        content, expected = self._shown(shown)
        if name != shown:
            expected = Expected(faces=1)
        return self._task(Purpose.VERIFICATION, (content, expected), person=self._people[name])

    def _refused_registration(self) -> Task:
        person = self._people[self._chance.choice(list(CROWD))]
        content, code = self._chance.choice([(NOBODY, "no_face"), ("", "unsupported_image")])
        made = self._content(content) if content else self._unique(b"BM, or so it says")
        return self._task(Purpose.REGISTRATION, (made, Expected("rejected", code)), person=person)

    def _of_two_versions(self) -> Task:
        first, second = self._chance.sample(list(CROWD), 2)
        return self._task(Purpose.RECOGNITION, self._shown(first), self._shown(second))

    def _shown(self, name: str) -> tuple[bytes, Expected]:
        content = self._content(self._chance.choice(CROWD[name]))
        return content, Expected(people=frozenset({self._people[name].id}), faces=1)

    def _content(self, sample: str) -> bytes:
        return self._unique(self._small[sample])

    def _unique(self, content: bytes) -> bytes:
        """The same picture in other bytes: decoders stop where it ends."""
        self._count += 1
        return content + f"photo {self._count}".encode()

    def _task(self, purpose: Purpose, *contents: tuple[bytes, Expected], person: Person | None = None) -> Task:
        now = times.now() - timedelta(milliseconds=self._chance.randrange(1000))
        photo_id = ids.new_id(ID_KINDS[purpose], now)
        person_id = person.id if person else None
        return Task(Photo(photo_id, "somebody", purpose, "image/jpeg", now, person_id=person_id), contents)
