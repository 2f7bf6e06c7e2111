"""A trained network's answer over the plane: on a grid at some times, and read between them.

The browser reads the same grid in the same way (``core/ui/draw/guess_maths.js``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from core.data import models
from core.data.mixtures import REACH

if TYPE_CHECKING:
    from core.diffusion.guess import Settings

MODELS = {"ring": "diffusion-ring", "grid": "diffusion-grid"}  # by target
SIDE, FURTHEST = 41, 6.0  # of the grid; where an answer far out of the plane is cut off
NET_TIMES = (20, 40, 80, 120, 160, 220, 300, 400, 500, 600, 700, 800, 900, 1000)

Field = tuple[np.ndarray, np.ndarray]  # times (k,), x_0 predicted (k, g, g, 2), rows up along y


@lru_cache(maxsize=2)
def shipped(name: str) -> Field:
    """The field of a network that ships."""
    import torch  # here: slow to import, and what the server draws needs none of it

    from core.diffusion import denoiser

    net = denoiser.from_arrays(models.load(name))
    guess, course = denoiser.guesser(net, net.spec.course), net.spec.course
    axis = np.linspace(-REACH, REACH, SIDE)
    x = torch.tensor(np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2), dtype=torch.float32)
    found = []
    for t in NET_TIMES:
        a, s = float(course.signal[t]), float(course.noise[t])
        start = (x - s * guess(x, float(t))) / a
        found.append(start.clamp(-FURTHEST, FURTHEST).numpy().reshape(SIDE, SIDE, 2))
    return np.array(NET_TIMES, np.int32), np.stack(found).astype(np.float16)


def field_of(settings: Settings) -> Field | None:
    """The field of the shipped network, where it was trained on this target and schedule."""
    name = MODELS.get(settings.target)
    return shipped(name) if name and settings.schedule == "linear" else None


def read(times: np.ndarray, field: np.ndarray, t: float, x: np.ndarray) -> np.ndarray:
    """The field (2,) at a time and a place (2,): linear between grid points and between times."""
    last = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
    share = (t - times[last]) / (times[last + 1] - times[last])
    side = field.shape[1]
    at = np.clip((np.asarray(x) + REACH) / (2 * REACH) * (side - 1), 0, side - 1)
    column, row = np.minimum(at.astype(int), side - 2)
    right, up = at - (column, row)
    grid = field.astype(np.float64)
    found = []
    for plane in (grid[last], grid[last + 1]):
        low = (1 - right) * plane[row, column] + right * plane[row, column + 1]
        high = (1 - right) * plane[row + 1, column] + right * plane[row + 1, column + 1]
        found.append((1 - up) * low + up * high)
    return np.asarray((1 - share) * found[0] + share * found[1])
