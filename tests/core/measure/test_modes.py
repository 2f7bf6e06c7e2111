"""Modes covered and high quality, of exact samples and of failures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from core.data.mixtures import TARGETS, Mixture, target
from core.measure.modes import modes, shares

RING = target("ring")


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_samples_of_the_ring_cover_it() -> None:
    """1 - exp(-9/2) = 98.889 % lie within three sigma: the Rayleigh law."""
    covered, quality = modes(RING.sample(10_000, rng()), RING)
    assert covered == 8
    assert quality == pytest.approx(0.98889, abs=0.003)


@pytest.mark.parametrize("name", TARGETS)
def test_samples_of_a_target_cover_it(name: str) -> None:
    """Within 4 standard errors of the mixture's own share."""
    found, n = target(name), 10_000
    covered, quality = modes(found.sample(n, rng(1)), found)
    assert covered == found.count
    error = np.sqrt(found.within * (1 - found.within) / n)
    assert quality == pytest.approx(found.within, abs=4 * error)


def test_a_point_mass_covers_one_mode_of_eight() -> None:
    assert modes(np.tile(RING.centres[3], (500, 1)), RING) == (1, 1.0)


def test_a_point_mass_between_modes_covers_none() -> None:
    assert modes(np.zeros((500, 2)), RING) == (0, 0.0)


def test_three_sigma_is_the_limit() -> None:
    x = RING.centres[0] + np.array([[0.299, 0], [0.301, 0], [0, -0.299], [-0.22, 0.22]])
    assert modes(x, RING)[1] == 0.5


def test_high_quality_is_that_of_a_nearest_neighbour_search() -> None:
    """scipy.spatial.cKDTree, on samples that are wider than the spiral."""
    spiral = target("spiral")
    x = spiral.sample(3000, rng(2)) + 0.2 * rng(3).standard_normal((3000, 2))
    gaps, which = cKDTree(spiral.centres).query(x)
    good = gaps <= 3 * spiral.sigma
    want = np.bincount(spiral.modes[which[good]], minlength=12) / 3000
    np.testing.assert_allclose(shares(x, spiral), want)
    assert modes(x, spiral)[1] == pytest.approx(good.mean())
    assert 0.5 < good.mean() < 0.95


def test_a_tenth_of_the_fair_share_covers() -> None:
    """Fair is an eighth, so one in 80 covers a mode, and one in 81 does not."""
    one = np.tile(RING.centres[0], (80, 1))
    one[0] = RING.centres[5]
    assert modes(one, RING)[0] == 2
    assert modes(np.vstack([one, RING.centres[:1]]), RING)[0] == 1


def test_fair_is_a_modes_part_of_the_mixture() -> None:
    """One mode of nine Gaussians and one of one: a tenth of its 10 % is 1 in 100."""
    centres = np.stack([np.arange(10.0), np.zeros(10)], 1)
    uneven = Mixture(centres, 0.1, np.array([0] * 9 + [1]))
    x = np.zeros((100, 2))
    x[0] = centres[9]
    assert modes(x, uneven)[0] == 2
    assert modes(9 * (x > 0) + np.array([9.0, 0]) * (x == 0), uneven)[0] == 1


def test_shares_are_of_all_samples() -> None:
    x = RING.centres[[0, 0, 0, 2]]
    x = np.vstack([x, np.zeros((4, 2))])
    assert shares(x, RING).tolist() == [0.375, 0, 0.125, 0, 0, 0, 0, 0]


def test_points_that_are_not_finite_are_near_nothing() -> None:
    x = np.array([[2.0, 0], [np.nan, 0], [np.inf, -np.inf], [1e30, 0]], np.float32)
    assert modes(x, RING) == (1, 0.25)
    assert modes(x[1:], RING) == (0, 0.0)


def test_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        modes(np.empty((0, 2)), RING)
