"""The sliced Wasserstein distance: against SciPy along each direction, and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from core.measure.sliced import fan, sliced_wasserstein, wasserstein


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_directions_are_an_even_half_turn() -> None:
    found = fan(4)
    assert np.hypot(*found) == pytest.approx(1)
    assert np.degrees(np.arctan2(*found[::-1])) == pytest.approx([22.5, 67.5, 112.5, 157.5])


@pytest.mark.parametrize("angle", np.linspace(0, 2 * np.pi, 9))
def test_of_two_point_masses(angle: float) -> None:
    """The mean of |cos| over a turn is 2 / pi; the fan is off by 0.05 % at most."""
    x = np.zeros((5, 2))
    y = x + 1.7 * np.array([np.cos(angle), np.sin(angle)])
    assert sliced_wasserstein(x, y) == pytest.approx(2 * 1.7 / np.pi, rel=5e-4)


@pytest.mark.parametrize(("n", "m"), [(50, 50), (50, 20), (7, 60), (13, 1), (40, 80)])
def test_each_direction_is_that_of_scipy(n: int, m: int) -> None:
    """scipy.stats.wasserstein_distance."""
    x, y = rng(1).normal(size=(n, 2)), rng(2).normal((1, 0), 2, (m, 2))
    found = wasserstein(x @ fan(6), y @ fan(6))
    want = [wasserstein_distance(x @ u, y @ u) for u in fan(6).T]
    np.testing.assert_allclose(found, want, rtol=1e-10)
    assert sliced_wasserstein(x, y, fan(6)) == pytest.approx(np.mean(want))


def test_more_dimensions_take_their_own_directions() -> None:
    """A move by (3, 0, 4) along the axes: 3, 0 and 4, whichever way the samples lie."""
    x = rng(3).normal(size=(30, 3))
    assert sliced_wasserstein(x, x + np.array([3, 0, 4]), np.eye(3)) == pytest.approx(7 / 3)


def test_equal_samples_are_at_zero_in_any_order() -> None:
    x = rng(4).normal(size=(30, 2)).astype(np.float32)
    assert sliced_wasserstein(x, x[::-1]) == 0
    assert sliced_wasserstein(x, np.repeat(x, 3, axis=0)) == pytest.approx(0, abs=1e-12)
