"""Slopes through chance: against autograd, closed forms and SciPy's quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from torch import distributions

from core.plot import theme
from core.vae.reparameterise import REPARAMETERISE, Frame, Settings
from core.vae.reparameterise_exact import (
    FUNCTIONS,
    WAVE,
    Law,
    Problem,
    kl,
    kl_deviation,
    kl_draws,
    moments,
    path,
    score,
)
from core.vae.reparameterise_layout import RATE, SIZES, STEPS, TRIES, WIDTHS
from core.vae.reparameterise_run import descend, repeated, run

TORCH: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "square": torch.square,
    "absolute": torch.abs,
    "step": lambda z: (z > 0).double() + 0 * z,
    "waves": lambda z: torch.sin(WAVE * z),
}
PLACES = [(2.0, 0.5), (-0.3, 1.2), (0.0, 0.3), (3.0, 0.1)]
functions = pytest.mark.parametrize("function", list(FUNCTIONS))
places = pytest.mark.parametrize(("mu", "sigma"), PLACES)
both = pytest.mark.parametrize("by", ["mu", "sigma"])


def one(settings: Settings) -> Frame:
    (frame,) = run(settings)
    return frame


def mean(of: Callable[[float], float], mu: float, sigma: float) -> float:
    """The mean of a function of the noise, by SciPy, cut where z is 0."""
    cuts = sorted({-12.0, min(max(-mu / sigma, -12.0), 12.0), 12.0})
    whole = sum(
        quad(lambda e: of(e) * math.exp(-e * e / 2), a, b, limit=800, epsabs=1e-11)[0]
        for a, b in pairwise(cuts)
    )
    return float(whole / math.sqrt(2 * math.pi))


def test_every_function_has_a_row() -> None:
    assert set(TORCH) == set(FUNCTIONS) == set(Settings.choices("function"))


@functions
def test_values_and_slopes_are_autograds(function: str) -> None:
    z = torch.linspace(-3, 3, 101, dtype=torch.float64).add(0.013).requires_grad_()
    values = TORCH[function](z)
    (slopes,) = torch.autograd.grad(values.sum(), z)
    found = FUNCTIONS[function]
    np.testing.assert_allclose(found.f(z.detach().numpy()), values.detach(), atol=1e-12)
    np.testing.assert_allclose(found.slope(z.detach().numpy()), slopes, atol=1e-12)


@functions
@places
def test_means_and_their_slopes_are_those_of_quadrature(
    function: str, mu: float, sigma: float
) -> None:
    """The slope of the mean by SciPy's integral of f times the slope of the density."""
    f = FUNCTIONS[function].f

    def at(e: float) -> float:
        return float(f(np.array(mu + sigma * e)))

    expected = (
        mean(at, mu, sigma),
        mean(lambda e: at(e) * e / sigma, mu, sigma),
        mean(lambda e: at(e) * (e * e - 1) / sigma, mu, sigma),
    )
    assert FUNCTIONS[function].exact(mu, sigma) == pytest.approx(expected, abs=1e-8)


@functions
@both
def test_estimates_are_autograds_draw_by_draw(function: str, by: str) -> None:
    """The path: of f(mu + sigma e). The score: f times the gradient of log q at a held z."""
    noise = torch.randn(50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    mu, sigma = (
        torch.full((50,), value, dtype=torch.float64, requires_grad=True) for value in (0.4, 0.7)
    )
    z = mu + sigma * noise
    theta = mu if by == "mu" else sigma
    (through,) = torch.autograd.grad(TORCH[function](z).sum(), theta)
    held = z.detach()
    (slope,) = torch.autograd.grad(distributions.Normal(mu, sigma).log_prob(held).sum(), theta)
    problem = Problem(function, 0.4, 0.7, by, constant=3.0)
    by_score, by_path = problem.estimates(noise.numpy(), taken=1.5)
    expected = (TORCH[function](held) + 3.0 - 1.5) * slope
    np.testing.assert_allclose(by_score, expected, atol=1e-12)
    np.testing.assert_allclose(by_path, through, atol=1e-12)


@functions
@both
@places
@pytest.mark.parametrize("baseline", ["none", "mean", "best"])
def test_exact_moments_are_those_of_quadrature(
    function: str, by: str, mu: float, sigma: float, baseline: str
) -> None:
    """Means and variances of one draw's estimates by SciPy, an f without jumps without a bias."""
    problem = Problem(function, mu, sigma, by, 2.0, baseline)
    taken, found = problem.taken(), moments(problem)
    for kind in (0, 1):

        def estimate(e: float, kind: int = kind) -> float:
            return float(problem.estimates(np.array(e), taken)[kind])

        middle = mean(estimate, mu, sigma)
        spread = mean(lambda e: (estimate(e) - middle) ** 2, mu, sigma)  # noqa: B023
        assert found.means[kind] == pytest.approx(middle, abs=1e-7)
        assert found.variances[kind] == pytest.approx(spread, rel=1e-7, abs=1e-9)
    assert found.means[0] == pytest.approx(problem.gradient, abs=1e-8)
    if function == "step":
        assert found == ((found.means[0], 0.0), (found.variances[0], 0.0))
    else:
        assert found.means[1] == pytest.approx(problem.gradient, abs=1e-8)


@places
def test_variances_of_the_square_have_closed_forms(mu: float, sigma: float) -> None:
    """As on the page; and by Gauss-Hermite, exact for polynomials, with a constant."""
    m = mu / sigma
    expected = (sigma**2 * (m**4 + 14 * m**2 + 15), 4 * sigma**2)
    assert moments(Problem("square", mu, sigma)).variances == pytest.approx(expected, rel=1e-9)
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    weights = weights / weights.sum()
    values = ((mu + sigma * nodes) ** 2 + 7) * nodes / sigma
    spread = weights @ values**2 - (weights @ values) ** 2
    found = moments(Problem("square", mu, sigma, constant=7.0)).variances[0]
    assert found == pytest.approx(float(spread), rel=1e-9)


@functions
@both
def test_no_constant_is_better_than_the_best(function: str, by: str) -> None:
    """SciPy's minimiser over b finds the same."""
    problem = Problem(function, 0.8, 0.6, by, 4.0, "best")
    exact = moments(problem).variances[0]

    def spread(taken: float) -> float:
        f = FUNCTIONS[function].f
        square = mean(
            lambda e: (
                float(score(f(np.array(0.8 + 0.6 * e)) + 4.0 - taken, np.array(e), 0.6, by)) ** 2
            ),
            0.8,
            0.6,
        )
        return square - problem.gradient**2

    found = minimize_scalar(spread, bracket=(0.0, 4.0), tol=1e-9)
    assert found.x == pytest.approx(problem.taken(), abs=1e-4)
    assert found.fun == pytest.approx(exact, rel=1e-7)


@functions
@pytest.mark.parametrize(("by", "samples", "baseline"), [("mu", 4, "none"), ("sigma", 15, "mean")])
def test_measured_is_exact_within_monte_carlo_error(
    function: str, by: str, samples: int, baseline: str
) -> None:
    """Mean and variance of 4,000 estimates within 5 of their standard errors (false alarm 1e-6)."""
    problem, count = Problem(function, 0.6, 0.8, by, 3.0, baseline), 4000
    rng = np.random.default_rng(7)
    found = repeated(problem, problem.taken(), samples, count, rng)
    exact = moments(problem)
    for kind in (0, 1):
        values = found[kind]
        spread = exact.variances[kind] / samples
        fourth = float(np.mean((values - values.mean()) ** 4))
        error = 5 * math.sqrt(max(fourth - spread**2, 0) / count) + 1e-15
        assert values.mean() == pytest.approx(
            exact.means[kind], abs=5 * math.sqrt(spread / count) + 1e-12
        )
        assert values.var(ddof=1) == pytest.approx(spread, abs=error)


LAWS = [
    (Law(2.0, 0.5), Law(0.0, 1.0)),
    (Law(-1.0, 1.7), Law(0.5, 0.6)),
    (Law(0.0, 1.0), Law(0.0, 1.0)),
]


@pytest.mark.parametrize(("q", "p"), LAWS)
def test_the_kl_is_torchs(q: Law, p: Law) -> None:
    one, other = (distributions.Normal(torch.tensor(law.mu).double(), law.sigma) for law in (q, p))
    expected = float(distributions.kl_divergence(one, other))
    assert kl(q, p) == pytest.approx(expected, abs=1e-6)
    noise = np.linspace(-3, 3, 13)
    z = torch.from_numpy(q.mu + q.sigma * noise)
    np.testing.assert_allclose(
        kl_draws(q, p, noise), one.log_prob(z) - other.log_prob(z), atol=1e-6
    )


@pytest.mark.parametrize(("q", "p"), LAWS)
def test_one_draws_kl_has_this_mean_and_deviation(q: Law, p: Law) -> None:
    """By SciPy's quadrature over the noise."""

    def at(e: float) -> float:
        return float(kl_draws(q, p, np.array(e)))

    assert mean(at, 0.0, 1.0) == pytest.approx(kl(q, p), abs=1e-9)
    square = mean(lambda e: (at(e) - kl(q, p)) ** 2, 0.0, 1.0)
    assert kl_deviation(q, p) == pytest.approx(math.sqrt(square), abs=1e-6)


def test_the_kls_error_shrinks_as_one_over_root_n() -> None:
    """Each measured error within 5 standard errors of the exact line."""
    settings = Settings(mu=1.0, sigma=0.7, prior_mu=-0.5, prior_sigma=1.5)
    frame = one(settings)
    metrics = frame.metrics
    exact = metrics["kl_deviation"]
    for n, error in zip(SIZES, frame.errors, strict=True):
        ratio = error**2 / (exact**2 / n)
        # A squared error of kurtosis k has the variance k - 1: 2 for a mean of many draws, and 14
        # for a single one, which is at most as heavy-tailed as a chi-square.
        assert ratio == pytest.approx(1, abs=5 * math.sqrt((2 + 12 / n) / TRIES))
    assert metrics["kl"] == pytest.approx(kl(Law(1.0, 0.7), Law(-0.5, 1.5)))
    assert metrics["kl_error/10"] == frame.errors[SIZES.index(10)]
    assert metrics["kl_error/1000"] == frame.errors[-1]


def test_the_exact_descent_of_the_square_is_geometric() -> None:
    """Mu <- mu - rate 2 mu; and by single draws, all kinds stay around it."""
    problem = Problem("square", 2.0, 0.2)
    walks, exact = descend(problem, 50, np.random.default_rng(0))
    np.testing.assert_allclose(exact, 2.0 * (1 - 2 * RATE) ** np.arange(STEPS + 1), atol=1e-12)
    assert walks.shape == (2, 5, STEPS + 1)
    assert np.abs(walks[1] - exact).max() < 0.1
    assert np.abs(walks[0] - exact).max() > np.abs(walks[1] - exact).max()


def test_the_path_never_moves_on_a_step() -> None:
    walks, exact = descend(Problem("step", 0.5, 0.5), 5, np.random.default_rng(1))
    assert (walks[1] == 0.5).all()
    assert exact[-1] < 0
    assert walks[0][:, -1].max() < 0


@functions
def test_a_run_is_made_of_these(function: str) -> None:
    """The frame's own numbers agree with each other, and the first draw is the first of all."""
    settings = Settings(function=function, samples=1, mu=0.7, constant=2.0, baseline="mean")
    frame = one(settings)
    problem = Problem(function, 0.7, 0.5, "mu", 2.0, "mean")
    noise, z, value, slope = frame.draw
    assert (z, value) == (0.7 + 0.5 * noise, FUNCTIONS[function].f(z) + 2.0)
    assert slope == FUNCTIONS[function].slope(z)
    first = [float(row[0]) for row in frame.estimates]
    exact = [score(value - frame.taken[0], noise, 0.5, "mu"), path(slope, noise, "mu")]
    assert first == pytest.approx([float(v) for v in exact], rel=1e-6)
    assert frame.metrics["exact/score"] == moments(problem).variances[0]
    place = int(np.argmin(np.abs(np.array(WIDTHS) - 0.5)))
    near = moments(problem._replace(sigma=WIDTHS[place])).variances
    assert frame.widths[:, place].tolist() == list(near)
    if function == "step":
        assert "factor" not in frame.metrics
        assert frame.metrics["bias/path"] == -frame.metrics["gradient"]


@pytest.mark.parametrize("samples", [1, 10, 200])
def test_a_mean_of_n_draws_has_an_nth_of_the_variance(samples: int) -> None:
    """Of the square at 2 and 0.5: 123.75 and 1 by the closed forms, and measured.

    The variance of 2,000 normal estimates is off by 3 %, that of single draws by three times that.
    """
    metrics = one(Settings(samples=samples)).metrics
    for name, single in (("score", 123.75), ("path", 1.0)):
        assert metrics[f"exact/{name}"] == pytest.approx(single / samples)
        assert metrics[f"variance/{name}"] == pytest.approx(single / samples, rel=0.4)


def test_a_constant_grows_one_variance_only_and_a_baseline_undoes_it() -> None:
    """With f = A + B e + C e^2: E[f^2 e^2] = A^2 + 3 B^2 + 15 C^2 + 6 A C."""
    a, b, c, sigma = 2.0**2 + 20, 2 * 2 * 0.5, 0.5**2, 0.5
    grown = ((a**2 + 3 * b**2 + 15 * c**2 + 6 * a * c) / sigma**2 - 16) / 123.75
    found = one(Settings(constant=20.0)).metrics
    assert found["grown/score"] == pytest.approx(grown, rel=1e-9)
    assert (found["grown/path"], found["factor"]) == (1.0, pytest.approx(123.75 * grown))
    cured = one(Settings(constant=20.0, baseline="mean")).metrics
    assert cured["exact/score"] == pytest.approx(
        one(Settings(baseline="mean")).metrics["exact/score"]
    )
    best = one(Settings(constant=20.0, baseline="best")).metrics
    assert best["exact/score"] < cured["exact/score"]


@pytest.mark.parametrize("preset", [preset.id for preset in REPARAMETERISE.presets])
def test_every_preset_bears_its_answer_out(preset: str) -> None:
    found = REPARAMETERISE.preset(preset)
    metrics = one(REPARAMETERISE.preset_settings(preset)).metrics
    assert found.outcome(metrics) == found.expected


def arrows(fig: dict[str, Any], axis: str, color: str) -> list[dict[str, Any]]:
    notes = fig["layout"]["annotations"]
    return [one for one in notes if one.get("axref") == axis and one.get("arrowcolor") == color]


@both
def test_the_slope_stops_at_the_dice_and_passes_beside_them(by: str) -> None:
    """Left one slope comes back, to z; right three, to z, mu and sigma, in its numbers."""
    settings = Settings(by=by)
    frame = one(settings)
    fig = REPARAMETERISE.figures(settings, [frame], 0)["trick"]
    assert [len(arrows(fig, axis, theme.GRADIENT)) for axis in ("x", "x2")] == [1, 3]
    assert [len(arrows(fig, axis, theme.LEARNED)) for axis in ("x", "x2")] == [3, 4]
    said = " ".join(str(note.get("text")) for note in fig["layout"]["annotations"])
    noise, _, _, slope = frame.draw
    for value in (noise, slope, slope * noise):
        assert f"{value:.2f}" in said
    own = slope if by == "mu" else slope * noise
    assert f"<b>{own:.2f}</b>" in said


def test_the_formula_carries_these_numbers() -> None:
    assert REPARAMETERISE.explain is not None
    for function in FUNCTIONS:
        for by in ("mu", "sigma"):
            settings = Settings(function=function, by=by, mu=-0.4)
            told = REPARAMETERISE.explain(settings, [one(settings)], 0)
            assert list(told) == ["Score function", "Path", "KL"]
            assert ("jumps" in told["Path"]) is (function == "step")
    settings = Settings()
    frame = one(settings)
    told = REPARAMETERISE.explain(settings, [frame], 0)
    assert r"2 \mu = 4$$" in told["Score function"]
    assert f"{frame.metrics['kl']:.5g}" in told["KL"]
