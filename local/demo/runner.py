"""Runs the demonstration through the API, as an operator."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from client import Consent, FacesClient, Recognition, content_type_of
from local.demo.scenes import Scene, Someone
from local.errors import LocalRunError

# Nobody on these photos was asked: the text is the demonstration's own.
CONSENT_PURPOSE = "demonstration on this machine"
CONSENT_TEXT = "demonstration"
CONSENT_GIVEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What came of one photo.

    Attributes:
        scene: The photo, with the right answer.
        content: Its bytes.
        recognition: The service's answer.
        ms: Milliseconds from the begin of the upload until the result was there.
    """

    scene: Scene
    content: bytes
    recognition: Recognition
    ms: float

    @property
    def got(self) -> list[str]:
        """The names found, sorted."""
        return sorted(face.name or "?" for face in self.recognition.faces if face.decision == "matched")

    @property
    def similarity(self) -> float | None:
        """The least similarity of those who were recognized, in percent."""
        found = [face.similarity for face in self.recognition.faces if face.decision == "matched"]
        return min((similarity for similarity in found if similarity is not None), default=None)

    @property
    def decision(self) -> str:
        """What was decided of the faces, each decision once; `no_face` without any, or why there is no result."""
        if self.recognition.status != "succeeded":
            error = self.recognition.error
            return error.code if error else self.recognition.status
        decisions = dict.fromkeys(face.decision for face in self.recognition.faces)
        return "+".join(sorted(decisions)) or "no_face"

    @property
    def right(self) -> bool:
        """Whether everybody who should be was recognized, nobody else, and the strangers are strangers."""
        unknown = sum(face.decision == "unknown" for face in self.recognition.faces)
        wanted = bool(self.scene.expected or self.scene.strangers)
        return (
            self.recognition.status == "succeeded"
            and self.got == list(self.scene.expected)
            and unknown >= self.scene.strangers
            and bool(self.recognition.faces) == wanted
        )


def register(faces: FacesClient, people: Iterable[Someone], *, samples: Path) -> int:
    """Make sure that everybody is registered with a face; how many were not yet.

    Raises:
        LocalRunError: A photo was not accepted.
    """
    added = 0
    for someone in people:
        found = next(faces.people(external_ref=someone.ref), None)
        if found is None:
            consent = Consent(CONSENT_PURPOSE, CONSENT_TEXT, CONSENT_GIVEN)
            found = faces.register_person(someone.name, consent=consent, external_ref=someone.ref)
        # The list lags behind; the read of one person does not.
        if faces.person(found.id).faces:
            continue
        registration = faces.add_face(found.id, (samples / someone.photo).read_bytes())
        if registration.status != "succeeded":
            raise LocalRunError(f"{someone.photo} could not be registered: {registration.error}")
        added += 1
    return added


def recognize(faces: FacesClient, scenes: Iterable[Scene], *, samples: Path) -> Iterator[Outcome]:
    """Recognize the photos, one after the other."""
    for scene in scenes:
        content = scene.content(samples)
        begun = faces.begin_recognition(content_type=content_type_of(content))
        started = time.perf_counter()
        faces.upload(begun.upload, content)
        recognition = faces.wait_for_recognition(begun.id)
        yield Outcome(scene, content, recognition, (time.perf_counter() - started) * 1000)
