"""Probabilistic PCA: the largest likelihood that a linear decoder with equal noise can have.

Tipping and Bishop 1999: x = W z + mean + sigma e, with z and e standard normal, so that x is normal
with covariance C = W W' + sigma^2 I. With the eigenvalues l of the data's covariance (divided by n)
and U its eigenvectors, in falling order, the maximum has W = U (L - sigma^2)^(1/2) R for the first
k (equation 7), R any rotation, and sigma^2 the mean of the others (equation 8). At a given sigma^2
the same W is best, without the directions whose eigenvalue is no larger than sigma^2.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Exact(NamedTuple):
    """ml: nats an image. sigma: of the noise. columns: W (d, k), with R = I. active: not 0."""

    ml: float
    sigma: float
    columns: Array
    active: int


def principal(x: Array) -> tuple[Array, Array, Array]:
    """Covariance (d, d) of data (n, d), divided by n; its eigenvalues, falling; eigenvectors."""
    centred = x - x.mean(0)
    covariance = centred.T @ centred / len(x)
    values, vectors = np.linalg.eigh(covariance)
    return covariance, np.maximum(values[::-1], 0.0), vectors[:, ::-1].copy()


def maximum(values: Array, vectors: Array, k: int, sigma: float | None = None) -> Exact:
    """The best linear model with k latent numbers, with the best noise or the given one."""
    d = len(values)
    noise = float(values[k:].mean()) if sigma is None else sigma**2
    model = np.where(np.arange(d) < k, np.maximum(values, noise), noise)  # eigenvalues of C
    ml = -0.5 * float(d * math.log(2 * math.pi) + np.log(model).sum() + (values / model).sum())
    lengths = np.sqrt(model[:k] - noise)
    return Exact(ml, math.sqrt(noise), vectors[:, :k] * lengths, int((lengths > 0).sum()))


def turned(columns: Array, exact: Array) -> Array:
    """The columns (d, k), turned together so that they lie nearest to the exact ones.

    The orthogonal Procrustes problem (Schoenemann 1966).
    """
    u, _, vt = np.linalg.svd(columns.T @ exact)
    return np.asarray(columns @ u @ vt)


def largest_angle(columns: Array, vectors: Array) -> float:
    """Degrees, the largest principal angle between the space of vectors (d, a) and learned columns.

    Of the columns (d, k) the a strongest directions count. By sines: a cosine near 1 has lost the
    small angles (Bjorck and Golub 1973).
    """
    if not vectors.shape[1]:
        return 0.0
    learned = np.linalg.svd(columns, full_matrices=False)[0][:, : vectors.shape[1]]
    missed = vectors - learned @ (learned.T @ vectors)
    return math.degrees(math.asin(min(1.0, float(np.linalg.norm(missed, 2)))))


def matched(columns: Array, vectors: Array) -> tuple[Array, float]:
    """The columns (d, k) in the order and with the signs of vectors (d, k), and how far off.

    Each vector gets the column that it makes the smallest angle with, so that the sum of cosines
    is largest; the largest of those angles, in degrees, is of the first a vectors with any length.
    """
    from scipy.optimize import linear_sum_assignment  # here: slow to import

    cosines = _unit(vectors).T @ _unit(columns)
    _, chosen = linear_sum_assignment(-np.abs(cosines))
    own = cosines[np.arange(len(chosen)), chosen]
    real = np.linalg.norm(vectors, axis=0) > 0
    ordered = columns[:, chosen] * np.where(own < 0, -1.0, 1.0)
    apart = _unit(vectors) - _unit(ordered)
    angles = np.degrees(2 * np.arcsin(np.minimum(1.0, np.linalg.norm(apart, axis=0) / 2)))
    return ordered, float(angles[real].max(initial=0.0))


def _unit(columns: Array) -> Array:
    lengths = np.linalg.norm(columns, axis=0)
    return np.asarray(columns / np.where(lengths > 0, lengths, 1.0))
