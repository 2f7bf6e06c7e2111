"""Adam against SGD with momentum over many seeds, each at its own best rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ValidationInfo, field_validator

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider, Text
from core.experiment import Experiment, Preset, View
from core.optimizers import seeds_figures as draw
from core.optimizers import seeds_why
from core.optimizers.hyper import TITLES, RuleName
from core.optimizers.network import parse_hidden

STOPS = tuple(float(f"{m}e{d}") for d in range(-6, 4) for m in (1, 3))
RATES = 7  # half decades on both sides of a middle
MIDDLE = {"adam": 0.01, "adamw": 0.01, "amsgrad": 0.01, "nadam": 0.01, "radam": 0.01}
MIDDLE |= {"rmsprop": 0.003, "adamax": 0.03, "adagrad": 0.03, "adadelta": 3.0, "lion": 0.001}
MIDDLE |= {"gradient-descent": 1.0, "momentum": 0.1, "nesterov": 0.1}


def grid(name: str) -> tuple[float, ...]:
    """The seven rates at which that optimizer is tried, 1 and 3 of each decade."""
    at = STOPS.index(MIDDLE[name]) - RATES // 2
    return STOPS[at : at + RATES]


class Settings(experiment.Settings):
    """Which two optimizers, on what, over how many seeds."""

    data: Annotated[
        Literal["digits", "ring", "moons"],
        Choice("Data", labels={"ring": "Ring of eight, noisy", "moons": "Moons, noisy"}),
    ] = "digits"
    first: Annotated[RuleName, Choice("First optimizer", labels=TITLES)] = "adam"
    second: Annotated[RuleName, Choice("Second optimizer", labels=TITLES)] = "momentum"
    seeds: Annotated[
        int, Slider("Seeds", 4, 64, 4, help="Each gives first weights and an order of batches.")
    ] = 32
    steps: Annotated[int, LogSlider("Steps", 10, 2000, whole=True)] = 300
    batch_size: Annotated[int, LogSlider("Batch size", 1, 100, whole=True, level="more")] = 30
    hidden: Annotated[
        str, Text("Hidden layers", 16, level="more", help="Units of each, as in 8-8; tanh.")
    ] = "32"
    seed: Annotated[int, Seed(level="more", help="Of all the seeds.")] = 0

    @field_validator("hidden")
    @classmethod
    def _layers(cls, text: str) -> str:
        parse_hidden(text)
        return text

    @field_validator("second")
    @classmethod
    def _two(cls, name: str, info: ValidationInfo) -> str:
        if name == info.data.get("first"):
            raise ValueError("another optimizer than the first")
        return name

    @property
    def layers(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return parse_hidden(self.hidden)


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """Accuracies after ``step`` updates of every network, in [0, 1].

    Metrics: accuracy/<name>, the mean over seeds on the test set at the rate that validation
    chose; best_lr/<name>; difference (first less second) and its 95 % t interval,
    difference_low to difference_high.
    """

    validation: np.ndarray  # (2, R, S) accuracy by optimizer, rate and seed
    test: np.ndarray  # (2, S) accuracy of each seed at the rate chosen
    best: np.ndarray  # (2,) number of that rate in grid(name)


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.optimizers.seeding:run",
        "core.measure.tuning:choose",
        "core.measure.paired:interval",
        "core.nets.mlp:Mlp",
    )


def _winner(metrics: Mapping[str, float]) -> int:
    if metrics["difference_low"] > 0:
        return 0
    return 1 if metrics["difference_high"] < 0 else 2


WHO = ("Adam", "SGD with momentum", "No difference that 32 seeds can tell")
SAW = (
    "Adam {accuracy/adam:.2%} at rate {best_lr/adam:g}, momentum {accuracy/momentum:.2%} at rate "
    "{best_lr/momentum:g}. Mean difference {difference:+.2%}, 95 % interval {difference_low:+.2%} "
    "to {difference_high:+.2%}."
)
PRESETS = (
    Preset(
        id="fair",
        title="A fair race",
        question="32 seeds, each optimizer at the best of seven rates: which reads more unseen "
        "digits after 300 steps?",
        options=WHO,
        settings={},
        watch="The interval around the mean difference: does it reach over 0?",
        saw=SAW,
        why="Tuned with equal care, both reach the same accuracy here; a single seed would have "
        "named either of them the winner. What looks like a better optimizer is often a better "
        "tuned one.",
        next="Look at the seven rates: ten times too large costs Adam a tenth of the digits, and "
        "momentum most of them.",
        expected=2,
        outcome=_winner,
    ),
    Preset(
        id="early",
        title="Stop after 30 steps",
        question="The same race, but it ends after 30 steps instead of 300. Who is ahead?",
        options=WHO,
        settings={"steps": 30},
        watch="The differences of the seeds: how many of them lie above 0?",
        saw=SAW,
        why="Adam's first steps are as long as its rate whatever the gradient; momentum has to "
        "gather speed. Who wins depends on when you stop.",
        next="Find the number of steps at which the interval first reaches over 0.",
        expected=0,
        outcome=_winner,
    ),
    Preset(
        id="moons",
        title="Another problem",
        question="Noisy moons instead of digits, two layers of eight units, 300 steps. Who is "
        "ahead now?",
        options=WHO,
        settings={"data": "moons", "hidden": "8-8"},
        watch="The best rate of each optimizer: it is not the one of the digits.",
        saw=SAW,
        why="Bending the border round the moons takes larger weights than the start has, along a "
        "slope that is nearly flat. Adam's steps do not shrink with the gradient there.",
        next="Give both 2,000 steps: how much of the difference is left?",
        expected=0,
        outcome=_winner,
    ),
)

SEEDS = Experiment(
    name="optimizers.seeds",
    title="Which optimizer is better?",
    question="Is one optimizer better than another, or was it luck?",
    settings=Settings,
    frame=Frame,
    run="core.optimizers.seeding:run",
    views=(
        View(
            "compare",
            "Compare",
            draw.compare,
            "Left, validation accuracy against learning rate; middle, test accuracy of every seed "
            "under both optimizers; right, their differences with a 95 % interval.",
        ),
        View(
            "steps",
            "Over the steps",
            draw.over_steps,
            "Mean test accuracy of both optimizers, and their difference, against steps.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 20, "seeds": 4, "hidden": "8"},
    verb="Train all seeds",
    seconds=6.0,
    source=_source,
    explain=seeds_why.explain,
    good={
        "accuracy": "higher is better; 0.1 is a blind guess at ten digits, 0.5 between two classes",
        "best_lr": "inside its seven rates; at an end of them, a better one may lie beyond",
        "difference": "first less second: no winner while its interval reaches over 0",
        "difference_low": "above 0 the first has won",
        "difference_high": "below 0 the second has won",
    },
)
