"""Precision and recall of a generator: are its samples real, and does it make all that is real?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 256  # rows of distances at once


def precision_recall(real: np.ndarray, fake: np.ndarray, k: int = 3) -> tuple[float, float]:
    """Precision: the share of fakes among the real; recall: that of reals among the fakes; 0 to 1.

    real: (n, d) features. fake: (m, d). Both finite. A point lies among others when it is no
    further from one of them than that one's k-th nearest neighbour among its own, itself not
    counted: Kynkäänniemi et al. 2019, equations 1 and 2, with their k = 3. Own samples reach about
    the same in both, below 1: compare only values of equal n, m and k. Raises ValueError where a
    set has k points or fewer.
    """
    if k < 1 or min(len(real), len(fake)) <= k:
        raise ValueError(f"{k} neighbours take at least {k + 1} points of each")
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    return _share(fake, real, k), _share(real, fake, k)


def _share(x: np.ndarray, points: np.ndarray, k: int) -> float:
    """The share of x that lies in the union of the balls around the points."""
    slack = 1e-12 * float((points**2).sum(1).max())  # on the rim is inside, however rounded
    reach = radii(points, k) ** 2 + slack
    found = [(block <= reach).any(1) for block in _blocks(x, points)]
    return float(np.concatenate(found).mean())


def radii(points: np.ndarray, k: int = 3) -> np.ndarray:
    """The distance (n,) of each point (n, d) to its k-th nearest other; copies are others, too."""
    found = []
    for number, block in enumerate(_blocks(points, points)):
        rows = np.arange(len(block))
        block[rows, number * BLOCK + rows] = -1  # itself comes first, whatever the rounding
        found.append(np.partition(block, k, axis=1)[:, k])
    return np.asarray(np.sqrt(np.concatenate(found)))


def nearest(x: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the points (m, d) is nearest to each of x (n, d), (n,) int64, and how far, (n,)."""
    blocks = list(_blocks(np.asarray(x, np.float64), np.asarray(points, np.float64)))
    which = np.concatenate([block.argmin(1) for block in blocks])
    return which, np.sqrt(np.concatenate([block.min(1) for block in blocks]))


def _blocks(x: np.ndarray, y: np.ndarray) -> Iterator[np.ndarray]:
    """The squared distances of x (n, d) to y (m, d), some rows at a time, (rows, m)."""
    norms = (y * y).sum(1)
    for i in range(0, len(x), BLOCK):
        block = x[i : i + BLOCK]
        squares = (block * block).sum(1)[:, None] + norms - 2 * (block @ y.T)
        yield squares.clip(0)
