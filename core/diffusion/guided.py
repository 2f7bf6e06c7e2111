"""Guidance on the plane, without a network: exact scores, without a class and with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, Seed, Slider
from core.diffusion import guided_classes, guided_why, schedules
from core.diffusion import guided_figures as draw
from core.diffusion.guided_presets import PRESETS
from core.experiment import Experiment, View

TOTAL = 1000


class Settings(experiment.Settings):
    """Which islands, which class of them, and how hard to push towards it."""

    target: Annotated[
        Literal["pairs", "eight", "bells"],
        Choice(
            "Islands",
            labels={
                "pairs": "Three classes of two",
                "eight": "Ring of eight, three classes",
                "bells": "A bell in a bell",
            },
            help="In the last everything is Gaussian: the answer has a closed form.",
        ),
    ] = "pairs"
    label: Annotated[
        Literal["a", "b", "c"],
        Choice("Class", labels={one: one.upper() for one in "abc"}, help="What is asked for."),
    ] = "a"
    scale: Annotated[
        float,
        Slider(
            "Guidance scale s", 0, 10, 0.25,
            help="0 asks for no class, 1 is the plain conditional model. Ho and Salimans' w is "
            "s - 1.",
        ),
    ] = 4.0  # fmt: skip
    sampler: Annotated[
        Literal["heun", "ddim"],
        Choice(
            "Sampler",
            labels={"heun": "Heun (ODE)", "ddim": "DDIM"},
            help="Both add no noise. Heun asks twice a step and is far more exact.",
        ),
    ] = "heun"
    steps: Annotated[int, Slider("Steps", 5, 100, 1, help="Of the sampler.")] = 25
    seed: Annotated[int, Seed(help="Of the noise that it starts from.")] = 0
    schedule: Annotated[
        Literal["linear", "cosine", "sigmoid"],
        Choice("Schedule", level="more", help="How the noise falls."),
    ] = "linear"

    @property
    def classes(self) -> guided_classes.Classes:
        """The islands."""
        return guided_classes.SETS[self.target]()

    @property
    def course(self) -> schedules.Schedule:
        """The schedule that is asked for."""
        return schedules.SCHEDULES[self.schedule](TOTAL)

    @property
    def times(self) -> list[int]:
        """The times at which the sampler stops: one more than its steps."""
        return schedules.ladder(TOTAL, self.steps)


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """After so many steps of the sampler, 1,000 samples.

    Metrics, each against the exact law of the class at the same time: shift, how far the samples'
    mean is from its mean; spread, their spread around their mean over its own; within, the share
    within three standard deviations of an island of it, and within_exact, its own samples'; swd,
    the sliced Wasserstein distance to its own samples, and swd_floor, that of two sets of them.
    At the end also certain, the mean of p(class | sample), and certain_exact. Of the bells
    closed_spread, what spread is in closed form.
    """

    t: np.ndarray  # () int32
    points: np.ndarray  # (600, 2) float16, guided
    plain: np.ndarray  # (600, 2) float16, from the same noise at scale 1
    sweep: np.ndarray | None = None  # (11, 4) float32, at the end: spread, within, certain, shift


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.diffusion.guided_classes:guided",
        "core.diffusion.exact:Noised",
        f"core.diffusion.samplers:{settings.sampler}",
        "core.diffusion.guided_run:run",
    )


GUIDED = Experiment(
    name="diffusion.guided",
    title="Guidance, and too much of it",
    question="Push the samples towards a class: how hard until they are no longer of it?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.guided_run:run",
    views=(
        View(
            "plane",
            "Samples",
            draw.plane,
            "Left, guided samples over the exact density of the class, the islands of other "
            "classes beside it; right, against the guidance scale, how much too narrow the samples "
            "are, how many still lie on the class's islands, and how far their mean has moved.",
            layers={"guided": "Guided samples", "plain": "Same noise, scale 1"},
            off=("plain",),
        ),
        View(
            "paths",
            "Paths",
            draw.paths,
            "The paths of 40 samples from noise to their end, guided and at scale 1, from the same "
            "noise, over the exact density of the class.",
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={"steps": 8},
    verb="Sample",
    seconds=0.6,
    source=_source,
    explain=guided_why.explain,
    good={
        "shift": "0: the mean is where the class's is",
        "spread": "1: as wide as the class itself; less: crowded",
        "within": "as the exact share: samples lie on the class's islands",
        "within_exact": "of the class's own samples: about 0.989",
        "swd": "as small as the floor: the two are told apart by nothing",
        "swd_floor": "between two sets of exact samples: chance alone",
        "certain": "as the exact one; more: only the least doubtful are made",
        "certain_exact": "of the class's own samples",
        "closed_spread": "what the spread is in closed form, for the bells",
    },
)
