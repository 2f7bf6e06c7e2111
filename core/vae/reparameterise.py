"""The trick itself on one number: how a slope gets past a draw of chance. No training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider
from core.experiment import Experiment, View
from core.vae import reparameterise_figures as draw
from core.vae import reparameterise_why
from core.vae.reparameterise_presets import PRESETS

TITLES = {
    "square": "Square, z²",
    "absolute": "Size, |z|",
    "step": "Step at 0",
    "waves": "Fast waves, sin(10 z)",
}


class Settings(experiment.Settings):
    """A normal law, a function of what it draws, and how its slope is estimated."""

    function: Annotated[
        Literal["square", "absolute", "step", "waves"],
        Choice("Function of the draw", labels=TITLES, help="f(z), whose mean is to be made small."),
    ] = "square"
    mu: Annotated[
        float, Slider("Mean of the draw", -3, 3, 0.1, help="Mu: what the slope is taken by.")
    ] = 2.0
    sigma: Annotated[
        float, Slider("Spread of the draw", 0.1, 2, 0.05, help="Sigma: its standard deviation.")
    ] = 0.5
    samples: Annotated[
        int,
        LogSlider("Draws in an estimate", 1, 1000, whole=True, help="An estimate is their mean."),
    ] = 10
    constant: Annotated[
        float,
        Slider("Added to the function", 0, 50, 1, help="A constant, which changes no slope."),
    ] = 0.0
    baseline: Annotated[
        Literal["none", "mean", "best"],
        Choice(
            "Baseline",
            labels={"none": "None", "mean": "Mean of f", "best": "Best constant"},
            help="What the score-function estimate takes off f(z) before it multiplies.",
        ),
    ] = "none"
    by: Annotated[
        Literal["mu", "sigma"],
        Choice(
            "Slope by",
            labels={"mu": "Mean", "sigma": "Spread"},
            level="more",
            help="An encoder gives both, so both need a slope.",
        ),
    ] = "mu"
    prior_mu: Annotated[
        float, Slider("Mean of the prior", -3, 3, 0.1, level="more", help="For the KL.")
    ] = 0.0
    prior_sigma: Annotated[
        float, Slider("Spread of the prior", 0.1, 3, 0.1, level="more", help="For the KL.")
    ] = 1.0
    seed: Annotated[int, Seed(level="more", help="Of all draws.")] = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(experiment.Frame):
    """The one picture there is: nothing is trained.

    Two kinds of estimates: score (the slope of log q) and path (the reparameterisation). Metrics:
    value: E[f(z)]; gradient: its exact slope. Of each kind: mean/ and variance/ of 2,000 estimates;
    exact/: the exact variance; bias/: the exact mean less the exact slope; grown/: the variance
    over that with nothing added to f and no baseline; strays/: how far five descents end from the
    exact one, root mean square. factor: exact/score over exact/path, where that is not 0. kl:
    KL(q || prior) in closed form, nats; kl_deviation: exact standard deviation of its estimate from
    one draw; kl_error/<n>: measured root mean square error of its estimate from 10 and 1,000 draws.
    """

    draw: np.ndarray  # (4,) float64: the first draw's noise, z, f(z) with the constant, f'(z)
    taken: np.ndarray  # (1,) float64, the baseline
    estimates: np.ndarray  # (2, 2000) float32: by the score, through the path
    measured: np.ndarray  # (2, 7) float64, variances against SIZES
    widths: np.ndarray  # (2, 41) float64, exact variances of one draw against WIDTHS
    walks: np.ndarray  # (2, 5, 151) float32, mu under descent
    descent: np.ndarray  # (151,) float32, by the exact slope
    running: np.ndarray  # (5, 1000) float32, the KL from the first so many draws
    errors: np.ndarray  # (7,) float64, root mean square errors of the KL against SIZES


def _source(settings: Any) -> tuple[str, ...]:
    names = ("score", "path", "Problem", "quadrature", "kl", "kl_draws", "kl_deviation")
    return (
        *(f"core.vae.reparameterise_exact:{name}" for name in names),
        "core.vae.reparameterise_run:repeated",
        "core.vae.reparameterise_run:descend",
    )


REPARAMETERISE = Experiment(
    name="vae.reparameterise",
    title="A slope through the dice",
    question="The code is drawn by chance. How does a slope get past the dice to the encoder?",
    settings=Settings,
    frame=Frame,
    run="core.vae.reparameterise_run:run",
    views=(
        View(
            "trick",
            "The trick",
            draw.trick,
            "Two small graphs with the numbers of one draw: left, the slope stops at the drawn z; "
            "right, noise enters from the side and the slope passes. Beside them, histograms of "
            "both estimates with the exact slope dashed.",
            clock=False,
        ),
        View(
            "draws",
            "Variance",
            draw.draws,
            "The variance of both estimates against the number of draws, measured and exact, and "
            "against the spread of the draw.",
            clock=False,
        ),
        View(
            "descend",
            "Descend",
            draw.descend,
            "Five gradient descents on the mean with each kind of estimate, and the exact one "
            "dashed.",
            clock=False,
        ),
        View(
            "kl",
            "The KL term",
            draw.kl,
            "The law of the draw and the prior; the KL divergence between them estimated from "
            "ever more draws, with its closed form dashed; the error against the draws.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Draw",
    seconds=0.2,
    source=_source,
    explain=reparameterise_why.explain,
    good={
        "value": "what is to be made small",
        "gradient": "the exact slope: what both kinds of estimates try to hit",
        "mean": "near the exact slope, if the estimate is right on average",
        "bias": "0: right on average",
        "variance": "smaller is better: fewer draws do",
        "exact": "the variance that formulas give",
        "grown": "1: the constant added to f changes nothing",
        "factor": "over 1: so many times more draws for the score function's estimate",
        "strays": "0: all five end where the exact descent ends",
        "kl": "0: the code's law is the prior; exact, in nats",
        "kl_deviation": "of one draw's estimate; the closed form has none",
        "kl_error": "falls as 1 over the root of the draws",
    },
)
