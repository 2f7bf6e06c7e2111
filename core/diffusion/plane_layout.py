"""What a frame of the training shows, where and when. No torch: the server draws with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.diffusion.schedules import ladder
from core.measure.grid import plane

if TYPE_CHECKING:
    from core.diffusion.plane import Settings

JUDGED = 800  # samples
TRAILS = 24  # of them whose ways are kept
ARROWS = 15  # a side
ASKED = 20  # times at which errors are measured
MOST_STOPS = 26  # of a way that are kept


def places(side: int) -> np.ndarray:
    """The middles of the cells of a grid over the plane, (side * side, 2)."""
    return plane(side).reshape(-1, 2)


def times_asked(total: int) -> np.ndarray:
    """Times spread evenly over the way to noise, the middles of as many stretches, (20,)."""
    return np.ceil((np.arange(ASKED) + 0.5) / ASKED * total).astype(np.int64)


def shown_times(settings: Settings) -> list[int]:
    """The times of a way that are kept, from T down to 0: 26 at most of the sampler's."""
    times = ladder(settings.total, settings.stops)
    kept = np.linspace(0, len(times) - 1, min(len(times), MOST_STOPS)).round().astype(int)
    return [times[n] for n in kept]
