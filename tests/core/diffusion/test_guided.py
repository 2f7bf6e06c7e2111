"""Guidance against what is known in closed form: two Gaussians, scale 1, Bayes' rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from core.data.mixtures import Mixture
from core.diffusion import samplers
from core.diffusion.exact import noised
from core.diffusion.guided import GUIDED, Frame, Settings
from core.diffusion.guided_classes import SETS, SLIM, WIDE, bell_spread, guided, laws
from core.diffusion.guided_figures import SCALES
from core.diffusion.guided_run import gauges, sampled
from core.diffusion.schedules import ladder, linear

SCHEDULE = linear(1000)
sets = pytest.mark.parametrize("name", sorted(SETS))


def run(**changes: Any) -> list[Frame]:
    found = list(GUIDED.frames(Settings(**changes)))
    assert all(isinstance(frame, Frame) for frame in found)
    return found  # type: ignore[return-value]


@sets
def test_at_scale_one_the_noise_is_the_classs_own_and_at_zero_that_of_all(name: str) -> None:
    classes, x = SETS[name](), np.random.default_rng(0).standard_normal((9, 2))
    every, own = laws(classes, "b", SCHEDULE, 300)
    np.testing.assert_allclose(guided(every, own, x, 1.0)[0], own.added(x), atol=1e-12)
    np.testing.assert_allclose(guided(every, own, x, 0.0)[0], every.added(x), atol=1e-12)


@pytest.mark.parametrize("scale", [0.0, 1.0, 3.0, 7.5])
def test_between_gaussians_the_noise_is_linear(scale: float) -> None:
    """E[e | x] = s (x - a m) / v of each; Ho and Salimans: (1 + w) with it, minus w without."""
    x, t, w = np.random.default_rng(1).standard_normal((9, 2)), 400, scale - 1
    a, s = SCHEDULE.signal[t], SCHEDULE.noise[t]
    classes = SETS["bells"]()
    every, own = laws(classes, "c", SCHEDULE, t)
    centre = classes.each["c"].centres[0]
    of_all = s * x / (a**2 * WIDE**2 + s**2)
    of_own = s * (x - a * centre) / (a**2 * SLIM**2 + s**2)
    right = (1 + w) * of_own - w * of_all
    np.testing.assert_allclose(guided(every, own, x, scale)[0], right, atol=1e-12)


def test_ddim_ends_at_the_product_of_its_coefficients() -> None:
    """One step is x' = k x + c; over all of them by hand, to 1e-9."""
    settings = Settings(target="bells", label="b", scale=4.0, sampler="ddim", steps=30)
    start = torch.from_numpy(np.random.default_rng(2).standard_normal((1, 7, 2)))
    *_, end = sampled(settings, start, np.array([[[4.0]]]))
    centre = settings.classes.each["b"].centres[0]
    slope, shift = 1.0, np.zeros(2)
    for t, u in zip(settings.times[:-1], settings.times[1:], strict=True):
        a, s, a2, s2 = SCHEDULE.signal[t], SCHEDULE.noise[t], SCHEDULE.signal[u], SCHEDULE.noise[u]
        of_all, of_own = s / (a**2 * WIDE**2 + s**2), s / (a**2 * SLIM**2 + s**2)
        k = of_all + 4 * (of_own - of_all)  # the noise is k x + c
        c = -4 * of_own * a * centre
        slope, shift = (
            slope * (a2 / a + (s2 - a2 * s / a) * k),
            shift * (a2 / a + (s2 - a2 * s / a) * k) + (s2 - a2 * s / a) * c,
        )
    np.testing.assert_allclose(end[0].numpy(), slope * start[0].numpy() + shift, atol=1e-9)


@pytest.mark.parametrize("scale", [1.0, 2.0, 5.0])
def test_the_flows_spread_and_mean_are_those_of_scipys_integration(scale: float) -> None:
    """In left L, dx/dL = (x + score) / 2 L with the weighted scores; and the closed form."""
    centre = float(SETS["bells"]().each["a"].centres[0, 1])

    def rate(left: float, x: np.ndarray) -> np.ndarray:
        a, v, v_own = np.sqrt(left), left * WIDE**2 + 1 - left, left * SLIM**2 + 1 - left
        score = -(1 - scale) * x / v - scale * (x - a * centre) / v_own
        return (x + score) / (2 * left)

    first = float(SCHEDULE.left[-1])
    ends = integrate.solve_ivp(rate, (first, 1.0), [0.0, 1.0], rtol=1e-10, atol=1e-12).y[:, -1]
    settings = Settings(target="bells", scale=scale, steps=60)
    start = torch.tensor([[[0.0, 0.0], [0.0, 1.0]]], dtype=torch.float64)
    *_, found = sampled(settings, start, np.array([[[scale]]]))
    np.testing.assert_allclose(found[0, :, 1].numpy(), ends, atol=0.01)
    assert ends[1] - ends[0] == pytest.approx(SLIM * bell_spread(scale), rel=1e-3)


def test_past_scale_one_samples_crowd_and_overshoot() -> None:
    one, four, ten = (run(scale=scale, seed=11)[-1].metrics for scale in (1.0, 4.0, 10.0))
    assert one["spread"] == pytest.approx(1, abs=0.06) and one["swd"] < 3 * one["swd_floor"]
    assert one["within"] == pytest.approx(one["within_exact"], abs=0.015)
    assert one["certain"] == pytest.approx(one["certain_exact"], abs=0.02)
    assert ten["spread"] < four["spread"] < 0.8 and 0.3 < four["shift"] < ten["shift"]
    assert ten["within"] < 0.66 < four["within"]
    assert four["certain"] > one["certain"]


def test_the_sweep_is_what_single_runs_give() -> None:
    last = run(scale=6.0, steps=12)[-1]
    assert last.sweep is not None
    at = int(np.flatnonzero(SCALES == 6)[0])
    own = Settings().classes.each["a"]
    right = gauges(own.centres, own.sigma, last.points[:200].astype(float))
    np.testing.assert_allclose(last.sweep[at][[0, 1, 3]], right, atol=0.01)


def test_gauges_on_points_that_are_known() -> None:
    """Four points at the corners of a square of side 2 around (1, 0); one island at 0, sigma 1."""
    x = np.array([[0.0, 1], [2, 1], [0, -1], [2, -1]])
    spread, within, shift = gauges(np.zeros((1, 2)), 1.0, x)
    assert (spread, within, shift) == pytest.approx((1.0, 1.0, 1.0))
    assert gauges(np.zeros((1, 2)), 0.5, x)[1] == 0.5  # three sigma is 1.5: two corners are near


@pytest.mark.parametrize("name", ["pairs", "eight"])
def test_the_share_of_a_class_is_bayes_rule(name: str) -> None:
    classes, x = SETS[name](), np.random.default_rng(3).uniform(-2, 2, (30, 2))
    total, by = np.zeros(30), {}
    for label, one in classes.each.items():
        by[label] = sum(
            stats.multivariate_normal.pdf(x, centre, one.sigma**2) for centre in one.centres
        )
        total += by[label]
    for label in by:
        np.testing.assert_allclose(classes.share(label, x), by[label] / total, atol=1e-10)


def test_each_set_has_three_classes_that_make_up_the_whole() -> None:
    for name in ("pairs", "eight"):
        classes = SETS[name]()
        parts = np.concatenate([one.centres for one in classes.each.values()])
        np.testing.assert_array_equal(parts, classes.everything.centres)
        assert set(classes.each) == set("abc")


def test_a_plain_run_is_the_samplers_own() -> None:
    """At scale 1 the guided path is that of the sampler on the class's exact noise."""
    frames = run(scale=1.0, steps=10, sampler="ddim", seed=5)
    own = Mixture(
        *(getattr(Settings().classes.each["a"], f) for f in ("centres", "sigma", "modes"))
    )

    def model(x: torch.Tensor, t: float) -> torch.Tensor:
        return torch.from_numpy(noised(own, SCHEDULE, int(t)).added(x.numpy()))

    start = torch.from_numpy(np.random.default_rng(5).spawn(2)[0].standard_normal((1000, 2)))
    *_, end = samplers.ddim(model, start, SCHEDULE, ladder(1000, 10))
    np.testing.assert_allclose(frames[-1].points.astype(float), end[:600].numpy(), atol=2e-3)
    np.testing.assert_array_equal(frames[-1].points, frames[-1].plain)
