"""The best discriminator of a game at a moment, on the grid: exact target, estimated fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.gan.optimum import optimum
from core.measure.grid import BANDWIDTH, exact

if TYPE_CHECKING:
    from core.gan.plane import Settings


def best_of(settings: Settings, density: np.ndarray) -> np.ndarray | None:
    """What the best D says at every place of the grid (g, g); None where it has no closed form.

    density: of the fakes, estimated with the kernel of ``blur``. The target's exact density is
    blurred by the same kernel, so that perfect fakes give 1/2 everywhere. Several samples at once
    (packing) are not judged in the plane: None.
    """
    if settings.packing > 1:
        return None
    real = exact(settings.mixture, len(density), blur(settings))
    found = optimum(real, density, settings.loss, 1 - settings.smoothing)
    if found is None:
        return None
    return np.where(real + density > 1e-6, found, np.nan)


def blur(settings: Settings) -> float:
    """Standard deviation of the kernel under which both densities are seen.

    With instance noise the discriminator sees both under that noise as well.
    """
    return float(np.hypot(BANDWIDTH, settings.instance_noise))
