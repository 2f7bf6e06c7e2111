"""Pooling by chances: the expectation under a softmax, and a cell drawn at random."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import chi2

from core.pooling.ops import pool2d
from tests.core.pooling.reference import agree, by_loop, quickly, random_map, seeds

FALSE_ALARM = 1e-6
"""How often a right sampler fails the test of its frequencies, were the seed another."""


@quickly
@given(st.sampled_from([(2, 5, 6), (4, 4)]), st.floats(-8, 8), st.integers(0, 1), seeds)
def test_the_expectation_is_scipys_softmax(shape: Any, m: float, padding: int, seed: int) -> None:
    """Over the real cells alone, in windows that hang over the edge too."""
    x, window = random_map(shape, seed), (3, 2, padding, 1, True)
    expected = by_loop(x, lambda cells: cells @ softmax(m * cells), *window)
    made = pool2d(x, "expectation", *window, m=m)
    np.testing.assert_allclose(made.numpy(), expected, rtol=1e-12, atol=1e-12)


def test_the_expectations_gradient_is_the_closed_form() -> None:
    """dy/dx_i = w_i (1 + m (x_i - y)), with w the softmax."""
    x = random_map((1, 2, 3), 6)
    weights = softmax(1.7 * x.numpy())
    mean = (weights * x.numpy()).sum()
    leaf = x.clone().requires_grad_()
    pool2d(leaf, "expectation", (2, 3), m=1.7).sum().backward()
    assert leaf.grad is not None
    expected = weights * (1 + 1.7 * (x.numpy() - mean))
    np.testing.assert_allclose(leaf.grad.numpy(), expected, rtol=1e-12, atol=1e-12)


def test_the_expectation_runs_from_minimum_to_maximum() -> None:
    """At m = 0 the average of the real cells; toward infinities the maximum and the minimum."""
    x = random_map((2, 5, 5), 7)
    window = (2, 2, 1)

    def expectation(m: float) -> Any:
        return lambda x: pool2d(x, "expectation", *window, m=m)

    agree(expectation(0.0), lambda x: pool2d(x, "average", *window, count_include_pad=False), x)
    for m in (1e6, 1e300, math.inf):
        agree(expectation(m), lambda x: pool2d(x, "max", *window), x)
        agree(expectation(-m), lambda x: pool2d(x, "min", *window), x)
    single = pool2d(x.float() * 1e4, "expectation", *window, m=1e300)
    assert torch.equal(single, pool2d(x.float() * 1e4, "max", *window))


def draws(window: np.ndarray, count: int, seed: int, **given: Any) -> np.ndarray:
    """What is drawn from so many copies of one window."""
    copies = torch.from_numpy(window).expand(count, 1, *window.shape)
    made = pool2d(copies, "stochastic", window.shape, generator=torch.Generator().manual_seed(seed))
    return made.numpy().ravel()


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_cells_are_drawn_in_proportion_to_their_values(kind: type) -> None:
    """Pearson's chi-square over 20000 draws; a cell of 0 is never drawn."""
    window = np.array([[0.0, 5, 1], [2, 0, 0.5]], kind)
    made = draws(window, 20_000, 11)
    values = window[window > 0]
    counts = np.array([(made == value).sum() for value in values])
    assert counts.sum() == 20_000
    expected = 20_000 * values / values.sum()
    statistic = ((counts - expected) ** 2 / expected).sum()
    assert chi2.sf(statistic, len(values) - 1) > FALSE_ALARM


def test_padding_is_never_drawn_and_zeros_give_zero() -> None:
    """Each window under a padding of 1 holds one real cell, and draws it."""
    x = np.array([[3.0, 4.0], [5.0, 0.0]])
    np.testing.assert_array_equal(pool2d(x, "stochastic", 2, 2, 1), x)
    assert pool2d(np.zeros((4, 4)), "stochastic", 2).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert draws(np.array([[1e-300, 1e-300]]), 50, 3).tolist() == [1e-300] * 50
    assert set(draws(np.array([[1e308, 1.5e308]]), 50, 3)) == {1e308, 1.5e308}


def test_the_drawn_cell_alone_has_the_gradient() -> None:
    """One cell a window; none where all are zero."""
    x = random_map((1, 6, 6), 9).abs()
    x[0, :2, :2] = 0
    leaf = x.clone().requires_grad_()
    made = pool2d(leaf, "stochastic", 2, generator=torch.Generator().manual_seed(1))
    made.sum().backward()
    assert leaf.grad is not None
    assert leaf.grad.sum() == 8 and set(leaf.grad.unique().tolist()) == {0.0, 1.0}
    chosen = leaf.grad[0].bool()
    in_order = pool2d(x * leaf.grad, "sum", 2)
    assert torch.equal(in_order, made.detach()) and not chosen[:2, :2].any()


def test_the_generator_alone_decides() -> None:
    """Equal seeds draw alike and others differ; without one it is torch's own."""
    x = random_map((4, 8, 8), 2).abs()

    def drawn(seed: int) -> torch.Tensor:
        return pool2d(x, "stochastic", 2, generator=torch.Generator().manual_seed(seed))

    assert torch.equal(drawn(5), drawn(5)) and not torch.equal(drawn(5), drawn(6))
    with torch.random.fork_rng():
        torch.manual_seed(5)
        assert torch.equal(pool2d(x, "stochastic", 2), drawn(5))


def test_negative_values_have_no_chances() -> None:
    with pytest.raises(ValueError, match=r"probability x / sum\(x\): x must not be < 0"):
        pool2d(np.array([[1.0, -1e-9]]), "stochastic", (1, 2))
