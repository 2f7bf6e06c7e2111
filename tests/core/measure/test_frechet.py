"""The Fréchet distance: against scipy.linalg.sqrtm and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from core.measure.frechet import feature_distance, frechet


def gaussian(seed: int, d: int, rank: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(d, rank))
    return rng.normal(size=d), root @ root.T


@pytest.mark.parametrize("d", [2, 16, 64])
def test_is_heusel_with_scipys_root(d: int) -> None:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 sqrtm(C1 C2))."""
    m1, c1 = gaussian(1, d, d + 5)
    m2, c2 = gaussian(2, d, d + 5)
    want = ((m1 - m2) ** 2).sum() + np.trace(c1 + c2 - 2 * sqrtm(c1 @ c2).real)
    assert frechet(m1, c1, m2, c2) == pytest.approx(want, rel=1e-8)
    assert frechet(m2, c2, m1, c1) == pytest.approx(want, rel=1e-8)


def test_of_diagonal_covariances() -> None:
    """|m1 - m2|^2 + the sum of (s1 - s2)^2, of means 0 and standard deviations."""
    s1, s2 = np.array([1.0, 2, 3]), np.array([2.0, 2, 0])
    mean = np.array([0.5, 0, -1])
    found = frechet(np.zeros(3), np.diag(s1**2), mean, np.diag(s2**2))
    assert found == pytest.approx(1.25 + 1 + 9)


def test_of_a_law_and_itself_is_zero_even_with_features_that_never_vary() -> None:
    mean, cov = gaussian(3, 20, 4)
    assert frechet(mean, cov, mean, cov) == pytest.approx(0, abs=1e-5)
    assert frechet(mean, cov, mean, cov) >= 0


def test_from_features() -> None:
    """The same columns moved by (1, 2) and stretched by 3: 5 + 4 (s1^2 + s2^2) for the stretch."""
    x = np.random.default_rng(4).normal(size=(200, 2)).astype(np.float32)
    x -= x.mean(0)
    var = np.cov(x, rowvar=False).trace()
    assert feature_distance(x, 3 * x + np.array([1, 2])) == pytest.approx(5 + 4 * var, rel=1e-5)


def test_of_one_feature() -> None:
    x = np.array([[0.0], [2.0]])  # standard deviation sqrt 2, unbiased
    assert feature_distance(x, 2 * x) == pytest.approx(1 + 2)


@pytest.mark.parametrize(("n", "m"), [(1, 5), (5, 1)])
def test_too_few_samples_are_refused(n: int, m: int) -> None:
    with pytest.raises(ValueError, match="two samples"):
        feature_distance(np.zeros((n, 3)), np.zeros((m, 3)))
