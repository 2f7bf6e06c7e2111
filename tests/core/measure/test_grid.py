"""Densities on the grid: against scikit-learn's estimate and SciPy's normal density."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.neighbors import KernelDensity

from core.data.mixtures import Mixture, target
from core.measure import grid

ONE = Mixture(np.array([[1.0, -0.5]]), 0.2, np.zeros(1, np.int64))


def test_cells_fill_the_plane() -> None:
    """Centres of cells: half a cell from each edge, a cell apart."""
    assert grid.axis(4).tolist() == [-2.25, -0.75, 0.75, 2.25]
    assert grid.plane(60).shape == (60, 60, 2)
    assert grid.plane(60)[7, 11] == pytest.approx([-1.85, -2.25])  # x of the column, y of the row


@pytest.mark.parametrize("bandwidth", [0.1, 0.35])
def test_estimate_is_that_of_scikit_learn(bandwidth: float) -> None:
    """sklearn.neighbors.KernelDensity."""
    x = np.random.default_rng(0).normal((1, -0.5), (0.5, 1.5), (300, 2))
    want = KernelDensity(bandwidth=bandwidth).fit(x).score_samples(grid.plane(30).reshape(-1, 2))
    found = grid.estimate(x.astype(np.float32), 30, bandwidth)
    np.testing.assert_allclose(found.ravel(), np.exp(want), rtol=1e-4, atol=1e-9)


def test_exact_is_blurred_by_the_kernel() -> None:
    """The normal density with the two variances added."""
    want = multivariate_normal([1, -0.5], 0.2**2 + 0.15**2).pdf(grid.plane(40))
    np.testing.assert_allclose(grid.exact(ONE, 40, 0.15), want, rtol=1e-9)


def test_exact_is_what_an_estimate_is_on_average() -> None:
    """Within 5 standard errors in each cell that holds a thirtieth of the highest density.

    A cell's variance is (kernel^2 * p - (kernel * p)^2) / n: Silverman 1986, chapter 3.
    """
    ring, n, b = target("ring"), 20_000, grid.BANDWIDTH
    want = grid.exact(ring)
    squares = ring.density(grid.plane(), noise=b / np.sqrt(2)) / (4 * np.pi * b**2)
    error = np.sqrt((squares - want**2) / n)
    off = grid.estimate(ring.sample(n, np.random.default_rng(1))) - want
    held = want > want.max() / 30
    assert held.sum() > 200
    assert np.abs(off / error)[held].max() < 5


@pytest.mark.parametrize("name", ["ring", "grid", "spiral"])
def test_mass_adds_up_to_one(name: str) -> None:
    found = grid.mass(grid.exact(target(name)))
    assert found.shape == (3601,)
    assert found.sum() == pytest.approx(1, abs=1e-8)
    assert found[-1] < 1e-6


def test_mass_of_a_cell_is_its_area_times_its_density() -> None:
    assert grid.mass(np.full((3, 3), 1 / 72)) == pytest.approx([1 / 18] * 9 + [0.5])


def test_samples_that_have_fled_are_the_last_entry() -> None:
    """Three of four far away, one of them so far that no kernel reaches back."""
    x = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, -9.0], [1e20, 1e20]])
    found = grid.mass(grid.estimate(x))
    assert found[-1] == pytest.approx(0.75, abs=1e-8)
    assert np.isfinite(found).all()


def test_a_kept_density_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        grid.exact(ONE)[0, 0] = 1
