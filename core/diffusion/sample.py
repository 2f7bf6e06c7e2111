"""Ask a trained network again: the same noise, another sampler, other steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Model, Seed, Slider, Toggle
from core.data.mixtures import REACH
from core.diffusion import sample_figures as draw
from core.diffusion import sample_why
from core.diffusion.sample_presets import PRESETS
from core.experiment import Experiment, View

MODELS = {
    "diffusion-grid": "Ready made: grid of 25",
    "diffusion-ring": "Ready made: ring of eight",
    "diffusion-flow": "Ready made: grid, flow matching",
}
STEPPED = ("ddpm", "ddim", "euler", "heun", "dpm")


class Settings(experiment.Settings):
    """Which network, and how it is asked."""

    model: Annotated[
        str,
        Model(
            "Network", shipped=MODELS, of=("diffusion.plane",),
            help="One that ships, or the one that you trained last.",
        ),
    ] = "diffusion-grid"  # fmt: skip
    sampler: Annotated[
        Literal["ddpm", "ddim", "euler", "heun", "rk45", "dpm"],
        Choice("Sampler", labels=draw.SAMPLERS, help="How the way back is walked."),
    ] = "ddim"
    steps: Annotated[
        int,
        LogSlider(
            "Sampling steps", 1, 1000, whole=True, when={"sampler": STEPPED},
            help="Evenly spaced in time. No more are made than the network knows times.",
        ),
    ] = 50  # fmt: skip
    eta: Annotated[
        float,
        Slider(
            "Noise put back (eta)", 0, 1, 0.05, when={"sampler": ("ddim",)},
            help="0: none, the same noise always ends at the same point. 1: as much as DDPM.",
        ),
    ] = 0.0  # fmt: skip
    tolerance: Annotated[
        float,
        LogSlider(
            "Tolerance", 1e-5, 0.3, when={"sampler": ("rk45",)},
            help="How far a step may be off; the solver chooses its steps by it.",
        ),
    ] = 1e-2  # fmt: skip
    seed: Annotated[int, Seed(help="Of the noise.")] = 0
    compare: Annotated[
        bool,
        Toggle("Compare all samplers", help="Each with few steps and many; takes some seconds."),
    ] = False
    schedule: Annotated[
        Literal["own", "linear", "cosine", "sigmoid"],
        Choice(
            "The sampler thinks it was", labels={"own": "The right schedule"}, level="more",
            help="A network knows how much noise there is at t on its own schedule only. Flow "
            "matching has no other.",
        ),
    ] = "own"  # fmt: skip
    clip: Annotated[
        bool,
        Toggle(
            "Guesses stay in the plane", level="more",
            help="The guess at the data is cut to the plane, [-3, 3] each way.",
        ),
    ] = True  # fmt: skip

    @property
    def reach(self) -> float:
        """What a guess at the data is cut to; 0 for never."""
        return REACH if self.clip else 0.0


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The points after ``step`` steps of the sampler, and real ones noised to the same time.

    Metrics: t, the time; nfe, how often the network was asked so far; swd, the sliced Wasserstein
    distance of both clouds; modes (covered), high_quality (share of points within three sigma of a
    centre); narrow/half and narrow/twentieth, by what share DDIM of so many steps makes Gaussian
    data of standard deviation 0.5 and 0.05 too narrow, with the best network there is (closed form,
    linear schedule of 1,000 steps). With ``compare`` also good/<sampler>/<n>, the share of good
    points of each sampler but RK45 with so many evaluations.
    """

    points: np.ndarray  # (1000, 2) float16
    noised: np.ndarray  # (1000, 2) float16, the forward process at that time, one chain a point
    guesses: np.ndarray  # (40, 2) float16, the data that the network sees in the first points
    density: np.ndarray  # (60, 60) uint8, exact density of noised points, the highest 254
    column: np.ndarray  # (60,) uint8, that of their first number
    arrows: np.ndarray  # (225, 2) float16, the learned score on a grid
    exact: np.ndarray  # (225, 2) float16, the true one
    target: np.ndarray | None = None  # (3,) float32, frame 0: modes, good among real points, T
    curves: np.ndarray | None = None  # (k, 5) float32, last frame: sampler, nfe, swd, good, modes


def _source(settings: Any) -> tuple[str, ...]:
    name = {"dpm": "dpm_solver"}.get(settings.sampler, settings.sampler)
    ode = ("core.diffusion.samplers:slope",) if name in ("euler", "heun", "rk45") else ()
    return (f"core.diffusion.samplers:{name}", *ode, "core.diffusion.sample_ways:reverse")


SAMPLE = Experiment(
    name="diffusion.sample",
    title="Walk the way back",
    question="The network stays as it is. How many steps does the way back take?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.sample_run:run",
    views=(
        View(
            "clouds",
            "Two clouds",
            draw.clouds,
            "Left, points that the sampler is making of noise; right, real points with as much "
            "noise: at every time both should look alike. Behind them, the exact density.",
            layers={
                "density": "Exact density",
                "points": "Points",
                "trails": "Their ways",
                "guesses": "Where it points",
            },
            off=("trails", "guesses"),
        ),
        View(
            "ways",
            "Ways",
            draw.ways,
            "How far right 40 points are, against time, on the sampler's way from noise to data "
            "and on the way from data to noise; over the exact density at every time.",
        ),
        View(
            "score",
            "Score",
            draw.score,
            "The learned score and the true one as arrows at this time, over the density of noised "
            "points, and how far the arrows are apart.",
        ),
        View(
            "steps",
            "Quality and cost",
            draw.curves,
            "Sliced Wasserstein distance, good samples and modes of every sampler against how "
            "often it asks the network.",
            clock=False,
            when={"compare": (True,)},
        ),
        View(
            "narrow",
            "Too narrow",
            draw.narrow,
            "The spread of DDIM's samples over that of the data, against steps, where the data are "
            "Gaussian and the network is perfect.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Sample",
    seconds=0.3,
    source=_source,
    explain=sample_why.explain,
    replays=True,
    good={
        "t": "0 at the end",
        "nfe": "the cost: each is one pass through the network",
        "swd": "lower is better; two sets of 1,000 real points are about 0.05 apart",
        "modes": "higher is better: all of the target's",
        "high_quality": "98.9 % for islands as wide as the real ones; more is too tight",
        "good": "98.9 % at best, for islands as wide as the real ones",
        "narrow": "0: as wide as the data. A perfect network does not help, more steps do",
    },
)
