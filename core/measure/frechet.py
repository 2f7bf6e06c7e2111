"""The Fréchet distance between two sets of features, each taken for a Gaussian."""

from __future__ import annotations

import numpy as np


def frechet(mean1: np.ndarray, cov1: np.ndarray, mean2: np.ndarray, cov2: np.ndarray) -> float:
    """The squared Fréchet (2-Wasserstein) distance of two Gaussians, 0 or more.

    means: (d,). covariances: (d, d), symmetric, no eigenvalue below 0. |m1 - m2|^2 + tr(C1 + C2 -
    2 (C1 C2)^(1/2)): Dowson and Landau 1982; the FID of Heusel et al. 2017, equation 6,
    where the features are Inception's. The root's trace is that of (R C2 R)^(1/2) with R R = C1,
    which is symmetric, so real whatever the rounding.
    """
    root = _root(cov1)
    both = np.linalg.eigvalsh(root @ cov2 @ root).clip(0)
    spread = np.trace(cov1) + np.trace(cov2) - 2 * np.sqrt(both).sum()
    return max(0.0, float(((mean1 - mean2) ** 2).sum() + spread))


def feature_distance(x: np.ndarray, y: np.ndarray) -> float:
    """The same from features x (n, d) and y (m, d), with means and unbiased covariances of each.

    n, m: at least 2, else ValueError. With few samples it is biased upwards (Chong and Forsyth
    2020): compare only values of equal n and m.
    """
    if min(len(x), len(y)) < 2:
        raise ValueError("a covariance takes two samples or more")
    return frechet(*moments(x), *moments(y))


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean (d,) and the unbiased covariance (d, d) of features (n, d), in float64."""
    x = np.asarray(x, np.float64)
    return x.mean(0), np.atleast_2d(np.cov(x, rowvar=False))


def _root(cov: np.ndarray) -> np.ndarray:
    """The symmetric root of a covariance; eigenvalues that rounding put below 0 count as 0."""
    values, vectors = np.linalg.eigh(cov)
    return np.asarray((vectors * np.sqrt(values.clip(0))) @ vectors.T)
