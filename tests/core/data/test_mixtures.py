"""Mixtures in the plane: samples, densities and scores against SciPy and autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from scipy.special import logsumexp

from core.data import points
from core.data.mixtures import APART, HIT, REACH, TARGETS, Mixture, target

COUNTS = dict(
    zip(
        ["ring", "grid", "moons", "spiral", "swiss-roll", "line", "gaussians", "islands"],
        [8, 25, 10, 12, 8, 8, 2, 3],
        strict=True,
    )
)
CURVES = ["moons", "spiral", "swiss-roll", "line"]
UNEVEN = Mixture(np.array([[1.0, -0.5], [-1, 2], [0.2, 0.1]]), 0.3, np.array([0, 1, 1]))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_targets_are_those_listed() -> None:
    assert {name: target(name).count for name in TARGETS} == COUNTS


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_lies_in_the_plane(name: str) -> None:
    found = target(name)
    assert float(np.abs(found.centres).max()) + HIT * found.sigma <= REACH
    assert found.modes.shape == (len(found.centres),)
    assert set(found.modes.tolist()) == set(range(found.count))


@pytest.mark.parametrize("noise", [0.0, 0.4])
@pytest.mark.parametrize("found", [UNEVEN, target("moons")], ids=["uneven", "moons"])
def test_density_is_that_of_scipy(found: Mixture, noise: float) -> None:
    """scipy.stats.multivariate_normal, its logarithms added up by scipy.special.logsumexp."""
    x = rng().uniform(-3, 3, (5, 7, 2))
    cov = found.sigma**2 + noise**2
    parts = [stats.multivariate_normal(c, cov).logpdf(x) for c in found.centres]
    want = logsumexp(parts, axis=0) - np.log(len(found.centres))
    np.testing.assert_allclose(found.log_density(x, noise), want, rtol=1e-10)
    np.testing.assert_allclose(found.density(x, noise), np.exp(want), rtol=1e-9)


@pytest.mark.parametrize("noise", [0.0, 0.4])
def test_score_is_the_gradient_by_autograd(noise: float) -> None:
    """torch.distributions' mixture of normals, differentiated by torch."""
    x = torch.tensor(rng().uniform(-3, 3, (20, 2)), requires_grad=True)
    spread = torch.full((3, 2), np.hypot(UNEVEN.sigma, noise), dtype=torch.float64)
    part = torch.distributions.Normal(torch.tensor(UNEVEN.centres), spread)
    law = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(torch.ones(3)), torch.distributions.Independent(part, 1)
    )
    (want,) = torch.autograd.grad(law.log_prob(x).sum(), x)
    np.testing.assert_allclose(UNEVEN.score(x.detach().numpy(), noise), want, rtol=1e-6)


def test_far_away_the_logarithm_stays_finite() -> None:
    """One Gaussian: -r^2 / 2 - ln(2 pi), and the score -x, where the density itself is 0."""
    one = Mixture(np.zeros((1, 2)), 1.0, np.zeros(1, np.int64))
    x = np.array([300.0, 400.0])
    assert one.density(x) == 0
    assert one.log_density(x) == pytest.approx(-125_000 - np.log(2 * np.pi))
    assert one.score(x) == pytest.approx(-x)


@pytest.mark.parametrize("name", TARGETS)
def test_density_adds_up_to_one(name: str) -> None:
    """The midpoint rule, exact for Gaussians of this width to eight digits."""
    at = np.arange(-4, 4, 0.1) + 0.05
    x = np.stack(np.meshgrid(at, at), -1)
    assert target(name).density(x, 0.1).sum() * 0.01 == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize("name", TARGETS)
def test_samples_have_the_moments_of_the_mixture(name: str) -> None:
    """Mean of the centres; covariance that of the centres plus sigma^2; n = 20 000, 5 errors."""
    found, n = target(name), 20_000
    x = found.sample(n, rng(3))
    c = found.centres - found.centres.mean(0)
    cov = c.T @ c / len(c) + found.sigma**2 * np.eye(2)
    off = x - found.centres.mean(0)
    assert (np.abs(off.mean(0)) < 5 * np.sqrt(cov.diagonal() / n)).all()
    products = off[:, :, None] * off[:, None]
    assert (np.abs(products.mean(0) - cov) < 5 * products.std(0) / np.sqrt(n)).all()


def test_samples_choose_each_centre_as_often() -> None:
    """Pearson's chi-squared test over the 25 islands; one false alarm in 1000."""
    found = target("grid")
    x = found.sample(10_000, rng(4))
    which = np.linalg.norm(x[:, None] - found.centres, axis=-1).argmin(1)
    assert stats.chisquare(np.bincount(which, minlength=25)).pvalue > 1e-3


def test_noise_blurs() -> None:
    """A sample plus noise has the density with that noise: Kolmogorov-Smirnov, along x."""
    x = UNEVEN.sample(4000, rng(5)) + 0.4 * rng(6).standard_normal((4000, 2))
    centres, spread = UNEVEN.centres[:, 0], np.hypot(UNEVEN.sigma, 0.4)

    def law(at: np.ndarray) -> np.ndarray:
        return stats.norm.cdf(at[:, None], centres, spread).mean(1)

    assert stats.kstest(x[:, 0], law).pvalue > 1e-3


@pytest.mark.parametrize("name", ["ring", "grid", "gaussians", "islands"])
def test_islands_hold_the_rayleigh_share(name: str) -> None:
    assert target(name).within == pytest.approx(1 - np.exp(-4.5), abs=1e-9)


@pytest.mark.parametrize("gap", [0.0, 1.0, 3.0, 5.0])
def test_within_of_two_is_the_integral_over_both_discs(gap: float) -> None:
    """scipy.integrate.quad over x of the chord's normal probability, to 0.01 %."""
    two = Mixture(np.array([[0, 0], [gap, 0]]) * 0.2, 0.2, np.array([0, 1]))

    def slab(x: float) -> float:
        chord = np.sqrt(max(HIT**2 - x**2, HIT**2 - (x - gap) ** 2, 0.0))
        return float(
            (stats.norm.pdf(x) + stats.norm.pdf(x - gap)) / 2 * (2 * stats.norm.cdf(chord) - 1)
        )

    want = integrate.quad(slab, -3, 3 + gap, points=[gap / 2, 3, gap - 3], limit=200)[0]
    assert two.within == pytest.approx(want, abs=1e-4)


@pytest.mark.parametrize("name", CURVES)
def test_gaussians_of_a_curve_are_so_close_that_it_is_smooth(name: str) -> None:
    found = target(name)
    gaps = np.linalg.norm(np.diff(found.centres, axis=0), axis=1) / found.sigma
    jumps = gaps > 2  # from one arm to the next
    assert jumps.sum() == (name in ("moons", "spiral"))
    assert gaps[~jumps].min() > 0.98 * APART and gaps[~jumps].max() <= APART + 1e-9


@pytest.mark.parametrize("name", CURVES)
def test_stretches_of_a_curve_are_equal_and_whole(name: str) -> None:
    found = target(name)
    sizes = np.bincount(found.modes)
    assert sizes.max() - sizes.min() <= 1
    assert (np.diff(found.modes) >= 0).all()


def test_curves_follow_their_equations() -> None:
    """The moons' half circles, the roll's radius in proportion to its angle, to a chord's sag."""
    upper, lower = np.split(target("moons").centres, 2)
    assert np.linalg.norm(upper - (-0.7, -0.35), axis=1) == pytest.approx(1.4, abs=1e-3)
    assert np.linalg.norm(lower - (0.7, 0.35), axis=1) == pytest.approx(1.4, abs=1e-3)
    assert (upper[:, 1] > -0.351).all() and (lower[:, 1] < 0.351).all()
    roll = target("swiss-roll").centres
    radius = np.linalg.norm(roll, axis=1)
    angle = radius / 2.4 * 4.5 * np.pi
    unit = np.stack([np.cos(angle), np.sin(angle)], 1)
    np.testing.assert_allclose(roll, radius[:, None] * unit, atol=5e-3)


def test_own_points_are_islands() -> None:
    text = points.encode(np.array([[-1.0, 1.0], [0.2, 0.2]]), np.array([0, 3]))
    found = target("drawn", text)
    assert found.count == 2
    np.testing.assert_allclose(found.centres, [[-2.5, 2.5], [0.5, 0.5]], atol=2.5 / 255)


def test_one_point_drawn_twice_is_one_place() -> None:
    text = points.encode(np.zeros((2, 2)), np.zeros(2))
    twice, once = target("drawn", text), target("drawn", text[: points.EACH])
    assert twice.within == once.within == pytest.approx(1 - np.exp(-4.5))
    assert twice.density(np.ones(2)) == pytest.approx(once.density(np.ones(2)))


@pytest.mark.parametrize("text", ["", "0zzzz", "00"])
def test_own_points_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="point"):
        target("drawn", text)
