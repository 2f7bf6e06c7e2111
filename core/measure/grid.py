"""Densities on a grid over the plane [-3, 3]^2: of samples, and of a mixture seen just as blurred.

A kernel density estimate is the samples' law blurred by its kernel. A mixture's density blurred by
the same kernel is known exactly, so that what differs between the two is the samples.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.data.mixtures import REACH, Mixture

SIZE = 60  # cells to a side
BANDWIDTH = 0.1  # standard deviation of the kernel: a cell's width, and the ring's own spread


@lru_cache(maxsize=8)
def axis(size: int = SIZE) -> np.ndarray:
    """The centres (size,) of a side's cells, from -REACH to REACH. Read-only."""
    found = REACH * ((2 * np.arange(size) + 1) / size - 1)
    found.flags.writeable = False
    return found


def plane(size: int = SIZE) -> np.ndarray:
    """The centres of the cells, (size, size, 2): the row is y and the column x, as in heat maps."""
    return np.stack(np.meshgrid(axis(size), axis(size)), -1)


def estimate(x: np.ndarray, size: int = SIZE, bandwidth: float = BANDWIDTH) -> np.ndarray:
    """The Gaussian kernel density estimate at the cells' centres, (size, size), per unit of area.

    x: (n, 2), finite. bandwidth: the kernel's standard deviation, above 0. Nothing is binned: a
    round kernel is a product, so the sum over samples is one matrix product (Silverman 1986,
    equation 4.1).
    """
    x = np.asarray(x, np.float64)
    across, up = (_kernel(axis(size)[:, None] - x[:, i], bandwidth) for i in (0, 1))
    return np.asarray(up @ across.T / len(x))


def _kernel(gap: np.ndarray, bandwidth: float) -> np.ndarray:
    """The normal density; from 26 standard deviations on its value there, so that none is 0."""
    z = np.clip(gap / bandwidth, -26, 26)
    return np.asarray(np.exp(-0.5 * z * z) / (bandwidth * np.sqrt(2 * np.pi)))


@lru_cache(maxsize=16)
def exact(mixture: Mixture, size: int = SIZE, bandwidth: float = BANDWIDTH) -> np.ndarray:
    """The mixture's density blurred by the same kernel, (size, size). Read-only, and kept.

    Gaussians blurred by a Gaussian are Gaussians whose variances add.
    """
    found = mixture.density(plane(size), noise=bandwidth)
    found.flags.writeable = False
    return found


def mass(density: np.ndarray) -> np.ndarray:
    """The probability (size * size + 1,) of each cell of a density, and last of all the rest.

    density: (size, size) over the plane. A cell has its centre's density throughout: good to
    2 exp(-2 (pi s / cell)^2) for a blur s, which is 5e-9 here. The last entry is what lies outside,
    where samples that have fled the plane are told from those in it.
    """
    cells = np.asarray(density, np.float64).ravel() * (2 * REACH / len(density)) ** 2
    return np.append(cells, max(0.0, 1 - float(cells.sum())))
