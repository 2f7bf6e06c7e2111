"""The race: several optimizers from one start over a loss surface. Settings, frames, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import field_validator

from core.controls import Choice, Choices, LogSlider, Seed, Slider, Text
from core.experiment import Experiment, Frame, View
from core.formula import parse
from core.optimizers import race_figures, race_scene
from core.optimizers.fields import Condition, Rotation
from core.optimizers.hyper import TITLES, Hyper, Number, RuleName, hyper
from core.optimizers.race_presets import PRESETS
from core.optimizers.surfaces import LABELS, SURFACES, Options, SurfaceName
from core.settings import Settings

Racer = Literal[RuleName, "sgd", "lbfgs"]
ADAMS = ("adam", "adamw", "amsgrad", "nadam", "radam", "adamax")
HEAVY = ("momentum", "nesterov")
TOLERANCE = 1e-3  # settled: the loss stays within this of the minimum


class RaceSettings(Settings):
    """What is raced, where, and how. The start is given in the valley's own axes (x along it,
    y across) for bowl and ravine, so that turning the valley turns the start with it.
    """

    surface: Annotated[SurfaceName, Choice("Surface", labels=LABELS)] = "ravine"
    condition: Condition = 10.0
    rotation: Rotation = 0.0
    formula: Annotated[
        str,
        Text(
            "Height at x, y", when={"surface": ("formula",)},
            help="Numbers, x, y, + - * / ^, brackets, pi, e, and functions such as sin, exp, abs.",
        ),
    ] = "sin(x)*y + (x^2 + y^2)/10"  # fmt: skip
    optimizers: Annotated[tuple[Racer, ...], Choices("Optimizers", most=15, labels=TITLES)] = (
        "gradient-descent",
        "momentum",
        "adam",
    )
    rates: Annotated[
        Literal["best", "same"],
        Choice(
            "Learning rates",
            labels={"best": "Each at its best", "same": "The same for all (unfair)"},
            help="Best: of 41 rates tried in advance, the one that settles in the fewest steps.",
        ),
    ] = "best"
    lr: Annotated[
        float, LogSlider("Learning rate", 1e-5, 1e6, when={"rates": ("same",)})
    ] = 0.01  # fmt: skip
    steps: Annotated[int, Slider("Steps", 10, 2000, 10, level="more")] = 200
    start_x: Annotated[
        float, Slider("Start, x", -5, 5, 0.01, level="more", help="In bowl and ravine: along.")
    ] = -1.0
    start_y: Annotated[
        float, Slider("Start, y", -5, 5, 0.01, level="more", help="In bowl and ravine: across.")
    ] = 1.0
    schedule: Annotated[
        Literal["constant", "step", "cosine", "warm-up", "one-cycle", "inverse-sqrt"],
        Choice(
            "Schedule", level="more", labels={"inverse-sqrt": "1/sqrt(t)"},
            help="How the learning rate changes over the run.",
        ),
    ] = "constant"  # fmt: skip
    momentum: Annotated[
        float, Slider("Momentum", 0.01, 0.99, 0.01, level="more", when={"optimizers": HEAVY})
    ] = 0.9
    beta1: Annotated[
        float,
        Slider(
            "Beta 1", 0, 0.99, 0.01, level="more", when={"optimizers": ADAMS},
            help="Decay of the mean gradient in Adam and its kin.",
        ),
    ] = 0.9  # fmt: skip
    beta2: Annotated[
        float,
        Slider(
            "Beta 2", 0.5, 0.9999, 0.0001, level="more", when={"optimizers": ADAMS},
            help="Decay of the mean square in Adam and its kin.",
        ),
    ] = 0.999  # fmt: skip
    alpha: Annotated[
        float,
        Slider(
            "Alpha", 0.5, 0.9999, 0.0001, level="more", when={"optimizers": ("rmsprop",)},
            help="Decay of the mean square in RMSprop.",
        ),
    ] = 0.99  # fmt: skip
    noise: Annotated[
        float,
        Slider(
            "Gradient noise", 0, 10, 0.1, level="more", when={"optimizers": ("sgd",)},
            help="Standard deviation of the normal noise on each part of SGD's gradient.",
        ),
    ] = 1.0  # fmt: skip
    weight_decay: Annotated[
        float,
        Slider(
            "Weight decay", 0, 0.5, 0.01, level="more",
            help="Added to the gradient; AdamW and Lion shrink the weights directly.",
        ),
    ] = 0.0  # fmt: skip
    seed: Annotated[int, Seed(level="more", when={"optimizers": ("sgd",)})] = 0

    @field_validator("formula")
    @classmethod
    def _grammar(cls, text: str) -> str:
        parse(text)
        return text

    @field_validator("optimizers")
    @classmethod
    def _distinct(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names))

    def options(self) -> Options:
        """The surface that these settings describe."""
        return Options(self.surface, self.condition, self.rotation, self.formula)

    def hyper(self, name: str, lr: Number) -> Hyper:
        """The hyperparameters of one racer at a learning rate; the rest are torch's defaults."""
        changes: dict[str, Number] = {"lr": lr, "weight_decay": self.weight_decay}
        if name in HEAVY:
            changes["momentum"] = self.momentum
        if name in ADAMS:
            changes |= {"beta1": self.beta1, "beta2": self.beta2}
        if name == "rmsprop":
            changes["beta2"] = self.alpha
        return hyper(name, **changes)


@dataclass(frozen=True, kw_only=True, eq=False)
class RaceFrame(Frame):
    """k racers after ``step`` updates; all about the last update unless said otherwise.

    A racer that has met a non-finite number stays where it last was finite.
    """

    theta: np.ndarray  # (k, 2) where each is now
    before: np.ndarray  # (k, 2) where it was before the last update
    grad: np.ndarray  # (k, 2) the gradient it saw there, noise included
    noise: np.ndarray  # (k, 2) the noise in it
    update: np.ndarray  # (k, 2) theta - before
    m0: np.ndarray  # (k, 2) mean gradient (or momentum buffer) before, 0 where a rule has none
    m: np.ndarray  # (k, 2) and after
    v0: np.ndarray  # (k, 2) mean (or sum, or maximum) of squares before
    v: np.ndarray  # (k, 2) and after
    extra0: np.ndarray  # (k, 2) AMSGrad: largest v; Adadelta: mean square step; NAdam: product
    extra: np.ndarray  # (k, 2) of its momenta; before and after
    rate: np.ndarray  # (k,) the racer's learning rate, without the schedule
    lr: np.ndarray  # (k,) the learning rate of the last update
    alive: np.ndarray  # (k,) 1 while finite
    path: np.ndarray  # (k, c, 2) every position since the last frame, the newest last
    losses: np.ndarray  # (k, c) the loss at each of them


def _source(settings: RaceSettings) -> tuple[str, ...]:
    found = ["core.optimizers.racing:race", "core.optimizers.rules:make_torch"]
    if settings.rates == "best":
        found.append("core.optimizers.rates:best_rates")
    if "lion" in settings.optimizers:
        found.append("core.optimizers.rules:Lion")
    return tuple(found)


def _explain(settings: RaceSettings, frames: list[RaceFrame], at: int) -> dict[str, str]:
    """The update of each racer at that frame, taken apart, and what the surface is."""
    from core.optimizers.why import explain  # it needs the classes above

    surface = SURFACES[settings.surface]
    told = {name: explain(settings, name, frames[at]) for name in settings.optimizers}
    ground = f"**{surface.title}.** {surface.note}"
    return {TITLES[name]: f"{one.markdown()}\n\n{ground}" for name, one in told.items()}


RACE = Experiment(
    name="optimizers.race",
    title="Race",
    question="Which optimizer gets down the valley first?",
    settings=RaceSettings,
    frame=RaceFrame,
    run="core.optimizers.racing:race",
    views=(
        View("map", "Map and loss", race_figures.map_view, race_figures.MAP_ALT),
        View("surface", "Surface", race_scene.surface_view, race_scene.ALT),
        View("steps", "Effective step", race_figures.steps_view, race_figures.STEPS_ALT),
    ),
    presets=PRESETS,
    trains=False,
    quick={"steps": 40, "optimizers": ("gradient-descent", "sgd", "adam")},
    verb="Race",
    seconds=0.5,
    source=_source,
    explain=_explain,
    good={
        "loss": "lower is better",
        "distance": "to the nearest known minimum, 0 is there",
        "diverged": "0; 1 has left or is no longer a number",
        "steps_to": "fewer is better, until the loss stays within 0.001 of the minimum",
    },
)
