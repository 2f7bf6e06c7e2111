"""Paired differences and their t interval."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.measure.paired import interval


@pytest.mark.parametrize("n", [2, 5, 32])
def test_interval_is_that_of_the_paired_t_test(n: int) -> None:
    """scipy.stats.ttest_rel(...).confidence_interval()."""
    a, b = np.random.default_rng(n).normal(size=(2, n))
    want = stats.ttest_rel(a, b).confidence_interval(0.95)
    mean, low, high = interval(a - b)
    assert mean == pytest.approx((a - b).mean())
    assert (low, high) == pytest.approx((want.low, want.high))


def test_interval_of_equal_differences_is_a_point() -> None:
    assert interval(np.full(4, 0.5)) == (0.5, 0.5, 0.5)


def test_interval_covers_as_often_as_it_says() -> None:
    """4000 samples of 8 normal differences around 0.3: 95 %, within 4 standard errors."""
    rng = np.random.default_rng(0)
    found = [interval(rng.normal(0.3, 1, 8)) for _ in range(4000)]
    share = np.mean([low <= 0.3 <= high for _, low, high in found])
    assert share == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 4000))
