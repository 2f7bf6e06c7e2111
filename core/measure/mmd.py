"""The maximum mean discrepancy: how far the mean kernel between two samples is from that within."""

from __future__ import annotations

import numpy as np

WIDTHS = (0.25, 0.5, 1.0)  # standard deviations; each twice the one before, see _total
MOST = 1000  # points of each that are compared: the cost grows with the square
BLOCK = 128  # rows of a kernel matrix at once: what a processor's cache holds


def mmd(x: np.ndarray, y: np.ndarray, most: int = MOST) -> float:
    """The unbiased estimate of the squared MMD; 0 on average, so at times below it, for equal laws.

    x: (n, d). y: (m, d). Of each the first ``most`` are used. n, m: at least 2, else ValueError.
    Gretton et al. 2012, equation 3: the mean of k(x, x') over pairs of different samples, plus that
    of k(y, y'), minus twice that of k(x, y). k: the mean of three Gaussian kernels
    exp(-|a - b|^2 / (2 w^2)), one for each w of WIDTHS, so the estimate is at most 2.
    """
    if min(len(x), len(y), most) < 2:
        raise ValueError("the unbiased estimate takes two samples or more of each")
    x, y = np.asarray(x[:most], np.float64), np.asarray(y[:most], np.float64)
    return within(x) + within(y) - 2 * between(x, y)


def between(x: np.ndarray, y: np.ndarray) -> float:
    """The mean of k over all pairs of x (n, d) and y (m, d), 0 to 1."""
    rows = range(0, len(x), BLOCK)
    return sum(_total(x[i : i + BLOCK], y) for i in rows) / (len(x) * len(y))


def within(x: np.ndarray) -> float:
    """The mean of k over all pairs of two different ones of x (n, d), 0 to 1; n at least 2."""
    total = 0.0
    for i in range(0, len(x), BLOCK):  # a block with itself, and twice with those after it
        block, rest = x[i : i + BLOCK], x[i + BLOCK :]
        total += _total(block, block) - len(block) + 2 * _total(block, rest)
    return total / (len(x) * (len(x) - 1))


def _total(x: np.ndarray, y: np.ndarray) -> float:
    """The sum of k over the pairs of x (n, d) and y (m, d).

    One exponential serves all widths: the kernel of half the width is its fourth power.
    """
    kernel = x @ y.T
    kernel *= 2
    kernel -= (x * x).sum(1)[:, None]
    kernel -= (y * y).sum(1)  # now -|x - y|^2
    kernel /= 2 * WIDTHS[-1] ** 2
    np.exp(np.minimum(kernel, 0, out=kernel), out=kernel)
    total = float(kernel.sum())
    for _ in WIDTHS[1:]:
        kernel *= kernel
        kernel *= kernel
        total += float(kernel.sum())
    return total / len(WIDTHS)
