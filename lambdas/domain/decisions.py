"""The one place that decides whether a face is somebody."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.faces import Decision, DetectedFace, Match, RecognizedFace

MAX_CANDIDATES = 5


@dataclass(frozen=True)
class DecisionPolicy:
    """Thresholds of similarity in percent, 0 to 100.

    Attributes:
        match_threshold: At or above it a face is the person, if it is so for exactly one person.
        review_threshold: At or above it, but below `match_threshold`, a human has to look.
    """

    match_threshold: float
    review_threshold: float

    def __post_init__(self) -> None:
        if not 0 <= self.review_threshold <= self.match_threshold <= 100:  # noqa: PLR2004 - percent
            raise ValueError("thresholds: 0 <= review <= match <= 100")

    def decide(
        self, n: int, face: DetectedFace, matches: Sequence[Match] | None, *, most: int = MAX_CANDIDATES
    ) -> RecognizedFace:
        """Decide about face `n`, given whom it resembles; None means that it was not searched.

        Args:
            most: Candidates to keep for a human's review.
        """
        if matches is None:
            return RecognizedFace(n, face.box, face.confidence, Decision.NOT_SEARCHED)
        ranked = sorted(matches, key=lambda match: -match.similarity)
        candidates = tuple(match for match in ranked if match.similarity >= self.review_threshold)
        certain = [match for match in candidates if match.similarity >= self.match_threshold]
        if not candidates:
            return RecognizedFace(n, face.box, face.confidence, Decision.UNKNOWN)
        best = candidates[0]
        if len(certain) == 1:
            return RecognizedFace(n, face.box, face.confidence, Decision.MATCHED, best.person_id, best.similarity)
        return RecognizedFace(
            n, face.box, face.confidence, Decision.REVIEW, similarity=best.similarity, candidates=candidates[:most]
        )
