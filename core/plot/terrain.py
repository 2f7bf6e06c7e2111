"""A surface to drag a start over: heights on a grid, and the way between plane and settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Point = tuple[float, float]


@dataclass(frozen=True)
class Terrain:
    """Heights (n, n) over a window ((x0, x1), (y0, y1)), row i at the i-th y, both ascending.

    place: from a start as the settings have it to a point of the window; back: the inverse.
    """

    heights: np.ndarray
    window: tuple[Point, Point]
    place: Callable[[Point], Point]
    back: Callable[[Point], Point]
