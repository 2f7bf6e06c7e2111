"""Pooling kinds side by side over several seeds, each at its own best learning rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Choice, Choices, LogSlider, Seed, Slider
from core.experiment import Experiment, View
from core.nets.spec import Spec
from core.pooling import compare_figures as draw
from core.pooling import compare_why
from core.pooling.compare_presets import PRESETS

Kind = Literal["max", "average", "sum", "l2", "expectation", "blur", "none"]
KINDS: tuple[Kind, ...] = get_args(Kind)
RATES = (0.003, 0.01, 0.03)  # for every kind; with 0.1 every kind reads fewer digits
SIDES = {"digits": 8, "mnist": 16}  # MNIST at 14x14 with a rim of one place
MOST = 10_000  # training images


class Settings(experiment.Settings):
    """Which kinds of pooling, on what, over how many seeds."""

    kinds: Annotated[
        tuple[Kind, ...],
        Choices(
            "Pooling kinds",
            least=2,
            most=len(KINDS),
            labels={
                "l2": "L2",
                "expectation": "Expectation (ePooling)",
                "blur": "Blur (anti-aliased max)",
                "none": "None: convolution by 2",
            },
            help="Each is compared with the first of them.",
        ),
    ] = ("max", "average", "sum", "l2", "expectation")
    data: Annotated[
        Literal["digits", "mnist"],
        Choice(
            "Data",
            labels={"digits": "Digits, 8x8", "mnist": "MNIST, shrunk to 14x14"},
            help="Scikit-learn's 1,797 small digits, or 12,000 of MNIST at half their size, which "
            "takes three to four times as long.",
        ),
    ] = "digits"
    rates: Annotated[
        Literal["best", "same"],
        Choice(
            "Learning rates",
            labels={"best": "Each at its best", "same": "The same for all (unfair)"},
            help="Best: of 0.003, 0.01 and 0.03 the one with which a kind reads most digits "
            "of a validation part, over all seeds. The test part has no say in it.",
        ),
    ] = "best"
    lr: Annotated[
        float,
        LogSlider("Learning rate", 1e-5, 10, top=1, when={"rates": ("same",)}, help="Of Adam."),
    ] = 0.01
    seeds: Annotated[
        int,
        Slider("Seeds", 5, 10, 1, help="Each gives first weights and an order of the batches."),
    ] = 10
    steps: Annotated[
        int, LogSlider("Steps", 10, 1000, whole=True, help="Weight updates with 32 digits each.")
    ] = 150
    train_size: Annotated[
        int,
        LogSlider(
            "Training digits",
            10,
            MOST,
            whole=True,
            level="more",
            help="The first so many of 10,000, or of the small digits' 898 at most.",
        ),
    ] = MOST
    seed: Annotated[int, Seed(level="more", help="Of all the seeds.")] = 0

    @field_validator("kinds")
    @classmethod
    def _distinct(cls, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
        if len(set(kinds)) < len(kinds):
            raise ValueError("different kinds, each once")
        return tuple(kind for kind in KINDS if kind in kinds)

    @property
    def tried(self) -> tuple[float, ...]:
        """The learning rates that every kind is trained at."""
        return RATES if self.rates == "best" else (self.lr,)

    def spec(self, kind: str) -> Spec:
        """The network with that pooling: two blocks with 8 and 16 filters of 3x3."""
        return Spec(side=SIDES[self.data], depth=2, width=8, kernel=3, pooling=kind)


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """Every network after ``step`` updates: K kinds at R learning rates on S seeds.

    Metrics: accuracy/<kind>, its mean on the test part over seeds at the rate that validation
    chose so far, in [0, 1], and sd/<kind>, its standard deviation; train_loss/<kind>, mean
    cross-entropy in nats of 200 training images; best_lr/<kind>; wins/<kind>, on how many seeds
    it is the best, ties shared, and most_wins, the largest of them; for every kind but the first,
    difference/<kind>, its mean accuracy less that of the first, and low/<kind> to high/<kind>, the
    95 % t interval of it (Student 1908). At step 0 a hundred images of each part are measured.
    """

    validation: np.ndarray  # (K, R, S) float32 accuracy on the validation part
    test: np.ndarray  # (K, S) float32 accuracy on the test part, at the rate chosen
    train_loss: np.ndarray  # (K, S) float32 loss, at the rate chosen
    interval: np.ndarray  # (K, 2) float32 95 % t interval of the mean test accuracy
    best: np.ndarray  # (K,) number of that rate


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.pooling.comparing:run",
        "core.pooling.compare_team:Team",
        "core.pooling.compare_team:advance",
        "core.measure.tuning:choose",
        "core.measure.paired:interval",
        "core.nets.pooling:POOLINGS",
    )


COMPARE = Experiment(
    name="pooling.compare",
    title="Compare pooling kinds",
    question="Is one kind of pooling better than another, or was it luck?",
    settings=Settings,
    frame=Frame,
    run="core.pooling.comparing:run",
    views=(
        View(
            "final",
            "Final accuracy",
            draw.final,
            "Left, test accuracy of every seed under each kind of pooling, a thin line through "
            "the kinds for each seed, with mean and 95 % interval; right, what each kind differs "
            "by from the first, seed by seed, with a 95 % interval.",
        ),
        View(
            "curves",
            "Learning curves",
            draw.curves,
            "Test accuracy and training loss against steps: for each kind of pooling the mean over "
            "seeds as a line, and a band from the lowest seed to the highest.",
        ),
        View(
            "rates",
            "Learning rates",
            draw.rates,
            "Validation accuracy of each kind of pooling against the learning rate, mean over "
            "seeds with its standard error; a star on the rate that was chosen.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"kinds": ("max", "average"), "steps": 10, "seeds": 5, "train_size": 100},
    verb="Train all seeds",
    seconds=9.0,
    source=_source,
    explain=compare_why.explain,
    good={
        "accuracy": "higher is better; 0.1 is a blind guess",
        "sd": "how far seeds lie apart: a smaller difference needs more seeds to be seen",
        "train_loss": "lower is better; 2.303 is a blind guess",
        "best_lr": "the rate of three that validation chose",
        "wins": "seeds on which this kind is the best, ties shared",
        "difference": "less the first kind: none is better while its interval reaches over 0",
        "low": "the interval's lower end: above 0 this kind has won over the first",
        "high": "the interval's upper end: below 0 it has lost",
        "most_wins": "near all of the seeds: one kind always wins; fewer: a seed decides",
    },
)
