"""From SFace's cosine to Rekognition's scale of 0 to 100.

The logistic curve is fitted to 16.5 million impostor pairs of LFW: similarity 80 is one false match in ten thousand,
99 about three in a million, and 50 lies at cosine 0.374.
"""

import math

import numpy as np

_SLOPE = 31.08
_MIDDLE = 0.3738


def similarity(cosine: float) -> float:
    """Similarity in percent for the cosine of two face vectors, in single precision as the service gives it."""
    return float(np.float32(100 / (1 + math.exp(-_SLOPE * (cosine - _MIDDLE)))))


def cosine(percent: float) -> float:
    """The cosine of two face vectors that are similar by `percent`, above 0 and below 100."""
    return _MIDDLE + math.log(percent / (100 - percent)) / _SLOPE


def least_cosine(percent: float) -> float:
    """A cosine below which no pair reaches `percent`: a cheap first filter, never one too strict."""
    return cosine(min(percent, 99.999)) - 1e-4 if percent > 0 else -math.inf
