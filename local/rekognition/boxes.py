"""Boxes around faces."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle in fractions of the upright image; outside 0 to 1 where a face is cut by the edge."""

    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Fraction of the image that the box covers."""
        return self.width * self.height

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0 to 1."""
        width = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        height = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        shared = max(0.0, width) * max(0.0, height)
        return shared / (self.area + other.area - shared) if shared else 0.0

    def shape(self) -> dict[str, float]:
        """`BoundingBox` of the service model."""
        return {"Width": self.width, "Height": self.height, "Left": self.left, "Top": self.top}
