"""The noised mixture against Monte Carlo, finite differences and Tweedie's formula."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import mixtures
from core.diffusion.exact import noised
from core.diffusion.schedules import linear

SCHEDULE = linear(1000)
PLACES = np.random.default_rng(0).uniform(-2.5, 2.5, (20, 2))
times = pytest.mark.parametrize("t", [50, 300, 700, 1000])
targets = pytest.mark.parametrize("name", ["ring", "moons"])


@targets
@times
def test_the_score_is_the_slope_of_the_log_density(name: str, t: int) -> None:
    law, h = noised(mixtures.target(name), SCHEDULE, t), 1e-5
    for axis in (0, 1):
        step = h * np.eye(2)[axis]
        slope = (law.law.log_density(PLACES + step) - law.law.log_density(PLACES - step)) / (2 * h)
        np.testing.assert_allclose(law.score(PLACES)[:, axis], slope, rtol=1e-5, atol=1e-5)


@targets
@times
def test_the_denoiser_is_tweedies(name: str, t: int) -> None:
    law = noised(mixtures.target(name), SCHEDULE, t)
    right = (PLACES + law.noise**2 * law.score(PLACES)) / law.signal
    np.testing.assert_allclose(law.clean(PLACES), right, atol=1e-9)
    again = law.signal * law.clean(PLACES) + law.noise * law.added(PLACES)
    np.testing.assert_allclose(again, PLACES, atol=1e-9)


def test_the_denoiser_is_the_mean_of_what_it_could_have_been() -> None:
    """Of 400,000 draws, those whose x_t falls within 0.15 of a place; four standard errors."""
    rng = np.random.default_rng(1)
    mixture = mixtures.target("ring")
    law = noised(mixture, SCHEDULE, 400)
    x0 = mixture.sample(400_000, rng)
    xt = law.signal * x0 + law.noise * rng.standard_normal(x0.shape)
    place = np.array([0.4, 0.1])
    near = np.linalg.norm(xt - place, axis=1) < 0.15
    mean, error = x0[near].mean(0), x0[near].std(0) / np.sqrt(near.sum())
    assert (np.abs(law.clean(place) - mean) < 4 * error + 0.01).all()


def test_where_nothing_is_left_it_points_at_the_middle_of_everything() -> None:
    law = noised(mixtures.target("moons"), linear(1000), 1000)
    middle = mixtures.target("moons").centres.mean(0)
    assert np.abs(law.clean(PLACES) - middle).max() < 0.1
    np.testing.assert_allclose(law.weights(PLACES).sum(-1), 1)
