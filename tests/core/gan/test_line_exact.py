"""Two bells on a line: distances by SciPy, pulls by Torch, the known numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch import Tensor
from torch.nn.functional import logsigmoid

from core.gan import line_exact as exact
from core.gan.line import Settings
from core.gan.line_exact import Line
from core.gan.line_places import LOSSES, SEEN

CLOSE = Line(0.7, 0.5, 0.8)
FAR = Line(4.0, 0.5, 0.5)
LINES = [
    FAR,
    CLOSE,
    Line(-3.0, 1.4, 0.5),
    Line(0.0, 0.2, 0.5),
    Line(0.0, 2.0, 0.2),
    Line(-0.3, 0.6, 0.6),
    Line(6.0, 0.1, 2.0),
]
each = pytest.mark.parametrize("line", LINES, ids=str)


def laws(line: Line) -> tuple[stats.rv_continuous, stats.rv_continuous]:
    return stats.norm(0, line.sigma), stats.norm(line.mu, line.s)


@each
def test_kl_is_its_closed_form(line: Line) -> None:
    """log(s / sigma) + (sigma^2 + mu^2) / (2 s^2) - 1/2."""
    square = (line.sigma**2 + line.mu**2) / (2 * line.s**2)
    closed = math.log(line.s / line.sigma) + square - 0.5
    assert exact.kl(line) == pytest.approx(closed, rel=1e-10, abs=1e-12)


@each
def test_js_is_scipys_quadrature(line: Line) -> None:
    """Half the relative entropies to the mixture, from SciPy's own densities."""
    p, q = laws(line)

    def integrand(x: float) -> float:
        each = np.array([p.logpdf(x), q.logpdf(x)])
        middle = np.logaddexp(*each) - math.log(2)
        return float((np.exp(each) * (each - middle)).sum() / 2)

    ends = [0.0, line.mu, *exact.roots(line)]
    reach = 10 * max(line.s, line.sigma) + abs(line.mu)
    inside = [end for end in ends if abs(end) < reach]
    expected, _ = integrate.quad(integrand, -reach, reach, points=inside, limit=400, epsabs=1e-13)
    assert exact.js(line) == pytest.approx(expected, abs=1e-10)


def test_js_ends_at_ln_2_and_starts_at_nothing() -> None:
    assert exact.js(Line(6.0, 0.5, 0.5)) == pytest.approx(math.log(2), abs=1e-7)
    assert exact.js(Line(0.0, 0.7, 0.7)) == pytest.approx(0, abs=1e-12)


@each
def test_w1_is_scipys(line: Line) -> None:
    """Of a hundred thousand quantiles each; and the area between the distribution functions."""
    p, q = laws(line)
    shares = (np.arange(100_000) + 0.5) / 100_000
    sampled = stats.wasserstein_distance(p.ppf(shares), q.ppf(shares))
    assert exact.w1(line) == pytest.approx(sampled, abs=2e-4)
    x = np.linspace(-26, 26, 400_001)
    area = integrate.trapezoid(np.abs(p.cdf(x) - q.cdf(x)), x)
    assert exact.w1(line) == pytest.approx(area, abs=1e-7)


def test_w1_of_equal_widths_is_the_shift() -> None:
    assert exact.w1(Line(-3.25, 0.4, 0.4)) == 3.25


def test_the_numbers_that_everybody_quotes() -> None:
    """At sigma 0.5 and shift 4; the mean of D is near phi(4) pi / 8, by Laplace's method."""
    metrics = next(exact.run(Settings())).metrics
    assert f"{metrics['pull/minimax']:.4f}" == "0.0008"
    assert metrics["pull/minimax"] == pytest.approx(16 * metrics["d_on_fakes"], rel=1e-9)
    assert metrics["d_on_fakes"] == pytest.approx(stats.norm.pdf(4) * math.pi / 8, rel=0.1)
    assert metrics["pull/non-saturating"] == pytest.approx(16, abs=1e-3)
    assert metrics["js"] == pytest.approx(0.693, abs=1e-3)
    assert metrics["w1"] == 4
    assert metrics["pull/wasserstein"] == 1


# The generators' losses, from the discriminator's output at the fakes.
LOSS: dict[str, Callable[[Tensor], Tensor]] = {
    "minimax": lambda ratio: logsigmoid(-ratio),
    "non-saturating": lambda ratio: -logsigmoid(ratio),
    "least-squares": lambda ratio: (ratio.sigmoid() - 1) ** 2 / 2,
}


def leaves(line: Line) -> tuple[Tensor, Tensor]:
    made = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (line.mu, line.s))
    mu, s = made
    return mu, s


def normal(mu: float | Tensor, s: float | Tensor) -> torch.distributions.Normal:
    """Torch's own law, in float64."""
    both = (torch.as_tensor(value, dtype=torch.float64) for value in (mu, s))
    return torch.distributions.Normal(*both)


def place(x: float) -> Tensor:
    return torch.tensor(x, dtype=torch.float64)


def gradient(loss: Tensor, mu: Tensor, s: Tensor) -> tuple[float, float]:
    found = torch.autograd.grad(loss, (mu, s), allow_unused=True)
    return tuple(0.0 if one is None else float(one) for one in found)  # type: ignore[return-value]


@each
@pytest.mark.parametrize("loss", LOSS)
def test_smooth_pulls_are_torchs(line: Line, loss: str) -> None:
    """Through x = mu + s z, the discriminator's own bells detached; z even, with weights."""
    mu, s = leaves(line)
    z = torch.linspace(-40, 40, 40_001, dtype=torch.float64)
    p, q = normal(0, line.sigma), normal(line.mu, line.s)
    x = mu + s * z
    weights = normal(0, 1).log_prob(z).exp() * (z[1] - z[0])
    ratio = p.log_prob(x) - q.log_prob(x)
    expected = gradient((weights * LOSS[loss](ratio)).sum(), mu, s)
    assert exact.pulls(line)[loss] == pytest.approx(expected, rel=1e-8, abs=1e-11)


@each
def test_hinge_is_torchs(line: Line) -> None:
    """The share of fakes on each side of the steps, by Torch's distribution function."""
    mu, s = leaves(line)
    ends = [-1e3, *sorted(exact.roots(line)), 1e3]
    q = normal(mu, s)
    loss = torch.zeros((), dtype=torch.float64) + 0 * mu
    for low, high in pairwise(ends):
        middle = np.clip((low + high) / 2, -50, 50)
        sign = float(np.sign(laws(line)[0].logpdf(middle) - laws(line)[1].logpdf(middle)))
        loss = loss - sign * (q.cdf(place(high)) - q.cdf(place(low)))
    expected = gradient(loss, mu, s)
    assert exact.hinge(line) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@each
def test_wasserstein_is_the_derivative_of_w1(line: Line) -> None:
    """By Danskin's theorem; Torch differentiates the area between the distribution functions."""
    mu, s = leaves(line)
    x = torch.linspace(-26, 26, 400_000, dtype=torch.float64)  # none at 0, where they may meet
    real = normal(0, line.sigma).cdf(x)
    fake = normal(mu, s).cdf(x)
    area = torch.trapezoid((real - fake).abs(), x)
    assert exact.wasserstein(line) == pytest.approx(gradient(area, mu, s), abs=2e-4)


@each
def test_no_other_critic_does_better(line: Line) -> None:
    """The critic is 1-Lipschitz, and the duality gap to W1 is none."""
    p, q = laws(line)
    x = np.linspace(-26, 26, 400_001)
    f = exact.critic(x, line)
    assert np.abs(np.diff(f) / np.diff(x)).max() <= 1 + 1e-9
    gained = integrate.trapezoid(f * (p.pdf(x) - q.pdf(x)), x)
    assert gained == pytest.approx(exact.w1(line), abs=1e-6)


@each
@pytest.mark.parametrize("loss", ["minimax", "least-squares", "hinge"])
def test_no_other_discriminator_does_better(line: Line, loss: str) -> None:
    """At every place the best of a thousand answers is the formula's."""
    p, q = (law.pdf(SEEN)[:, None] for law in laws(line))
    answers = np.linspace(-1, 1, 2001) if loss == "hinge" else np.linspace(0.0005, 0.9995, 1999)
    cost = {
        "minimax": lambda d: -p * np.log(d) - q * np.log(1 - d),
        "least-squares": lambda d: p * (d - 1) ** 2 + q * d**2,
        "hinge": lambda d: p * np.maximum(0, 1 - d) + q * np.maximum(0, 1 + d),
    }[loss]
    found = answers[cost(answers[None]).argmin(1)]
    told = (p + q > 1e-6)[:, 0] & (np.abs(p - q) > 1e-9)[:, 0]
    assert np.abs(found - exact.best(SEEN, line, loss))[told].max() <= 1.1e-3


def test_the_roots_are_where_the_densities_meet() -> None:
    p, q = laws(CLOSE)
    found = np.array(exact.roots(CLOSE))
    assert len(set(found)) == 2
    assert p.pdf(found) == pytest.approx(q.pdf(found), rel=1e-9)
    assert exact.roots(FAR) == [2.0]
    assert exact.roots(Line(0.0, 0.5, 0.5)) == []


@pytest.mark.parametrize("shift", [-6.0, -2.3, 0.0, 0.1, 4.0])
def test_every_loss_pulls_home_and_both_sides_alike(shift: float) -> None:
    for width in (0.1, 0.5, 2.0):
        metrics, other = (exact.measured(Line(mu, width, 0.5)) for mu in (shift, -shift))
        assert metrics == pytest.approx(other, rel=1e-9, abs=1e-12)
        assert all(metrics[f"pull/{loss}"] >= 0 for loss in LOSSES)


def test_the_curves_go_through_the_metrics() -> None:
    frame = next(exact.run(Settings(shift=2.5, width=0.9, sigma=0.4)))
    assert frame.js[25] == frame.metrics["js"]
    assert frame.w1[25] == frame.metrics["w1"]
    for row, loss in enumerate(LOSSES):
        assert frame.pull[row, 25] == frame.metrics[f"pull/{loss}"]
        assert frame.widen[row, 16] == frame.metrics[f"widen/{loss}"]
