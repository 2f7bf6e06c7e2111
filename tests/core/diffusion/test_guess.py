"""What a noisy point could have been: the posterior against SciPy, simulation, and one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from core.data import mixtures, mnist
from core.diffusion import guess_net
from core.diffusion.exact import noised
from core.diffusion.guess import GUESS, Frame, Settings, moved
from core.diffusion.guess_maths import (
    TIMES,
    by_mode,
    component_means,
    draws,
    image_shares,
    perplexity,
)
from core.diffusion.guess_run import scaled
from core.diffusion.schedules import linear

SCHEDULE = linear(1000)
PLACE = np.array([0.7, -0.4])
targets = pytest.mark.parametrize("name", ["ring", "moons", "gaussians"])
times = pytest.mark.parametrize("t", [20, 240, 480, 900])


def run(**changes: Any) -> Frame:
    (found,) = GUESS.frames(Settings(**changes))
    assert isinstance(found, Frame)
    return found


def test_the_perplexity_is_scipys_entropy() -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(9), 5)
    np.testing.assert_allclose(perplexity(shares), np.exp(stats.entropy(shares, axis=1)))
    assert perplexity(np.array([1.0, 0.0, 0.0])) == 1
    assert perplexity(np.full(12, 1 / 12)) == pytest.approx(12)


@targets
@times
def test_shares_are_bayes_rule_over_scipys_densities(name: str, t: int) -> None:
    mixture = mixtures.target(name)
    law = noised(mixture, SCHEDULE, t)
    a, s = SCHEDULE.signal[t], SCHEDULE.noise[t]
    spread = a**2 * mixture.sigma**2 + s**2
    logs = [stats.multivariate_normal.logpdf(PLACE, a * c, spread) for c in mixture.centres]
    each = special.softmax(logs)
    share, ends = by_mode(law, PLACE)
    for mode in range(mixture.count):
        assert share[mode] == pytest.approx(each[mixture.modes == mode].sum(), abs=1e-12)
    np.testing.assert_allclose(share @ ends, law.clean(PLACE), atol=1e-10)


def test_the_mean_of_one_gaussian_is_the_conditional_mean_of_a_joint_normal() -> None:
    """E[x0 | xt] = m + cov(x0, xt) / var(xt) (xt - a m), by the block formula."""
    law = noised(mixtures.target("gaussians"), SCHEDULE, 400)
    a, s, sigma = law.signal, law.noise, law.mixture.sigma
    joint = np.array([[sigma**2, a * sigma**2], [a * sigma**2, a**2 * sigma**2 + s**2]])
    gain = joint[0, 1] / joint[1, 1]
    right = law.mixture.centres + gain * (PLACE - a * law.mixture.centres)
    np.testing.assert_allclose(component_means(law, PLACE), right, atol=1e-12)


def test_draws_have_the_shares_mean_and_spread_of_the_posterior() -> None:
    """40,000 draws; four standard errors."""
    law, rng, count = (
        noised(mixtures.target("islands"), SCHEDULE, 300),
        np.random.default_rng(2),
        40_000,
    )
    found = draws(law, PLACE, rng.random(count), rng.standard_normal((count, 2)))
    nearest = np.linalg.norm(found[:, None] - law.mixture.centres, axis=-1).argmin(1)
    share, _ = by_mode(law, PLACE)
    counted = np.bincount(nearest, minlength=3) / count
    assert (np.abs(counted - share) < 4 * np.sqrt(share * (1 - share) / count) + 0.004).all()
    error = found.std(0) / np.sqrt(count)
    assert (np.abs(found.mean(0) - law.clean(PLACE)) < 4 * error).all()
    a, s, sigma = law.signal, law.noise, law.mixture.sigma
    own = found[nearest == share.argmax()]
    exact = (1 / (1 / sigma**2 + a**2 / s**2)) ** 0.5  # precisions add
    assert own.std(0) == pytest.approx(exact, rel=0.02)


def test_the_share_of_every_image_is_the_softmax_of_its_distance() -> None:
    """In double precision, one image at a time, by SciPy."""
    images = scaled(mnist.pixels("train")[0][:200].reshape(200, -1))
    start = scaled(mnist.pixels("test")[0][7]).ravel()
    noise = np.random.default_rng(1).standard_normal(784)
    picked = np.array([20, 300, 480, 640, 1000])
    signal, sd = SCHEDULE.signal[picked], SCHEDULE.noise[picked]
    found = image_shares(images, start, noise, signal, sd)
    for n, (a, s) in enumerate(zip(signal, sd, strict=True)):
        x = a * start.astype(float) + s * noise
        squares = [float(((x - a * one.astype(float)) ** 2).sum()) for one in images]
        right = special.softmax(-np.array(squares) / (2 * s**2))
        np.testing.assert_allclose(found[n], right, rtol=0.02, atol=1e-6)


def test_without_noise_a_known_digit_is_itself_and_at_the_end_all_are_alike() -> None:
    frame = run(t=0, known="one-of-them", digit=5, example=3)
    assert frame.metrics["digits"] == pytest.approx(1)
    own = mnist.pixels("train")[0][35]
    for image in frame.images[0]:
        assert np.abs(image.astype(int) - own).max() <= 1
    assert frame.digits[-1] > 11_000
    mean = mnist.pixels("train")[0].mean(0)
    assert np.abs(frame.images[-1, 1] - mean).mean() < 6


def test_a_new_digit_comes_back_as_a_known_one() -> None:
    frame = run(t=20, known="held-out", digit=3)
    pixels, answer = mnist.pixels("train")[0].astype(int), frame.images[1, 1].astype(int)
    assert np.abs(pixels - answer).max(axis=(1, 2)).min() <= 1
    assert np.abs(mnist.pixels("test")[0][3].astype(int) - answer).mean() > 10


def test_candidates_at_this_place_run_along_time() -> None:
    frame = run(t=480)
    assert frame.candidates[TIMES == 480][0] == pytest.approx(frame.metrics["candidates"], rel=1e-6)
    assert frame.digits[TIMES == 480][0] == pytest.approx(frame.metrics["digits"], rel=1e-6)


def test_the_network_is_read_between_its_grid_points() -> None:
    """A field that is linear in place and time is read exactly; outside, at the edge."""
    times, side = np.array([100, 300, 700]), 5
    axis = np.linspace(-3, 3, side)
    grid = np.stack(np.meshgrid(axis, axis), -1)
    field = np.stack([2 * grid + (1.5, -0.5) + t / 100 for t in times])
    place = np.array([0.37, -1.9])
    for t in (100, 180, 300, 650, 700):
        right = 2 * place + (1.5, -0.5) + t / 100
        np.testing.assert_allclose(guess_net.read(times, field, t, place), right, atol=1e-12)
    far = guess_net.read(times, field, 300, np.array([9.0, 0.0]))
    np.testing.assert_allclose(far, np.array([6.0, 0.0]) + (1.5, -0.5) + 3)


def test_the_shipped_network_knows_the_answer_where_points_are() -> None:
    """Mean distance from the exact mean, over places as likely as noisy points are there."""
    settings = Settings()
    found = guess_net.field_of(settings)
    assert found is not None
    axis = np.linspace(-3, 3, guess_net.SIDE)
    grid = np.stack(np.meshgrid(axis, axis), -1)
    for t, field in zip(*found, strict=True):
        law = noised(settings.mixture, settings.course, int(t))
        weight = law.law.density(grid)
        gap = np.linalg.norm(field - law.clean(grid), axis=-1)
        if t <= 500:
            assert (gap * weight).sum() / weight.sum() < 0.15, t
    assert guess_net.field_of(Settings(target="moons")) is None
    assert guess_net.field_of(Settings(schedule="cosine")) is None


@pytest.mark.parametrize("value", [None, 3, [1, 2], ["a", 0, 0], [True, 0, 0]])
def test_what_is_no_place_and_time_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        moved(Settings(), value)


@pytest.mark.parametrize("target", ["spiral", "drawn", "grid"])
def test_every_kind_of_target_can_be_drawn(target: str) -> None:
    settings = Settings(target=target, t=300)
    frame = run(target=target, t=300)
    stage = GUESS.views[0].stage
    assert stage is not None
    sent = stage.payload(settings, [frame])
    assert sent["count"] == settings.mixture.count
    assert (sent["net"] is not None) == (target == "grid")
    for figure in GUESS.figures(settings, [frame], 0).values():
        assert figure["data"]
