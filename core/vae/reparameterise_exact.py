"""The slope of E[f(z)] for z normal: both ways to estimate it from draws, and the exact answers.

z = mu + sigma e with standard normal e. With q the density of z:

- score function (Williams 1992, REINFORCE): d/dt E[f] = E[(f(z) - b) d/dt log q(z)], for any
  constant b. d/dmu log q = e / sigma, d/dsigma log q = (e^2 - 1) / sigma.
- through the path (Kingma and Welling 2014, the reparameterisation trick): E[f'(z) dz/dt], with
  dz/dmu = 1, dz/dsigma = e. It asks for an f without jumps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
WAVE = 10.0  # of the fast waves: radians for each unit of z
REACH, PIECE, ORDER = 10.0, 0.1, 8  # of the quadrature: its ends, its pieces, points in each


class Function(NamedTuple):
    """f and its derivative, of arrays; (E f, d/dmu E f, d/dsigma E f) of mu and sigma."""

    f: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    exact: Callable[[float, float], tuple[float, float, float]]


def _square(mu: float, sigma: float) -> tuple[float, float, float]:
    return mu**2 + sigma**2, 2 * mu, 2 * sigma


def _absolute(mu: float, sigma: float) -> tuple[float, float, float]:
    """Leone, Nelson and Nottingham 1961: the folded normal law."""
    by_mu, by_sigma = 2 * _below(mu / sigma) - 1, 2 * _bell(mu / sigma)
    return sigma * by_sigma + mu * by_mu, by_mu, by_sigma


def _step(mu: float, sigma: float) -> tuple[float, float, float]:
    m = mu / sigma
    return _below(m), _bell(m) / sigma, -m * _bell(m) / sigma


def _waves(mu: float, sigma: float) -> tuple[float, float, float]:
    """The imaginary part of the characteristic function."""
    left = math.exp(-((WAVE * sigma) ** 2) / 2)
    mean = math.sin(WAVE * mu) * left
    return mean, WAVE * math.cos(WAVE * mu) * left, -(WAVE**2) * sigma * mean


def _below(m: float) -> float:
    return 0.5 * math.erfc(-m / math.sqrt(2))


def _bell(m: float) -> float:
    return math.exp(-(m**2) / 2) / math.sqrt(2 * math.pi)


FUNCTIONS = {
    "square": Function(np.square, lambda z: 2 * z, _square),
    "absolute": Function(np.abs, np.sign, _absolute),
    "step": Function(lambda z: np.where(z > 0, 1.0, 0.0), np.zeros_like, _step),
    "waves": Function(lambda z: np.sin(WAVE * z), lambda z: WAVE * np.cos(WAVE * z), _waves),
}


def score(values: Array, noise: Array, sigma: float, by: str) -> Array:
    """Estimates from values f(z) - b: each times the slope of log q by mu or by sigma."""
    return values * (noise if by == "mu" else noise**2 - 1) / sigma


def path(slopes: Array, noise: Array, by: str) -> Array:
    """Estimates from slopes f'(z): each times dz/dmu or dz/dsigma."""
    return slopes if by == "mu" else slopes * noise


class Problem(NamedTuple):
    """What is asked: f plus a constant, the normal law, whose slope, and what is taken off f."""

    function: str
    mu: float
    sigma: float
    by: str = "mu"
    constant: float = 0.0
    baseline: str = "none"

    @property
    def gradient(self) -> float:
        """The exact slope: no constant changes it."""
        return FUNCTIONS[self.function].exact(self.mu, self.sigma)[1 if self.by == "mu" else 2]

    @property
    def mean(self) -> float:
        """E[f(z)] with the constant."""
        return FUNCTIONS[self.function].exact(self.mu, self.sigma)[0] + self.constant

    def estimates(self, noise: Array, taken: float) -> tuple[Array, Array]:
        """Score-function and path estimates of each draw of the noise; taken: the baseline."""
        f, slope, _ = FUNCTIONS[self.function]
        z = self.mu + self.sigma * noise
        by_score = score(f(z) + self.constant - taken, noise, self.sigma, self.by)
        return by_score, path(slope(z), noise, self.by)

    def taken(self) -> float:
        """The baseline: 0, the mean of f, or the constant with which the variance is least.

        The best is E[f s^2] / E[s^2], s the slope of log q (Greensmith et al. 2004, theorem 8).
        """
        if self.baseline == "none":
            return 0.0
        if self.baseline == "mean":
            return self.mean
        noise, weights = quadrature(-self.mu / self.sigma)
        square = score(np.ones_like(noise), noise, self.sigma, self.by) ** 2
        values = FUNCTIONS[self.function].f(self.mu + self.sigma * noise) + self.constant
        return float(weights @ (values * square) / (weights @ square))


class Moments(NamedTuple):
    """Exact means and variances of a single draw's estimate: by the score, through the path."""

    means: tuple[float, float]
    variances: tuple[float, float]


def moments(problem: Problem) -> Moments:
    """By quadrature over the noise, to eight digits and more."""
    noise, weights = quadrature(-problem.mu / problem.sigma)
    both = problem.estimates(noise, problem.taken())
    means = [float(weights @ one) for one in both]
    spread = [float(weights @ (one - mean) ** 2) for one, mean in zip(both, means, strict=True)]
    return Moments((means[0], means[1]), (spread[0], spread[1]))


def quadrature(split: float) -> tuple[Array, Array]:
    """Points and weights for means over a standard normal law, of what may jump at ``split``.

    Gauss-Legendre on short pieces, of which one ends there.
    """
    ends = sorted({-REACH, float(np.clip(split, -REACH, REACH)), REACH})
    edges = [np.linspace(a, b, 2 + int((b - a) / PIECE)) for a, b in pairwise(ends)]
    left = np.concatenate([part[:-1] for part in edges])
    half = np.concatenate([np.diff(part) for part in edges])[:, None] / 2
    nodes, weights = np.polynomial.legendre.leggauss(ORDER)
    points = (left[:, None] + half * (1 + nodes)).ravel()
    bell = np.exp(-(points**2) / 2) / math.sqrt(2 * math.pi)
    return points, (half * weights).ravel() * bell


class Law(NamedTuple):
    """A normal law, by its mean and standard deviation."""

    mu: float
    sigma: float


def kl(q: Law, p: Law) -> float:
    """KL(q || p) in nats. Kingma and Welling 2014, appendix B, for any p."""
    wide, apart = q.sigma / p.sigma, (q.mu - p.mu) / p.sigma
    return 0.5 * (wide**2 + apart**2 - 1) - math.log(wide)


def kl_draws(q: Law, p: Law, noise: Array) -> Array:
    """Log q(z) - log p(z) at z = mu + sigma e: each an estimate of KL(q || p) from one draw."""
    own = (q.mu + q.sigma * noise - p.mu) / p.sigma
    return np.asarray(0.5 * (own**2 - noise**2) - math.log(q.sigma / p.sigma))


def kl_deviation(q: Law, p: Law) -> float:
    """The exact standard deviation of one such estimate.

    It is c + a e + b e^2 with a = sigma apart / sigma_p, b = ((sigma / sigma_p)^2 - 1) / 2, so its
    variance is a^2 + 2 b^2.
    """
    wide, apart = q.sigma / p.sigma, (q.mu - p.mu) / p.sigma
    return math.sqrt((wide * apart) ** 2 + (wide**2 - 1) ** 2 / 2)
