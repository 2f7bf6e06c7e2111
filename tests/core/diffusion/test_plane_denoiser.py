"""The network of the plane: what its answers stand for, what errors count, its weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.diffusion import denoiser
from core.diffusion.denoiser import Denoiser, Spec, aim, build, from_arrays, noise_in, to_arrays
from core.diffusion.plane import Settings
from core.diffusion.plane_weights import error_scale, weights_of
from core.diffusion.schedules import Straight, linear

PREDICTS = Settings.choices("predict")
each = pytest.mark.parametrize("predict", PREDICTS)


def spec(**changes: Any) -> Spec:
    base = Spec("ring", "", "noise", "linear", 1000, "waves", "waves", 8, 3)
    return Spec(**{**base.__dict__, **changes})


def course_of(predict: str) -> Any:
    return Straight(100) if predict == "flow" else linear(100)


@each
def test_the_noise_is_found_again_in_what_was_aimed_at(predict: str) -> None:
    x0, noise = torch.randn(2, 50, 2, dtype=torch.float64)
    course = course_of(predict)
    for t in (1, 30, 99):
        a, s = float(course.signal[t]), float(course.noise[t])
        out = aim(predict, x0, noise, a, s)
        found = noise_in(predict, out, a * x0 + s * noise, a, s)
        torch.testing.assert_close(found, noise, atol=1e-9, rtol=1e-9)


@each
def test_errors_are_as_many_times_as_large(predict: str) -> None:
    """x0 is off by d, so the noise by what keeps x_t; the squared ratio of both predictions."""
    course, d = course_of(predict), 0.1
    scale = error_scale(predict, course)
    for t in (1, 30, 99):
        a, s = float(course.signal[t]), float(course.noise[t])
        x0, noise = torch.tensor([[0.7], [-0.4]], dtype=torch.float64)
        other = (a * x0 + s * noise - a * (x0 + d)) / s
        wrong = aim(predict, x0 + d, other, a, s) - aim(predict, x0, noise, a, s)
        assert float((wrong / d) ** 2) == pytest.approx(scale[t - 1], rel=1e-6)


def test_the_velocity_is_how_fast_the_straight_way_moves() -> None:
    """(x at one time less x at another) over the share of the way between them."""
    x0, noise = torch.randn(2, 5, 2, dtype=torch.float64)
    course = Straight(1000)
    x, y = (course.signal[t] * x0 + course.noise[t] * noise for t in (400, 300))
    share = float(course.noise[400] - course.noise[300])
    torch.testing.assert_close(aim("flow", x0, noise, 0.6, 0.4), (x - y) / share)


def test_weights() -> None:
    """Predicting noise, SNR is no weight; min-SNR is that of Hang et al. 2023, equation 6."""
    course = Settings().course
    np.testing.assert_allclose(weights_of(Settings(weighting="snr"), course)[1:], 1)
    found = weights_of(Settings(weighting="min-snr"), course)[1:]
    np.testing.assert_allclose(found, np.minimum(course.snr[1:], 5) / course.snr[1:])
    x0 = Settings(weighting="min-snr", predict="x0")
    np.testing.assert_allclose(weights_of(x0, course)[1:], np.minimum(course.snr[1:], 5))
    v = Settings(weighting="min-snr", predict="v")
    right = np.minimum(course.snr[1:], 5) / (course.snr[1:] + 1)
    np.testing.assert_allclose(weights_of(v, course)[1:], right)


def test_the_score_in_its_own_units_counts_small_times_ten_thousandfold() -> None:
    """Weighted by the variance of the noise (Song and Ermon 2019) it is the loss of the noise."""
    course = Settings().course
    found = weights_of(Settings(weighting="snr", predict="score"), course)[1:]
    np.testing.assert_allclose(found, course.noise[1:] ** 2)
    assert found[0] == pytest.approx(1e-4)


def test_waves_of_the_time() -> None:
    found = denoiser.embedded(torch.tensor([0.0, 0.25]), "waves")
    assert found.shape == (2, 16)
    assert found[0].tolist() == [0.0] * 8 + [1.0] * 8
    speeds = [10 ** (3 * n / 7) for n in range(8)]
    right = np.sin(0.25 * np.array(speeds))
    np.testing.assert_allclose(found[1, :8].numpy(), right, atol=1e-4)
    assert denoiser.embedded(torch.tensor([0.0, 0.25, 1.0]), "number").ravel().tolist() == [
        -1, -0.5, 1,
    ]  # fmt: skip


def test_waves_of_a_place_return_after_their_length() -> None:
    """The longest after 12, twice the plane's width; the shortest after 0.75."""
    x = torch.tensor([[0.3, -1.0]])
    here, far = denoiser.place_waves(x)[0, 2:], denoiser.place_waves(x + 12)[0, 2:]
    torch.testing.assert_close(here, far, atol=1e-4, rtol=0)
    near = denoiser.place_waves(x + 0.75)[0, 2:].view(2, 2, 5)
    same = (near - here.view(2, 2, 5)).abs().amax((0, 1)) < 1e-4
    assert same.tolist() == [False] * 4 + [True]


def test_it_is_a_plain_network_of_torch() -> None:
    net = build(spec(time="none", places="numbers"), torch.Generator().manual_seed(0))
    layers = [net.of_place, nn.SiLU(), net.hidden[0], nn.SiLU(), net.hidden[1], nn.SiLU(), net.last]
    x = torch.randn(7, 2)
    torch.testing.assert_close(net(x, torch.zeros(1)), nn.Sequential(*layers)(x))


@pytest.mark.parametrize("time", ["waves", "number"])
def test_the_time_matters(time: str) -> None:
    net = build(spec(time=time), torch.Generator().manual_seed(0))
    x = torch.randn(7, 2)
    assert not torch.allclose(net(x, torch.tensor([0.1])), net(x, torch.tensor([0.9])))
    each_own = net(x, torch.linspace(0.1, 0.7, 7))
    torch.testing.assert_close(each_own[2:3], net(x[2:3], torch.tensor([0.3])))


def test_its_weights_come_back_and_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    net = build(spec(), torch.Generator().manual_seed(3))
    assert torch.equal(before, torch.get_rng_state())
    again, x = from_arrays(to_arrays(net)), torch.randn(5, 2)
    assert again.spec == net.spec and isinstance(again, Denoiser)
    assert torch.equal(again(x, torch.ones(1)), net(x, torch.ones(1)))


def test_weights_that_do_not_fit_are_refused() -> None:
    arrays = to_arrays(build(spec(), torch.Generator()))
    for broken in (
        {**arrays, "last.weight": np.zeros((3, 8))},
        {name: value for name, value in arrays.items() if name != "last.bias"},
    ):
        with pytest.raises(ValueError, match="do not fit"):
            from_arrays(broken)
    with pytest.raises(ValueError, match="do not say"):
        from_arrays({"x": np.zeros(3)})
