"""Schedules against their formulas, and posteriors against Bayes' rule."""

from __future__ import annotations

import numpy as np
import pytest

from core.diffusion import schedules
from core.diffusion.schedules import SCHEDULES, Schedule, ladder

each = pytest.mark.parametrize("name", sorted(SCHEDULES))


def test_linear_is_that_of_ddpm() -> None:
    found = schedules.linear(1000)
    betas = np.linspace(1e-4, 0.02, 1000)
    np.testing.assert_allclose(found.betas[1:], betas, rtol=1e-9)
    np.testing.assert_allclose(found.left[1:], np.cumprod(1 - betas), rtol=1e-12)


def test_cosine_by_its_formula() -> None:
    found = schedules.cosine(1000)
    angle = (np.arange(990) / 1000 + 0.008) / 1.008 * np.pi / 2
    right = np.cos(angle) ** 2 / np.cos(angle[0]) ** 2
    np.testing.assert_allclose(found.left[:990], right, rtol=1e-9)
    assert found.betas.max() <= 0.999 + 1e-12


@each
@pytest.mark.parametrize("steps", [10, 100, 1000])
def test_what_is_left_falls_from_one(name: str, steps: int) -> None:
    found = SCHEDULES[name](steps)
    assert found.steps == steps and found.left[0] == 1
    assert (np.diff(found.left) < 0).all() and 0 < found.left[-1] < 0.02
    np.testing.assert_allclose(found.signal**2 + found.noise**2, 1)


def test_sigmoid_is_half_way_in_the_middle() -> None:
    assert schedules.sigmoid(100).left[50] == pytest.approx(0.5)


@each
def test_the_posterior_is_bayes_rule(name: str) -> None:
    """Of two Gaussians in x_s: the prior given x_0, and the likelihood of x_t."""
    found = SCHEDULES[name](100)
    for t, s in [(100, 99), (60, 40), (2, 1)]:
        kept = found.left[t] / found.left[s]
        precision = 1 / (1 - found.left[s]) + kept / (1 - kept)
        x0, xt = 0.7, -1.3
        mean = found.signal[s] * x0 / (1 - found.left[s]) + np.sqrt(kept) * xt / (1 - kept)
        a, b, variance = found.posterior(t, s)
        assert variance == pytest.approx(1 / precision, rel=1e-9)
        assert a * x0 + b * xt == pytest.approx(mean / precision, rel=1e-9)


def test_zero_terminal_snr() -> None:
    found = schedules.zero_terminal(schedules.linear(1000))
    assert found.left[-1] == 0 and found.snr[-1] == 0
    assert found.left[1] == pytest.approx(schedules.linear(1000).left[1])
    assert (np.diff(found.left) < 0).all()


def test_by_hand() -> None:
    found = schedules.edited(4, [0.5, 0.0])
    np.testing.assert_allclose(found.left, [1, 0.75, 0.5, 0.25, 1e-9])
    for wrong in ([], [1.0], [0.5, 0.6], [0.5, -0.1], [float("nan")]):
        with pytest.raises(ValueError, match=r"what is left must fall|at least one"):
            schedules.edited(4, wrong)


def test_the_ladder() -> None:
    assert ladder(1000, 5) == [1000, 750, 500, 251, 1, 0]
    assert ladder(1000, 1) == [1000, 0]
    assert ladder(7, 7) == [7, 6, 5, 4, 3, 2, 1, 0]
    for wrong in (0, 11):
        with pytest.raises(ValueError, match="from 1 to 10"):
            ladder(10, wrong)


def test_signal_to_noise() -> None:
    found = Schedule(np.array([1.0, 0.8, 0.5]))
    np.testing.assert_allclose(found.snr[1:], [4, 1])
