"""Targets in the plane whose density is known exactly: each is a mixture of round Gaussians.

Islands have one Gaussian each. Curves have many, equally far apart along the curve, so that their
density, and its score, are as exact as those of the islands. NumPy only; the plane is [-3, 3]^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from core.data import points

REACH = 3.0  # the plane is [-REACH, REACH]^2
HIT = 3.0  # a sample is of high quality within so many standard deviations of a centre
RADIUS, SPREAD = 2.0, 0.1  # of the ring
APART = 0.75  # distance of the Gaussians along a curve, in standard deviations
SCALE = 2.5  # own points lie in [-1, 1]^2, as they are drawn


@dataclass(frozen=True, eq=False)
class Mixture:
    """A mixture of equally likely Gaussians, all with the same standard deviation.

    centres: (k, 2) float64. sigma: above 0. modes: (k,) int64, which mode (an island, or a stretch
    of a curve) each centre belongs to, from 0.
    """

    centres: np.ndarray
    sigma: float
    modes: np.ndarray

    @property
    def count(self) -> int:
        """How many modes there are."""
        return int(self.modes.max()) + 1

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Points (n, 2) float64."""
        chosen = self.centres[rng.integers(len(self.centres), size=n)]
        return np.asarray(chosen + self.sigma * rng.standard_normal((n, 2)))

    def density(self, x: np.ndarray, noise: float = 0.0) -> np.ndarray:
        """The density at x (..., 2) of a sample plus Gaussian noise, per unit of area, (...)."""
        return np.asarray(np.exp(self.log_density(x, noise)))

    def log_density(self, x: np.ndarray, noise: float = 0.0) -> np.ndarray:
        """The logarithm of ``density``; finite where the density underflows, too."""
        exponents, variance = self._exponents(x, noise)
        highest = exponents.max(-1)
        total = np.exp(exponents - highest[..., None]).sum(-1)
        whole = 2 * np.pi * variance * len(self.centres)
        return np.asarray(highest + np.log(total) - np.log(whole))

    def score(self, x: np.ndarray, noise: float = 0.0) -> np.ndarray:
        """The gradient (..., 2) of ``log_density`` at x (..., 2)."""
        exponents, variance = self._exponents(x, noise)
        share = np.exp(exponents - exponents.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        return np.asarray((share @ self.centres - x) / variance)

    def _exponents(self, x: np.ndarray, noise: float) -> tuple[np.ndarray, float]:
        variance = self.sigma**2 + noise**2
        return -_squares(x, self.centres) / (2 * variance), variance

    @cached_property
    def within(self) -> float:
        """The share of its own samples that lie within three sigma of a centre.

        A sample is within three sigma of its own centre with the Rayleigh law's 1 - exp(-9/2) =
        98.889 %: all there is for islands far apart. Of the others some come to lie near another
        centre: their share by the midpoint rule in angle and in the law's tail, good to 1e-4.
        """
        tail = np.exp(-(HIT**2) / 2)
        radii = np.sqrt(-2 * np.log(tail * (np.arange(32) + 0.5) / 32))
        angles = 2 * np.pi * (np.arange(64) + 0.5) / 64
        offsets = self.sigma * np.concatenate([_circle(angles, radius) for radius in radii])
        caught = [self._near(offsets + centre, centre, radii[0]) for centre in self.centres]
        return float(1 - tail + tail * np.mean(caught))

    def _near(self, x: np.ndarray, centre: np.ndarray, reach: float) -> float:
        """The share of x, up to ``reach`` sigma from this centre, within three sigma of any."""
        others = np.linalg.norm(self.centres - centre, axis=1) <= (HIT + reach) * self.sigma
        nearest = _squares(x, self.centres[others]).min(-1)
        return float(np.mean(nearest <= (HIT * self.sigma) ** 2))


def _squares(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distances (..., k) of x (..., 2) to centres (k, 2)."""
    x = np.asarray(x)
    across, up = (x[..., i, None] - centres[:, i] for i in (0, 1))
    return np.asarray(across**2 + up**2)


def _islands(centres: np.ndarray, sigma: float) -> Mixture:
    return Mixture(np.asarray(centres, np.float64), sigma, np.arange(len(centres)))


def _curve(*arms: np.ndarray, sigma: float, stretches: int) -> Mixture:
    """Gaussians along polylines (n, 2), each arm cut into so many stretches of equal length."""
    centres, modes = [], []
    for number, arm in enumerate(arms):
        lengths = np.linalg.norm(np.diff(arm, axis=0), axis=1)
        along = np.concatenate([[0], np.cumsum(lengths)])
        count = int(np.ceil(along[-1] / (APART * sigma))) + 1
        at = np.linspace(0, along[-1], count)
        centres.append(np.stack([np.interp(at, along, arm[:, i]) for i in (0, 1)], 1))
        part = np.minimum((at / along[-1] * stretches).astype(np.int64), stretches - 1)
        modes.append(part + number * stretches)
    return Mixture(np.concatenate(centres), sigma, np.concatenate(modes))


def _circle(angles: np.ndarray, radius: float | np.ndarray) -> np.ndarray:
    unit = np.stack([np.cos(angles), np.sin(angles)], 1)
    return np.asarray(np.asarray(radius)[..., None] * unit)


def ring() -> Mixture:
    """Ring of eight: radius 2, standard deviation a twentieth of it."""
    return _islands(_circle(2 * np.pi * np.arange(8) / 8, RADIUS), SPREAD)


def grid() -> Mixture:
    """Grid of 25: five by five, one apart."""
    line = np.arange(-2.0, 3.0)
    return _islands(np.stack(np.meshgrid(line, line), -1).reshape(-1, 2), 0.05)


def moons() -> Mixture:
    """Two half circles, one hooked into the other, as scikit-learn's make_moons."""
    angle = np.linspace(0, np.pi, 200)
    upper = _circle(angle, 1.4) - np.array([0.7, 0.35])
    return _curve(upper, -upper, sigma=0.1, stretches=5)


def spiral() -> Mixture:
    """Two arms, each one and three quarter turns, as TensorFlow Playground's."""
    turn = np.linspace(0.15, 1, 400)
    arm = _circle(1.75 * 2 * np.pi * turn, 2.4 * turn)
    return _curve(arm, -arm, sigma=0.08, stretches=6)


def swiss_roll() -> Mixture:
    """One arm from the middle out: scikit-learn's Swiss roll, seen from its side."""
    angle = np.linspace(1.5 * np.pi, 4.5 * np.pi, 400)
    return _curve(_circle(angle, 2.4 * angle / angle[-1]), sigma=0.08, stretches=8)


def line() -> Mixture:
    """A straight line, rising to the right."""
    return _curve(np.array([[-2.0, -1.0], [2.0, 1.0]]), sigma=0.1, stretches=8)


def gaussians() -> Mixture:
    """Two Gaussians side by side."""
    return _islands(np.array([[-1.2, 0.0], [1.2, 0.0]]), 0.25)


def islands() -> Mixture:
    """Three islands on the corners of a triangle."""
    return _islands(_circle(np.pi / 2 + 2 * np.pi * np.arange(3) / 3, 1.6), 0.2)


def drawn(text: str) -> Mixture:
    """A Gaussian around each of a reader's own points. ValueError where there is none."""
    found = points.decode(text)[0]
    if not len(found):
        raise ValueError("draw at least one point")
    return _islands(SCALE * found, SPREAD)


TARGETS: dict[str, Callable[[], Mixture]] = {
    "ring": ring,
    "grid": grid,
    "moons": moons,
    "spiral": spiral,
    "swiss-roll": swiss_roll,
    "line": line,
    "gaussians": gaussians,
    "islands": islands,
}


@lru_cache(maxsize=16)
def target(name: str, text: str = "") -> Mixture:
    """The mixture of that name; of ``drawn``, around the points in the text."""
    return drawn(text) if name == "drawn" else TARGETS[name]()
