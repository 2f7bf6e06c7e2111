"""DDIM on Gaussian data with the best network there is, in closed form. NumPy only."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.diffusion.schedules import ladder, linear

SPREADS = (2.0, 1.0, 0.5, 0.05)  # standard deviations of the data
COUNTS = (5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 250, 500, 1000)  # of steps


@lru_cache(maxsize=256)
def spread(sd: float, count: int, total: int = 1000) -> float:
    """The standard deviation of DDIM's samples (eta 0) where the data's is sd; linear schedule.

    The best guess at the noise is linear, x s / (a^2 sd^2 + s^2), so every step multiplies x by a
    number, and all of them together by the product.
    """
    course, times = linear(total), ladder(total, min(count, total))
    t, s = np.array(times[:-1]), np.array(times[1:])
    a, b = course.left[t], course.left[s]
    kept = np.sqrt(a * b) * sd**2 + np.sqrt((1 - a) * (1 - b))
    return float(np.prod(kept / (a * sd**2 + 1 - a)))


def narrow(sd: float, count: int) -> float:
    """By what share of the true spread that is too little; below 0: too wide."""
    return 1 - spread(sd, count) / sd
