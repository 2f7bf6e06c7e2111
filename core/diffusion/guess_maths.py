"""What a noisy point could have been: the exact posterior over what it came from. NumPy alone."""

from __future__ import annotations

import numpy as np

from core.diffusion.exact import Noised

TOTAL, STRIDE = 1000, 20  # steps to noise; between the times that can be chosen
TIMES = np.arange(0, TOTAL + 1, STRIDE)
LEAST = 1e-6  # standard deviation of the noise at t = 0, for what divides by it


def perplexity(shares: np.ndarray) -> np.ndarray:
    """The exponential of the entropy (...) of shares (..., k): how many are still possible.

    From 1, one alone, to k, all alike.
    """
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(np.exp(-(shares * logs).sum(-1)))


def component_means(law: Noised, x: np.ndarray) -> np.ndarray:
    """E[x_0 | x_t, which Gaussian], (k, 2), at one place x (2,): the posterior of two Gaussians."""
    centres = law.mixture.centres
    pull = law.signal * law.mixture.sigma**2 / law.variance
    return np.asarray(centres + pull * (x - law.signal * centres))


def by_mode(law: Noised, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """p(mode | x_t), (m,), and E[x_0 | x_t, mode], (m, 2), at one place x (2,).

    A mode is an island, or a stretch of a curve.
    """
    share, mixture = law.weights(x), law.mixture
    total = np.bincount(mixture.modes, share, mixture.count)
    within = share / np.maximum(total[mixture.modes], 1e-300)
    means = component_means(law, x)
    ends = [np.bincount(mixture.modes, within * means[:, axis], mixture.count) for axis in (0, 1)]
    return total, np.stack(ends, 1)


def draws(law: Noised, x: np.ndarray, levels: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """x_0 (n, 2) drawn from p(x_0 | x_t), by levels (n,) in (0, 1) and standard normals (n, 2).

    The level picks the Gaussian, by the inverse of the distribution function in their order.
    """
    ends = np.cumsum(law.weights(x))
    chosen = np.minimum(np.searchsorted(ends, levels * ends[-1]), len(ends) - 1)
    spread = law.mixture.sigma * law.noise / np.sqrt(law.variance)
    return np.asarray(component_means(law, x)[chosen] + spread * normals)


def image_shares(
    images: np.ndarray, start: np.ndarray, noise: np.ndarray, signal: np.ndarray, sd: np.ndarray
) -> np.ndarray:
    """p(image | x_t), (times, n) float64, over images that are equally likely before.

    images: (n, d) float32. start: (d,), the image that x_t = a start + s noise came from, not
    needfully among them. signal, sd: a and s by time. The softmax of -|x_t - a x_i|^2 / (2 s^2);
    with the gap g = start - x_i, the square is a^2 |g|^2 + 2 a s g.noise and what all share.
    """
    gaps = start.astype(np.float32) - images
    squares = np.einsum("nd,nd->n", gaps, gaps).astype(np.float64)
    along = (gaps @ noise.astype(np.float32)).astype(np.float64)
    ratio = (signal / np.maximum(sd, LEAST))[:, None]  # a / s
    exponents = -(ratio**2 * squares / 2 + ratio * along)
    share = np.exp(exponents - exponents.max(1, keepdims=True))
    return np.asarray(share / share.sum(1, keepdims=True))
