"""The share of games that end in some way, and how sure so many games make it."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson(count: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a share of which ``count`` of ``n`` were seen, within [0, 1].

    Wilson 1927: the shares p with |count / n - p| at most z sqrt(p (1 - p) / n). Also where all or
    none were seen it has a width. n at least 1.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    p, widened = count / n, 1 + z * z / n
    middle = (p + z * z / (2 * n)) / widened
    reach = z * sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2) / widened
    return max(0.0, middle - reach), min(1.0, middle + reach)
