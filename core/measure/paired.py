"""Paired differences: mean and t interval (Student 1908)."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtrit


def interval(differences: np.ndarray, confidence: float = 0.95) -> tuple[float, float, float]:
    """Mean of paired differences (n,) and the ends of its t interval; n is 2 or more.

    The interval of a paired t-test: mean -+ t(n - 1) * s / sqrt(n). Equal differences give a
    point.
    """
    n, mean = len(differences), float(np.mean(differences))
    spread = float(np.std(differences, ddof=1)) / math.sqrt(n)
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * spread
    return mean, mean - reach, mean + reach
