"""The quality bars of `QualityFilter`, and the reasons for which a face stays below one.

Rekognition does not publish its bars. These are measured with the local models on the sample photos, degraded step by
step: what is left of the cosine between the spoiled face and the good one (1 is untouched, 0.374 is similarity 50).

| what | bar: LOW, MEDIUM, HIGH | cosine left at the bar | reason |
|---|---|---|---|
| detection score in percent | 80, 85, 90 | real faces score 82 to 95 | LOW_CONFIDENCE |
| width of the box in pixels | 20, 30, 60 | .71, .89, .96 | SMALL_BOUNDING_BOX |
| brightness in percent | 5, 10, 16 | .85, .91, .93 | LOW_BRIGHTNESS |
| sharpness in percent (a blur of .035, .02, .01 of the face's width) | 10, 14, 25 | .7, .90, .97 | LOW_SHARPNESS |
| roll in degrees | 45, 30, 15 | .93, .97, .97; beyond 45 not every face is found | EXTREME_POSE |
| yaw in degrees | 60, 45, 30 | not measured: no turned faces among the samples | EXTREME_POSE |
| length of the face vector before it is made one (face covered) | 9, 10, 11 | .5, .6, .75 | LOW_FACE_QUALITY |
"""

from dataclasses import dataclass

from local.rekognition.details import Measures
from local.rekognition.sighting import Sighting


@dataclass(frozen=True)
class QualityBar:
    """The least or the most that a face may have, in the units of the module's table."""

    confidence: float
    width_px: float
    brightness: float
    sharpness: float
    roll: float
    yaw: float
    length: float

    def reasons(self, face: Sighting, measures: Measures) -> list[str]:
        """Why the face is below the bar; empty when it is not."""
        failed = {
            "LOW_CONFIDENCE": 100 * face.score < self.confidence,
            "SMALL_BOUNDING_BOX": face.width_px < self.width_px,
            "LOW_BRIGHTNESS": measures.brightness < self.brightness,
            "LOW_SHARPNESS": measures.sharpness < self.sharpness,
            "EXTREME_POSE": abs(measures.roll) > self.roll or abs(measures.yaw) > self.yaw,
        }
        return [reason for reason, it_is in failed.items() if it_is]


LOW = QualityBar(confidence=80, width_px=20, brightness=5, sharpness=10, roll=45, yaw=60, length=9)
BARS: dict[str, QualityBar] = {
    "NONE": QualityBar(confidence=0, width_px=0, brightness=0, sharpness=0, roll=180, yaw=180, length=0),
    "AUTO": LOW,
    "LOW": LOW,
    "MEDIUM": QualityBar(confidence=85, width_px=30, brightness=10, sharpness=14, roll=30, yaw=45, length=10),
    "HIGH": QualityBar(confidence=90, width_px=60, brightness=16, sharpness=25, roll=15, yaw=30, length=11),
}
