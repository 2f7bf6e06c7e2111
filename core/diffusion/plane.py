"""A network learns to undo noise, from points of the plane alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider, Toggle
from core.data.mixtures import REACH
from core.diffusion import plane_charts as charts
from core.diffusion import plane_figures as draw
from core.diffusion import plane_why
from core.diffusion.plane_presets import PRESETS
from core.diffusion.schedules import SCHEDULES, Schedule, Straight
from core.experiment import Experiment, Lead, View
from core.targets import TargetSettings

PREDICT = {
    "noise": "The noise",
    "x0": "The data (x0)",
    "v": "A mix of both (v)",
    "score": "The score",
    "flow": "The velocity (flow matching)",
}
WAYS = ("noise", "x0", "v", "score")  # that follow a schedule; flow matching's way is straight


class Settings(TargetSettings):
    """What is learned, on which way to noise, and how it is sampled."""

    schedule: Annotated[
        Literal["linear", "cosine", "sigmoid"],
        Choice(
            "Schedule",
            when={"predict": WAYS},
            help="How fast the noise grows. Linear: of the variance that a step adds.",
        ),
    ] = "linear"
    steps: Annotated[
        int, LogSlider("Training steps", 10, 20_000, whole=True, help="Updates of the network.")
    ] = 5000
    lr: Annotated[float, LogSlider("Learning rate", 1e-5, 1e6, 1.0, help="Of Adam.")] = 3e-3
    sampling: Annotated[
        int,
        LogSlider(
            "Sampling steps", 1, 1000, whole=True,
            help="Of DDIM, from noise to a point, for the pictures: training needs none of them.",
        ),
    ] = 50  # fmt: skip
    seed: Annotated[int, Seed(help="Of the first weights, the points, the noise.")] = 0
    predict: Annotated[
        Literal["noise", "x0", "v", "score", "flow"],
        Choice(
            "Predict", labels=PREDICT, level="more",
            help="What the network answers. Each can be turned into the others.",
        ),
    ] = "noise"  # fmt: skip
    weighting: Annotated[
        Literal["simple", "snr", "min-snr"],
        Choice(
            "Loss weighting",
            labels={"simple": "All times alike", "snr": "As if noise were predicted",
                    "min-snr": "The same, cut off (min-SNR)"},
            level="more",
            help="How much an error counts at each time. Alike: in the units of what is predicted.",
        ),
    ] = "simple"  # fmt: skip
    time: Annotated[
        Literal["waves", "number", "none"],
        Choice(
            "Time goes in as", labels={"number": "One number", "none": "Not at all"}, level="more",
            help="Waves of it, slow and fast (time embedding), the number, or nothing.",
        ),
    ] = "waves"  # fmt: skip
    places: Annotated[
        Literal["waves", "numbers"],
        Choice(
            "Places go in as", labels={"numbers": "Two numbers"}, level="more",
            help="Waves, from twice the plane's width to an eighth of it, tell small things apart.",
        ),
    ] = "waves"  # fmt: skip
    ema: Annotated[
        float,
        Slider(
            "Average of weights", 0, 0.999, 0.001, level="more",
            help="Samples come from a running mean of the weights (EMA) that keeps this share "
            "each step. 0: off.",
        ),
    ] = 0.99  # fmt: skip
    decay: Annotated[
        bool,
        Toggle(
            "Falling rate", level="more",
            help="The learning rate falls to 0 along a cosine, so the end is calm.",
        ),
    ] = True  # fmt: skip
    batch_size: Annotated[int, LogSlider("Batch size", 8, 1024, whole=True, level="more")] = 256
    depth: Annotated[int, Slider("Hidden layers", 1, 5, 1, level="more")] = 3
    width: Annotated[int, LogSlider("Units a layer", 4, 256, whole=True, level="more")] = 128
    total: Annotated[
        int, Slider("Steps to noise", 10, 1000, 10, level="more", help="T in the formulas.")
    ] = 1000
    clip: Annotated[
        bool,
        Toggle(
            "Guesses stay in the plane", level="more",
            help="A sampler's guess at the data is cut to the plane, [-3, 3] each way.",
        ),
    ] = True  # fmt: skip
    look_at: Annotated[
        float,
        Slider(
            "Time of the arrows", 0.01, 1, 0.01, level="more",
            help="In the view of the score: as a share of the way to noise.",
        ),
    ] = 0.2  # fmt: skip

    @property
    def course(self) -> Schedule:
        """The way to noise."""
        if self.predict == "flow":
            return Straight(self.total)
        return SCHEDULES[self.schedule](self.total)

    @property
    def reach(self) -> float:
        """What a guess at the data is cut to; 0 for never."""
        return REACH if self.clip else 0.0

    @property
    def looked_at(self) -> int:
        """The time of the arrows, from 1 to T."""
        return max(1, round(self.look_at * self.total))

    @property
    def stops(self) -> int:
        """Sampling steps: no more than there are steps to noise."""
        return min(self.sampling, self.total)


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The network after ``step`` updates.

    Metrics: loss, as it is trained on, of 4,000 fixed points; score_error, the squared error of the
    noise that it predicts against the best prediction, a mean over times and both numbers: that
    of the score, times the variance of the noise; floor, what even the best one's squared error
    against the noise itself is; modes (covered), high_quality (share of samples within three sigma
    of a centre), swd, of 800 samples.
    """

    samples: np.ndarray  # (800, 2) float16, from a fixed noise
    trails: np.ndarray  # (24, m, 2) float16, ways of the first of them, from noise to data
    arrows: np.ndarray  # (225, 2) float16, the learned score on a grid, at ``looked_at``
    wrong: np.ndarray  # (20,) float32, squared error against the noise, at 20 times
    excess: np.ndarray  # (20,) float32, against the best prediction
    least: np.ndarray | None = None  # (20,) float32, on frame 0: of the best against the noise
    forward: np.ndarray | None = None  # (24, m, 2) float16, on frame 0: from data to noise


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.diffusion.training:Trainer",
        "core.diffusion.denoiser:Denoiser",
        "core.diffusion.denoiser:aim",
        "core.diffusion.samplers:ddim",
    )


PLANE = Experiment(
    name="diffusion.plane",
    title="Learn the way back",
    question="It only ever sees points and noise. Can it turn noise into points?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.training:run",
    views=(
        View(
            "samples",
            "Samples",
            draw.samples,
            "Left, points that the network makes of noise over the target's density; right, how "
            "many modes they cover and how many are good, against training steps.",
            layers={"density": "Target", "points": "Samples", "trails": "Their ways"},
            off=("trails",),
        ),
        View(
            "score",
            "Score",
            draw.score,
            "Left, the learned score and the true one as arrows over the density of noised points; "
            "right, the squared error of the predicted noise against time, and its floor.",
            layers={"density": "Density", "true": "True score", "learned": "Learned score"},
        ),
        View(
            "ways",
            "There and back",
            draw.ways,
            "Left, how far right 24 points are on their way from data to noise; right, on the "
            "network's way from noise to data; both over the exact density at every time.",
        ),
        View(
            "losses",
            "Loss",
            charts.losses,
            "The loss and the error of the score against training steps.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 30, "width": 16, "batch_size": 32, "sampling": 10},
    verb="Train from scratch",
    seconds=14.0,
    source=_source,
    explain=plane_why.explain,
    replays=True,
    leads=(Lead("diffusion.sample", "model", "Sample this network"),),
    good={
        "loss": "not 0: what noise is in a point cannot be known; the floor is the least",
        "score_error": "0: the learned score is the true one",
        "floor": "fixed by target and schedule: the best network's own squared error",
        "modes": "higher is better: all of the target's",
        "high_quality": "98.9 % for islands as wide as the real ones; more is too tight",
        "swd": "lower is better; 800 real points against as many others have about 0.07",
    },
)
