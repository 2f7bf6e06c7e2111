"""Losses and penalties against torch's own and values worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from core.gan.best import best_of
from core.gan.losses import LOSSES, gradient_penalty, r1
from core.gan.optimum import optimum, said
from core.gan.plane import Settings
from core.gan.plane_figures import EVEN
from core.measure.grid import exact

LN2 = math.log(2)
REAL = torch.tensor([[[2.0], [-1.0]], [[0.5], [3.0]]])  # two games, two real points
FAKE = torch.tensor([[[-0.5], [1.5]], [[0.0], [-2.0]]])
SLOPE = torch.tensor([[3.0], [-4.0]])  # length 5


def linear(x: Tensor) -> Tensor:
    return x @ SLOPE


@pytest.mark.parametrize("name", ["minimax", "non-saturating"])
@pytest.mark.parametrize("label", [1.0, 0.9])
def test_the_discriminators_cross_entropy_is_torchs(name: str, label: float) -> None:
    found = LOSSES[name].d(REAL, FAKE, label)
    for game in range(2):
        real = cross_entropy(REAL[game], torch.full((2, 1), label))
        fake = cross_entropy(FAKE[game], torch.zeros(2, 1))
        assert found[game].item() == pytest.approx((real + fake).item(), rel=1e-6)


def test_the_generators_losses_are_log_d_and_log_one_less_d() -> None:
    d = FAKE.sigmoid()
    assert torch.allclose(LOSSES["non-saturating"].g(FAKE), -d.log().mean((1, 2)))
    assert torch.allclose(LOSSES["minimax"].g(FAKE), (1 - d).log().mean((1, 2)))


def test_the_other_losses_by_hand() -> None:
    squares = ((1 + 4) / 2 + (0.25 + 2.25) / 2) / 2
    hinge = (0 + 2) / 2 + (0.5 + 2.5) / 2
    found = {name: rules.d(REAL, FAKE, 1.0)[0].item() for name, rules in LOSSES.items()}
    assert found["least-squares"] == pytest.approx(squares)
    assert found["hinge"] == pytest.approx(hinge)
    assert found["wasserstein"] == found["wgan-gp"] == pytest.approx(0.5 - 0.5)
    asked = {name: rules.g(FAKE)[0].item() for name, rules in LOSSES.items()}
    assert asked["least-squares"] == pytest.approx((2.25 + 0.25) / 2 / 2)
    assert asked["hinge"] == asked["wasserstein"] == asked["wgan-gp"] == pytest.approx(-0.5)


def test_smoothed_labels_are_asked_of_real_points_alone() -> None:
    least = LOSSES["least-squares"].d(torch.full((1, 1, 1), 0.8), torch.zeros(1, 1, 1), 0.8)
    assert least.item() == pytest.approx(0)


def test_of_the_classifiers_losses_only_minimax_is_zero_sum() -> None:
    """A critic's loss is, too: it is a difference of two means."""
    fakes = FAKE.clone().requires_grad_()
    for name, rules in LOSSES.items():
        (mine,) = torch.autograd.grad(rules.g(fakes).sum(), fakes)
        (yours,) = torch.autograd.grad(rules.d(REAL, fakes, 1.0).sum(), fakes)
        zero_sum = torch.allclose(mine, -yours)
        assert zero_sum == (name in ("minimax", "wasserstein", "wgan-gp")), name


def test_the_lines_of_the_equilibrium() -> None:
    """Where D says the same of all: 0 as a logit or score, one half of least squares."""
    for name, rules in LOSSES.items():
        even = torch.full((1, 4, 1), 0.5 if name == "least-squares" else 0.0)
        d, g = rules.d(even, even, 1.0).item(), rules.g(even).item()
        assert (d, g) == pytest.approx(EVEN[name]), name
    assert EVEN["non-saturating"] == pytest.approx((2 * LN2, LN2))
    assert EVEN["minimax"][1] == pytest.approx(-LN2)


def test_penalties_of_a_plane_are_closed_forms() -> None:
    assert r1(linear, torch.randn(2, 6, 2)).tolist() == pytest.approx([12.5, 12.5])
    share = torch.rand(2, 6, 1)
    found = gradient_penalty(linear, torch.randn(2, 6, 2), torch.randn(2, 6, 2), share)
    assert found.tolist() == pytest.approx([16.0, 16.0])


def test_the_gradient_penalty_is_taken_between_real_and_fake() -> None:
    """Of |x|^2 / 2 the slope at x is x: (|x| - 1)^2, here at 3/4 of the way to the real point."""
    real, fake = torch.tensor([[[4.0, 0.0]]]), torch.zeros(1, 1, 2)
    share = torch.full((1, 1, 1), 0.75)
    found = gradient_penalty(lambda x: (x**2).sum(-1, keepdim=True) / 2, real, fake, share)
    assert found.item() == pytest.approx((3.0 - 1) ** 2)


def test_r1_is_half_the_mean_square_of_the_slope_and_can_be_differentiated() -> None:
    weight = torch.tensor(2.0, requires_grad=True)
    x = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    loss = r1(lambda at: weight * (at**2).sum(-1, keepdim=True) / 2, x)
    assert loss.item() == pytest.approx(4 * (1 + 4) / 2 / 2)
    (slope,) = torch.autograd.grad(loss.sum(), weight)
    assert slope.item() == pytest.approx(2 * 2 * (1 + 4) / 2 / 2)


def test_the_best_discriminator_of_each_loss() -> None:
    p, q = np.array([0.3, 0.0, 0.2]), np.array([0.1, 0.5, 0.2])
    for name in ("minimax", "non-saturating", "least-squares"):
        assert optimum(p, q, name) == pytest.approx([0.75, 0, 0.5])
        assert optimum(p, q, name, 0.8) == pytest.approx([0.6, 0, 0.4])
    assert optimum(p, q, "hinge") == pytest.approx([1, -1, 0])
    assert optimum(p, q, "wasserstein") is None and optimum(p, q, "wgan-gp") is None


@pytest.mark.parametrize("name", ["non-saturating", "least-squares", "hinge"])
def test_no_other_answer_has_a_lower_loss_than_the_best(name: str) -> None:
    """Of fakes and real points at three places, by a search over all answers."""
    p, q = np.array([0.5, 0.1, 0.4]), np.array([0.2, 0.6, 0.2])
    best = optimum(p, q, name)
    assert best is not None
    answers = torch.linspace(-8, 8, 16_001)[:, None, None]
    for place in range(3):
        halves = [
            LOSSES[name].d(
                answers, torch.full_like(answers, -1e3 if name != "least-squares" else 0), 1.0
            ),
            LOSSES[name].d(
                torch.full_like(answers, 1e3 if name != "least-squares" else 1), answers, 1.0
            ),
        ]
        cost = p[place] * halves[0] + q[place] * halves[1]
        found = said(answers[cost.argmin()].numpy().ravel(), name)
        assert found == pytest.approx([best[place]], abs=2e-3)


def test_what_is_said_is_on_the_scale_of_the_best() -> None:
    output = np.array([-3.0, 0.0, 0.5, 3.0])
    assert said(output, "minimax") == pytest.approx(torch.tensor(output).sigmoid().numpy())
    assert said(output, "least-squares").tolist() == [0, 0, 0.5, 1]
    assert said(output, "hinge").tolist() == [-1, 0, 0.5, 1]
    assert said(output, "wgan-gp").tolist() == output.tolist()


def test_against_perfect_fakes_the_best_is_one_half_where_there_is_anything() -> None:
    settings = Settings(instance_noise=0.2)
    seen = exact(settings.mixture, 60, math.hypot(0.1, 0.2))
    best = best_of(settings, seen)
    assert best is not None
    assert best[~np.isnan(best)] == pytest.approx(0.5)
    assert np.isnan(best[0, 0]) and best[30, 50] == pytest.approx(0.5)  # a corner; an island
    assert best_of(Settings(packing=2), seen) is None
