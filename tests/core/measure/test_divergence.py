"""JS and KL: against SciPy, and against closed forms through the grid."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from core.data.mixtures import Mixture, target
from core.measure import grid
from core.measure.divergence import EPSILON, js, kl

RING = target("ring")


def gaussian(x: float, y: float, sigma: float) -> Mixture:
    return Mixture(np.array([[x, y]]), sigma, np.zeros(1, np.int64))


def mass(mixture: Mixture) -> np.ndarray:
    return grid.mass(grid.exact(mixture))


def two_laws(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(50, 0.3), 2)


@pytest.mark.parametrize("seed", range(3))
def test_js_is_that_of_scipy(seed: int) -> None:
    """scipy.spatial.distance.jensenshannon, which is its root, in nats."""
    p, q = two_laws(seed)
    p[:20] = 0
    p /= p.sum()
    assert js(p, q) == pytest.approx(jensenshannon(p, q) ** 2)
    assert js(q, p) == pytest.approx(js(p, q))


@pytest.mark.parametrize("epsilon", [0.0, EPSILON, 0.2])
def test_kl_is_that_of_scipy(epsilon: float) -> None:
    """scipy.stats.entropy of p relative to the smoothed q, in nats."""
    p, q = two_laws(5)
    want = entropy(p, (1 - epsilon) * q + epsilon / 50)
    assert kl(p, q, epsilon) == pytest.approx(want)


def test_js_of_distant_gaussians_is_ln_2() -> None:
    p, q = mass(gaussian(-2, 0, 0.1)), mass(gaussian(2, 0, 0.1))
    assert js(p, q) == pytest.approx(np.log(2), abs=1e-12)


@pytest.mark.parametrize(("dx", "dy", "s1", "s2"), [(0.4, -0.3, 0.2, 0.2), (0.2, 0, 0.15, 0.3)])
def test_kl_of_two_gaussians(dx: float, dy: float, s1: float, s2: float) -> None:
    """2 ln(s2 / s1) + (2 s1^2 + d^2) / (2 s2^2) - 1 in the plane, of the blurred Gaussians."""
    p, q = mass(gaussian(0, 0, s1)), mass(gaussian(dx, dy, s2))
    v1, v2 = s1**2 + grid.BANDWIDTH**2, s2**2 + grid.BANDWIDTH**2
    want = np.log(v2 / v1) + (2 * v1 + dx**2 + dy**2) / (2 * v2) - 1
    assert kl(p, q, epsilon=0) == pytest.approx(want, rel=1e-6)
    assert 0.95 * want < kl(p, q) < want - np.log(1 - EPSILON)  # smoothed q >= (1 - epsilon) q


def test_kl_is_infinite_only_unsmoothed() -> None:
    p, q = np.array([0.5, 0.5, 0]), np.array([1.0, 0, 0])
    assert kl(p, q, epsilon=0) == np.inf
    assert kl(q, p, epsilon=0) == pytest.approx(np.log(2))
    assert kl(p, q) == pytest.approx(0.5 * np.log(0.5) * 2 + 0.5 * np.log(3000), abs=0.01)


def test_kl_has_its_stated_bounds() -> None:
    p = mass(RING)
    assert 0 <= kl(p, p) <= -np.log(1 - EPSILON)
    assert js(p, p) == 0
    nowhere = grid.mass(grid.estimate(np.full((10, 2), 50.0)))
    assert js(p, nowhere) == pytest.approx(np.log(2), abs=1e-9)
    assert kl(nowhere, p) == pytest.approx(np.log(3601 / EPSILON), abs=1e-6)
    assert np.log(3601 / EPSILON) == pytest.approx(15.1, abs=0.01)


@pytest.mark.parametrize("kept", [1, 4, 7])
def test_of_a_ring_that_lost_modes(kept: int) -> None:
    """With w of 8 modes, all else right, KL(fakes | real) = ln(8 / w), and JS by its definition."""
    fake = mass(Mixture(RING.centres[:kept], RING.sigma, np.arange(kept)))
    real = mass(RING)
    assert kl(fake, real, epsilon=0) == pytest.approx(np.log(8 / kept), abs=1e-4)
    p, q = np.full(8, 1 / 8), np.where(np.arange(8) < kept, 1 / kept, 0)
    assert js(real, fake) == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-4)


@pytest.mark.parametrize("name", ["ring", "spiral"])
def test_own_samples_are_nearly_at_zero(name: str) -> None:
    """To second order JS is the sum of (q - p)^2 / (8 p); the variance of a kernel density
    estimate is (kernel^2 * p - (kernel * p)^2) / n (Silverman 1986, chapter 3).
    """
    found, b, n = target(name), grid.BANDWIDTH, 2000
    blurred = grid.exact(found)
    squares = found.density(grid.plane(), noise=b / np.sqrt(2)) / (4 * np.pi * b**2)
    want = grid.mass((squares - blurred**2) / (8 * n * blurred))[:-1].sum()
    rng = np.random.default_rng(2)
    masses = [grid.mass(grid.estimate(found.sample(n, rng))) for _ in range(8)]
    assert np.mean([js(mass(found), q) for q in masses]) == pytest.approx(want, rel=0.2)
    assert 0.001 < want < 0.008
    assert max(kl(mass(found), q) for q in masses) < 0.05
