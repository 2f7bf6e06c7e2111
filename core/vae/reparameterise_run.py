"""Both estimates of the slope, drawn many times over, beside their exact means and variances."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from core.vae.reparameterise import Frame, Settings
from core.vae.reparameterise_exact import (
    FUNCTIONS,
    Array,
    Law,
    Moments,
    Problem,
    kl,
    kl_deviation,
    kl_draws,
    moments,
)
from core.vae.reparameterise_layout import (
    CURVES,
    FENCE,
    LONGEST,
    RATE,
    REPEATS,
    SIZES,
    STEPS,
    TRIES,
    WALKERS,
    WIDTHS,
)

NAMES = ("score", "path")


def run(settings: Settings) -> Iterator[Frame]:
    """The one frame there is."""
    problem = Problem(
        settings.function,
        settings.mu,
        settings.sigma,
        settings.by,
        settings.constant,
        settings.baseline,
    )
    seeds = np.random.SeedSequence(settings.seed).spawn(4)
    drawn, tried, walked, apart = (np.random.default_rng(seed) for seed in seeds)
    exact, taken = moments(problem), problem.taken()
    estimates = repeated(problem, taken, settings.samples, REPEATS, drawn)
    walks, descent = descend(problem, settings.samples, walked)
    q, p = Law(settings.mu, settings.sigma), Law(settings.prior_mu, settings.prior_sigma)
    running, errors = _distances(q, p, apart)
    first = np.random.default_rng(seeds[0]).standard_normal(1)
    z = problem.mu + problem.sigma * first
    function = FUNCTIONS[problem.function]
    metrics = _slopes(problem, exact, estimates, settings.samples)
    metrics |= _strays(walks, float(descent[-1]))
    metrics |= {"kl": kl(q, p), "kl_deviation": kl_deviation(q, p)}
    metrics |= {f"kl_error/{n}": float(errors[SIZES.index(n)]) for n in (10, 1000)}
    yield Frame(
        step=0,
        metrics=metrics,
        draw=np.concatenate([first, z, function.f(z) + problem.constant, function.slope(z)]),
        taken=np.array([taken]),
        estimates=estimates.astype(np.float32),
        measured=_measured(problem, taken, tried),
        widths=_widths(problem),
        walks=walks.astype(np.float32),
        descent=descent.astype(np.float32),
        running=running.astype(np.float32),
        errors=errors,
    )


def repeated(
    problem: Problem, taken: float, samples: int, count: int, rng: np.random.Generator
) -> Array:
    """So many estimates of both kinds, (2, count), each the mean over so many draws."""
    noise = rng.standard_normal((count, samples))
    return np.stack([one.mean(1) for one in problem.estimates(noise, taken)])


def _measured(problem: Problem, taken: float, rng: np.random.Generator) -> Array:
    """Variances (2, sizes) of estimates from ever more draws."""
    return np.stack([repeated(problem, taken, n, TRIES, rng).var(1, ddof=1) for n in SIZES], 1)


def _widths(problem: Problem) -> Array:
    """Exact variances (2, widths) of one draw's estimates, against sigma."""
    found = [moments(problem._replace(sigma=sigma)).variances for sigma in WIDTHS]
    return np.array(found).T


def descend(problem: Problem, samples: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Mu under gradient descent: (2, walkers, steps + 1) by estimates, (steps + 1,) by the exact.

    Sigma stays. A step beyond the fence ends on it.
    """
    mu = np.full((2, WALKERS), problem.mu)
    exact, walks, descent = problem.mu, [mu], [problem.mu]
    for _ in range(STEPS):
        noise = rng.standard_normal((2, WALKERS, samples))
        slopes = [
            _slope(problem, float(mu[kind, n]), noise[kind, n], kind)
            for kind in range(2)
            for n in range(WALKERS)
        ]
        mu = np.clip(mu - RATE * np.reshape(slopes, mu.shape), -FENCE, FENCE)
        gradient = problem._replace(mu=exact, by="mu").gradient
        exact = min(max(exact - RATE * gradient, -FENCE), FENCE)
        walks.append(mu)
        descent.append(exact)
    return np.stack(walks, 2), np.array(descent)


def _slope(problem: Problem, mu: float, noise: Array, kind: int) -> float:
    here = problem._replace(mu=mu, by="mu")
    return float(here.estimates(noise, here.taken() if kind == 0 else 0.0)[kind].mean())


def _slopes(problem: Problem, exact: Moments, found: Array, samples: int) -> dict[str, float]:
    """Means and variances of both kinds, measured and exact."""
    plain = moments(problem._replace(constant=0.0, baseline="none")).variances
    metrics = {"value": problem.mean, "gradient": problem.gradient}
    for n, name in enumerate(NAMES):
        metrics[f"mean/{name}"] = float(found[n].mean())
        metrics[f"bias/{name}"] = exact.means[n] - problem.gradient
        metrics[f"variance/{name}"] = float(found[n].var(ddof=1))
        metrics[f"exact/{name}"] = exact.variances[n] / samples
        metrics[f"grown/{name}"] = exact.variances[n] / plain[n] if plain[n] else 1.0
    if exact.variances[1]:
        metrics["factor"] = exact.variances[0] / exact.variances[1]
    return metrics


def _strays(walks: Array, end: float) -> dict[str, float]:
    """How far from the exact descent's end both kinds end, root mean square."""
    far = np.sqrt(np.mean((walks[:, :, -1] - end) ** 2, 1))
    return {f"strays/{name}": float(far[n]) for n, name in enumerate(NAMES)}


def _distances(q: Law, p: Law, rng: np.random.Generator) -> tuple[Array, Array]:
    """Running means of the KL (curves, longest), and its root mean square error by draws."""
    first = kl_draws(q, p, rng.standard_normal((CURVES, LONGEST)))
    running = first.cumsum(1) / np.arange(1, LONGEST + 1)
    means = [kl_draws(q, p, rng.standard_normal((TRIES, n))).mean(1) for n in SIZES]
    return running, np.array([math.sqrt(np.mean((one - kl(q, p)) ** 2)) for one in means])
