"""The surface of a race as a pad on which its start is dragged."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from core.optimizers.surfaces import SURFACES, Options, turn, unturn, value
from core.plot.terrain import Terrain

CELLS = 41  # a side: enough for the pad's bands and its downhill line


@lru_cache(maxsize=64)
def terrain(options: Options) -> Terrain:
    """The surface's heights over its window, and its start in the valley's own axes and back."""
    window = SURFACES[options.surface].window
    x, y = (np.linspace(low, high, CELLS) for low, high in window)
    with np.errstate(all="ignore"):
        heights = value(options, *np.meshgrid(x, y)) + np.zeros((CELLS, CELLS))
    return Terrain(heights, window, partial(turn, options), partial(unturn, options))
