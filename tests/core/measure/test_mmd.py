"""The squared MMD: against a plain loop, scikit-learn's kernels and Gaussians' closed form."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import rbf_kernel

from core.measure import mmd as module
from core.measure.mmd import BLOCK, WIDTHS, mmd


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def kernel(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.mean([np.exp(-((a - b) ** 2).sum() / (2 * w * w)) for w in (0.25, 0.5, 1)]))


def test_is_equation_3_in_a_plain_loop() -> None:
    x, y = rng(1).normal(size=(9, 2)), rng(2).normal(0.5, 1, (7, 2))
    xx = sum(kernel(x[i], x[j]) for i in range(9) for j in range(9) if i != j) / (9 * 8)
    yy = sum(kernel(y[i], y[j]) for i in range(7) for j in range(7) if i != j) / (7 * 6)
    xy = sum(kernel(a, b) for a in x for b in y) / (9 * 7)
    assert mmd(x, y) == pytest.approx(xx + yy - 2 * xy, rel=1e-10)


def test_blocks_add_up() -> None:
    """sklearn.metrics.pairwise.rbf_kernel, over more rows than a block, in five dimensions."""
    x, y = rng(3).normal(size=(2 * BLOCK + 11, 5)), rng(4).normal(0.3, 1, (BLOCK + 3, 5))

    def mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.mean([rbf_kernel(a, b, 1 / (2 * w * w)) for w in WIDTHS], axis=0)

    def off(a: np.ndarray) -> float:
        return float((mean(a, a).sum() - len(a)) / (len(a) * (len(a) - 1)))

    want = off(x) + off(y) - 2 * mean(x, y).mean()
    assert mmd(x.astype(np.float32), y) == pytest.approx(want, abs=1e-6)
    assert mmd(x, y) == pytest.approx(want, rel=1e-9)


def test_of_gaussians_on_average() -> None:
    """E k(a, b) = sum of w^2 / v exp(-d^2 / (2 v)) / 3 in the plane, where v is w^2 plus the two
    variances; the mean of 300 estimates from 30 samples each, within 4 standard errors.
    """

    def expected(v1: float, v2: float, d: float) -> float:
        v = np.square(WIDTHS) + v1 + v2
        return float(np.mean(np.square(WIDTHS) / v * np.exp(-(d**2) / (2 * v))))

    want = expected(0.25, 0.25, 0) + expected(1, 1, 0) - 2 * expected(0.25, 1, 1.5)
    r = rng(5)
    found = [mmd(r.normal(0, 0.5, (30, 2)), r.normal((1.5, 0), 1, (30, 2))) for _ in range(300)]
    assert np.mean(found) == pytest.approx(want, abs=4 * np.std(found) / np.sqrt(300))


def test_of_equal_laws_is_zero_on_average_and_at_times_below() -> None:
    r = rng(6)
    found = [mmd(r.normal(size=(20, 2)), r.normal(size=(20, 2))) for _ in range(300)]
    assert np.mean(found) == pytest.approx(0, abs=4 * np.std(found) / np.sqrt(300))
    assert min(found) < 0


def test_point_masses_far_apart_reach_two() -> None:
    """The kernel is 1 within each and 0 between."""
    assert mmd(np.zeros((3, 2)), np.full((4, 2), 1e6)) == pytest.approx(2)


def test_the_first_so_many_are_used() -> None:
    x, y = rng(7).normal(size=(40, 2)), rng(8).normal(size=(50, 2))
    assert mmd(x, y, most=15) == mmd(x[:15], y[:15]) != mmd(x, y)
    assert module.MOST == 1000


@pytest.mark.parametrize(("n", "m", "most"), [(1, 5, 9), (5, 1, 9), (5, 5, 1)])
def test_too_few_samples_are_refused(n: int, m: int, most: int) -> None:
    with pytest.raises(ValueError, match="two samples"):
        mmd(np.zeros((n, 2)), np.zeros((m, 2)), most)
