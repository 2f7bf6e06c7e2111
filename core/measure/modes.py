"""Modes covered and samples of high quality: how well a generator fills a mixture.

High quality is a target to be met, not a floor: a mixture's own samples reach ``Mixture.within``
(98.889 % for Gaussians far apart, 1 - exp(-9/2)), and more than that means too tight a cloud.
"""

from __future__ import annotations

import numpy as np

from core.data.mixtures import HIT, Mixture

FAIR = 0.1  # a mode is covered with so much of its fair share


def modes(fakes: np.ndarray, mixture: Mixture) -> tuple[int, float]:
    """How many modes are covered, 0 to ``mixture.count``, and the share of high quality, 0 to 1.

    fakes: (n, 2), n at least 1. High quality: within three standard deviations of the nearest
    centre (Srivastava et al. 2017, VEEGAN). There one such sample covers a mode;
    here a mode must hold a tenth of its fair share of all samples, so that strays do not count.
    Raises ValueError without samples.
    """
    held = shares(fakes, mixture)
    return covered(held, mixture), float(held.sum())


def shares(fakes: np.ndarray, mixture: Mixture) -> np.ndarray:
    """The share (m,) of all fakes (n, 2) that are of high quality and nearest to each mode.

    They add up to the share of high quality. Points that are not finite are near no mode.
    """
    if not len(fakes):
        raise ValueError("modes are counted from at least one sample")
    x = np.asarray(fakes, np.float64)
    x = x[np.isfinite(x).all(1)]
    nearest = _nearest(x, mixture.centres)
    gaps = ((x - mixture.centres[nearest]) ** 2).sum(1)
    hits = mixture.modes[nearest[gaps <= (HIT * mixture.sigma) ** 2]]
    return np.asarray(np.bincount(hits, minlength=mixture.count) / len(fakes))


def covered(held: np.ndarray, mixture: Mixture) -> int:
    """How many modes hold (``shares``) a tenth of their fair share, their part of the mixture."""
    fair = np.bincount(mixture.modes) / len(mixture.modes)
    return int((held >= FAIR * fair * (1 - 1e-9)).sum())  # a whole tenth counts, however rounded


def _nearest(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Which centre is nearest to each of x: |x - c|^2 without |x|^2, which all centres share."""
    return np.asarray(((centres**2).sum(1) - 2 * x @ centres.T).argmin(1))
