"""What no network need learn: the noised density of a mixture, its score, the best denoiser.

A mixture of Gaussians stays one under noise: x_t = a x_0 + s e has its centres at a c and its
variance at a^2 sigma^2 + s^2. NumPy, float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.mixtures import Mixture
from core.diffusion.schedules import Schedule


@dataclass(frozen=True, eq=False)
class Noised:
    """The law of x_t when x_0 is a mixture's."""

    mixture: Mixture
    signal: float
    noise: float

    @property
    def variance(self) -> float:
        """Of each Gaussian, per coordinate."""
        return self.signal**2 * self.mixture.sigma**2 + self.noise**2

    @property
    def law(self) -> Mixture:
        """The noised mixture itself."""
        spread = float(np.sqrt(self.variance))
        return Mixture(self.signal * self.mixture.centres, spread, self.mixture.modes)

    def score(self, x: np.ndarray) -> np.ndarray:
        """The gradient of log q_t at x (..., 2)."""
        return self.law.score(x)

    def weights(self, x: np.ndarray) -> np.ndarray:
        """p(which Gaussian | x_t), (..., k), at x (..., 2)."""
        gaps = x[..., None, :] - self.signal * self.mixture.centres
        exponents = -(gaps**2).sum(-1) / (2 * self.variance)
        share = np.exp(exponents - exponents.max(-1, keepdims=True))
        return np.asarray(share / share.sum(-1, keepdims=True))

    def clean(self, x: np.ndarray) -> np.ndarray:
        """E[x_0 | x_t], (..., 2): the mean of all that x_t could have been.

        By Tweedie's formula, (x + s^2 score) / a; written so that a = 0 is no trouble.
        """
        mixture, pull = self.mixture, self.signal * self.mixture.sigma**2 / self.variance
        share = self.weights(x)
        middle = share @ mixture.centres
        return np.asarray(middle + pull * (x - self.signal * middle))

    def added(self, x: np.ndarray) -> np.ndarray:
        """E[e | x_t], (..., 2): the best prediction of the noise, -s score."""
        return np.asarray(-self.noise * self.score(x))


def noised(mixture: Mixture, schedule: Schedule, t: int) -> Noised:
    """The law of x_t."""
    return Noised(mixture, float(schedule.signal[t]), float(schedule.noise[t]))
