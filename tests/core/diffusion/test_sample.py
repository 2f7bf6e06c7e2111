"""The way back: ODEs against SciPy and closed forms, flow matching, DDIM's shrinkage, costs."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from torch import Tensor

from core.data.mixtures import target
from core.diffusion import samplers
from core.diffusion.sample import SAMPLE, STEPPED, Settings
from core.diffusion.sample_gauss import narrow, spread
from core.diffusion.sample_run import Walk, _tries
from core.diffusion.sample_ways import chain, evaluations, reverse
from core.diffusion.schedules import Schedule, Straight, cosine, ladder, linear, zero_terminal
from core.experiment import Diverged
from core.measure.modes import modes
from core.measure.sliced import sliced_wasserstein

SD = 0.5
ways = pytest.mark.parametrize("course", [linear(1000), cosine(1000), Straight(1000)])


def gaussian(course: Schedule, sd: float = SD) -> samplers.Model:
    """The best prediction of the noise when the data are N(0, sd^2), at any t."""
    times = np.arange(course.steps + 1)

    def model(x: Tensor, t: float) -> Tensor:
        a, s = (float(np.interp(t, times, one)) for one in (course.signal, course.noise))
        return x * s / (a**2 * sd**2 + s**2)

    return model


def spread_at(course: Schedule, t: int, sd: float = SD) -> float:
    return float(np.sqrt(course.signal[t] ** 2 * sd**2 + course.noise[t] ** 2))


def last(found: Any) -> Any:
    *_, end = found
    return end


@ways
def test_the_slope_is_that_of_the_probability_flow(course: Schedule) -> None:
    """A point moves as the spread of x_t does: spread' / spread times x, by finite differences."""
    x = torch.tensor([0.8], dtype=torch.float64)
    for t in (100, 500, 900):
        wide = spread_at(course, t + 1) - spread_at(course, t - 1)
        right = 0.8 * wide / 2 / spread_at(course, t)
        found = samplers.slope(gaussian(course), x, course, t)
        assert float(found) == pytest.approx(right, rel=1e-3), t


@ways
def test_rk45_is_scipys_and_ends_as_the_closed_form(course: Schedule) -> None:
    """On N(0, sd^2) the flow multiplies by the spread at t = 1 over that at T."""
    model, x = gaussian(course), torch.tensor([1.0, -0.3], dtype=torch.float64)
    found = list(samplers.rk45(model, x, course, 1e-6))
    times = [t for t, _ in found]
    assert times == sorted(times, reverse=True) and times[-2:] == [1.0, 0.0]

    def rate(t: float, y: np.ndarray) -> np.ndarray:
        return samplers.slope(model, torch.from_numpy(y), course, t).numpy()

    right = solve_ivp(rate, (course.steps, 1), x.numpy(), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found[-2][1].numpy(), right.y[:, -1], rtol=1e-9)
    assert len(found) == len(right.t)
    factor = spread_at(course, 1) / spread_at(course, course.steps)
    np.testing.assert_allclose(found[-2][1].numpy(), factor * x.numpy(), rtol=5e-3)


def test_euler_on_the_straight_way_is_ddim() -> None:
    """Both go from one mix of x_0 and noise to another (Gao et al. 2025)."""
    course = Straight(1000)
    net: Any = straight_net(course)
    x = torch.randn(6, 2)
    one = last(reverse(net, course, x, "euler", 20))[1]
    other = last(reverse(net, course, x / course.scale[-1], "ddim", 20))[1]
    torch.testing.assert_close(one, other, atol=2e-4, rtol=2e-3)


def straight_net(course: Straight) -> Any:
    """In place of a network: the exact velocity of N(0, sd^2) in the plane."""
    model = gaussian(course)

    class Net:
        spec = SimpleNamespace(predict="flow")

        def __call__(self, x: Tensor, u: Tensor) -> Tensor:
            t = float(u[0]) * course.steps
            a, s = (
                float(np.interp(t, np.arange(course.steps + 1), one))
                for one in (course.signal, course.noise)
            )
            noise = model(x.double(), t)
            return (noise - (x.double() - s * noise) / a).float()

    return Net()


@pytest.mark.parametrize("sampler", ["ddpm", "ddim", "euler", "heun", "dpm", "rk45"])
def test_every_sampler_walks_the_straight_way(sampler: str) -> None:
    """Exact velocity, many steps, 4,000 numbers: the data's spread within four standard errors."""
    course = Straight(1000)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2000, 2, generator=generator)
    end = last(reverse(straight_net(course), course, x, sampler, 100, tolerance=1e-4,
                       generator=generator))[1]  # fmt: skip
    assert float(end.std()) / SD == pytest.approx(1, abs=4 / np.sqrt(8000) + 0.02)


def test_the_straight_way() -> None:
    course = Straight(1000)
    np.testing.assert_allclose(course.signal + course.noise, 1)
    np.testing.assert_allclose(np.diff(course.noise), 0.999 / 1000)
    np.testing.assert_allclose(course.snr[1:], (course.signal[1:] / course.noise[1:]) ** 2)
    np.testing.assert_allclose(course.scale**2, course.signal**2 + course.noise**2)
    assert course.signal[0] == 1 and course.signal[-1] == pytest.approx(1e-3)


@ways
def test_the_chain_has_the_spread_of_the_closed_form(course: Schedule) -> None:
    """20,000 numbers: spread and covariance with the start within four standard errors."""
    rng = np.random.default_rng(0)
    x0 = rng.standard_normal((10_000, 2)) * SD
    for t, x in zip([0, 200, 260, 330], chain(x0, course, [0, 200, 260, 330], rng), strict=True):
        wide = spread_at(course, t)
        assert x.std() == pytest.approx(wide, rel=4 / np.sqrt(40_000))
        together, chance = float((x * x0).mean()), 4 * wide * SD * np.sqrt(2 / 20_000)
        assert together == pytest.approx(course.signal[t] * SD**2, abs=chance)


@pytest.mark.parametrize("count", [10, 50, 1000])
@pytest.mark.parametrize("sd", [0.05, 0.5, 2.0])
def test_ddims_spread_is_what_the_sampler_gives(sd: float, count: int) -> None:
    course = linear(1000)
    one = torch.ones(1, dtype=torch.float64)
    x = last(samplers.ddim(gaussian(course, sd), one, course, ladder(1000, count)))
    assert spread(sd, count) == pytest.approx(float(x), abs=1e-6)
    assert narrow(sd, count) == pytest.approx(1 - float(x) / sd)


def test_ddims_shrinkage_in_numbers() -> None:
    """Of 50 even steps; and no more than 2 % of it is left from 250 on, for 0.5 and over."""
    assert narrow(0.5, 50) == pytest.approx(0.056, abs=0.0005)
    assert narrow(0.05, 50) == pytest.approx(0.35, abs=0.005)
    for sd in (0.5, 1.0, 2.0):
        assert all(abs(narrow(sd, count)) < 0.02 for count in (250, 400, 700, 1000))
    assert abs(narrow(0.5, 100)) > 0.02


def test_from_nothing_left_the_posterior_is_the_forward_process() -> None:
    """At zero terminal SNR x_T says nothing of x_0: q(x_s | x_T, x_0) = q(x_s | x_0)."""
    course = zero_terminal(linear(1000))
    for s in (999, 500, 1):
        of_start, of_now, variance = course.posterior(1000, s)
        assert of_now == 0
        assert of_start == pytest.approx(course.signal[s])
        assert variance == pytest.approx(course.noise[s] ** 2)


def run(**changes: Any) -> list[Any]:
    return list(SAMPLE.frames(Settings.checked(changes)))


@pytest.mark.parametrize("sampler", Settings.choices("sampler"))
def test_it_tells_how_often_the_network_was_asked(sampler: str) -> None:
    frames = run(sampler=sampler, steps=6, tolerance=0.1)
    asked = [frame.metrics["nfe"] for frame in frames]
    assert asked[0] == 0 and all(a < b for a, b in pairwise(asked))
    if sampler in STEPPED:
        assert asked[-1] == evaluations(sampler, 6) == {"heun": 11}.get(sampler, 6)
        assert [frame.step for frame in frames] == list(range(7))
    times = [frame.metrics["t"] for frame in frames]
    assert times[0] == 1000 and times[-1] == 0


def test_eta_one_is_ddpm_with_the_very_same_draws() -> None:
    """The network that ships, nothing cut, 25 steps; and eta 0 is another thing."""
    one, other, none = (run(sampler=s, eta=e, steps=25, clip=False)[-1] for s, e in
                        (("ddim", 1.0), ("ddpm", 0.0), ("ddim", 0.0)))  # fmt: skip
    np.testing.assert_allclose(one.points.astype(float), other.points.astype(float), atol=5e-3)
    assert not np.allclose(none.points.astype(float), other.points.astype(float), atol=0.5)


def test_its_measures_are_of_its_points() -> None:
    end = run(model="diffusion-ring")[-1]
    points, mixture = end.points.astype(float), target("ring")
    covered, good = modes(points, mixture)
    assert end.metrics["modes"] == covered == 8
    assert end.metrics["high_quality"] == pytest.approx(good, abs=0.003) and good > 0.9
    near = sliced_wasserstein(points, end.noised.astype(float))
    assert end.metrics["swd"] == pytest.approx(near, abs=1e-3)


@pytest.mark.parametrize("model", ["diffusion-grid", "diffusion-flow"])
def test_what_ships_finds_all_islands_and_points_the_right_way(model: str) -> None:
    frames = run(model=model)
    end = frames[-1]
    assert end.metrics["modes"] == 25 and end.metrics["high_quality"] > 0.9
    middle = frames[10]
    learned, exact = (one.astype(float) for one in (middle.arrows, middle.exact))
    alike = (learned * exact).sum() / np.sqrt((learned**2).sum() * (exact**2).sum())
    assert alike > 0.95, middle.metrics["t"]


def test_the_wrong_schedule_and_uncut_guesses_do_harm() -> None:
    right, wrong = run(), run(schedule="cosine")
    assert wrong[-1].metrics["high_quality"] < 0.6 * right[-1].metrics["high_quality"]
    free = run(schedule="cosine", clip=False)
    assert free[-1].metrics["swd"] > 5 * wrong[-1].metrics["swd"]


def test_points_that_leave_all_bounds_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Walk, "chosen", property(lambda self: [(0.0, np.full((1000, 2), np.inf), 1)])
    )
    with pytest.raises(Diverged, match="not cut") as found:
        run()
    assert found.value.fix == {"clip": True}


def test_the_comparison_is_the_samplers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.diffusion.sample_run.STEPS", (5,))
    monkeypatch.setattr("core.diffusion.sample_run.MANY", 20)
    settings = Settings(compare=True, steps=5)
    frames: list[Any] = list(SAMPLE.frames(settings))
    table = frames[-1].curves
    (mine,) = table[(table[:, 0] == 1) & (table[:, 1] == 5)]
    assert mine[3] == pytest.approx(frames[-1].metrics["high_quality"])
    assert mine[4] * 25 == pytest.approx(frames[-1].metrics["modes"])
    assert set(table[:, 0]) == set(range(6)) and (table[table[:, 0] == 3][0, 1]) == 5
    assert all(fig["data"] for fig in SAMPLE.figures(settings, frames, 3).values())
    assert _tries("ddpm", 10) == [(5, 0.0)]
