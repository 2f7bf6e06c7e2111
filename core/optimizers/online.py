"""The online game that Adam loses: settings, frames, pictures.

Reddi, Kale and Kumar, "On the convergence of Adam and beyond" (ICLR 2018), section 3 and Figure 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from core.controls import Choices, LogSlider, Seed, Slider, Toggle
from core.experiment import Experiment, Preset, View
from core.experiment import Frame as Base
from core.optimizers import online_why
from core.optimizers.hyper import TITLES
from core.optimizers.online_figures import draw_tug, draw_walk
from core.settings import Settings as BaseSettings

Name = Literal["gradient-descent", "momentum", "adagrad", "rmsprop", "adam", "amsgrad"]
COMMON = 10.0  # how steep the common rounds fall
_WITH_BETA1 = ("momentum", "adam", "amsgrad")
_WITH_BETA2 = ("rmsprop", "adam", "amsgrad")


class Settings(BaseSettings):
    """A rare large gradient against many small ones; 1010 in 101 rounds is the paper's."""

    optimizers: Annotated[
        tuple[Name, ...], Choices("Optimizers", labels=TITLES, help="Who plays, side by side.")
    ] = ("adam", "amsgrad")
    project: Annotated[
        bool, Toggle("Fence at -1 and 1", help="After each step, back to the interval [-1, 1].")
    ] = True
    stochastic: Annotated[
        bool, Toggle("Rare rounds by chance", help="Not every period, but once in it on average.")
    ] = False
    beta2: Annotated[
        float,
        Slider(
            "Memory of squares, beta2", 0.5, 0.99999, help="The nearer to 1, the longer.",
            when={"optimizers": _WITH_BETA2},
        ),
    ] = 0.99  # fmt: skip
    lr: Annotated[
        float, LogSlider("Learning rate", 1e-3, 10, help="Divided by the root of the step number.")
    ] = 0.5
    steps: Annotated[
        int, LogSlider("Steps", 100, 100_000, whole=True, help="Rounds of the game.")
    ] = 30_000
    beta1: Annotated[
        float,
        Slider(
            "Memory of gradients, beta1", 0.0, 0.99, 0.01, level="more",
            help="Also the momentum of momentum.", when={"optimizers": _WITH_BETA1},
        ),
    ] = 0.9  # fmt: skip
    period: Annotated[
        int, Slider("Period", 2, 500, 1, unit="steps", level="more", help="One round in so many.")
    ] = 101
    big: Annotated[
        float, LogSlider("Rare slope", 10, 10_000, level="more", help="All others are -10.")
    ] = 1010.0
    start: Annotated[float, Slider("Start", -1.0, 1.0, 0.1, level="more")] = 0.0
    seed: Annotated[int, Seed(level="more", when={"stochastic": (True,)})] = 0

    def slope(self) -> float:
        """The average slope: (1010 - 100 * 10) / 101 = 10/101 by default."""
        return (self.big - COMMON * (self.period - 1)) / self.period

    def best(self) -> float:
        """The best fixed point of [-1, 1]: the lower end when the average slope is positive."""
        return 1.0 if self.slope() < 0 else -1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(Base):
    """Where the k optimizers are. mean, low, high: of what each crossed since the last frame.

    regret: mean of f_t(x_t) - f_t(best point) so far. pushed (k, 2): how far the rare gradients
    pushed down and the common ones up, fence or no fence. Of the last round alone: before, grad,
    memory0 and memory: mean gradient, mean square and its maximum, before it and after (0 where a
    rule has none).
    """

    x: np.ndarray  # (k,)
    mean: np.ndarray  # (k,)
    low: np.ndarray  # (k,)
    high: np.ndarray  # (k,)
    regret: np.ndarray  # (k,)
    pushed: np.ndarray  # (k, 2)
    before: np.ndarray  # (k,) x before the last round
    grad: np.ndarray  # () the slope in it, 0 at step 0
    memory0: np.ndarray  # (k, 3)
    memory: np.ndarray  # (k, 3)


def _adam_end(metrics: Mapping[str, float]) -> int:
    x = metrics["x/adam"]
    return 0 if x < -0.5 else 2 if x > 0.5 else 1


_ENDS = ("At -1, the best point", "Somewhere in between", "At +1, the worst point")
PRESETS = (
    Preset(
        id="wrong-end",
        title="The game Adam loses",
        question="On average the slope says: go to -1. After 30 000 rounds, where is Adam?",
        options=_ENDS,
        settings={},
        watch="Adam's line over the first 10 000 steps, then AMSGrad's.",
        saw="Adam stands at {x/adam:+.2f}, AMSGrad at {x/amsgrad:+.2f}. The rare gradients "
        "pushed Adam only {pull/adam:.2f} times as far as the common ones did.",
        why="One gradient of +1010 outweighs a hundred of -10: the average is +10/101. But Adam "
        "divides by the root of the recent mean square, which is large just when the +1010 acts "
        "and has faded while the -10s do. AMSGrad never lets that root shrink.",
        next="Raise beta2 to 0.999, so that Adam remembers the large one for longer than a period.",
        expected=2,
        outcome=_adam_end,
    ),
    Preset(
        id="no-fence",
        title="Without the fence",
        question="Take the fence at -1 and 1 away. Where does Adam stop now?",
        options=("It still stops near +1", "It turns back to -1", "It does not stop: it runs off"),
        settings={"project": False},
        watch="Whether the two lines ever level out.",
        saw="Adam is at {x/adam:+.2f} and climbing, AMSGrad at {x/amsgrad:+.2f} and falling.",
        why="Nothing but the fence held Adam at +1: summed over a period its steps point upward. "
        "The rate falls as one over the root of the step, whose sum has no bound.",
        next="Set beta2 to 0.9: a shorter memory, and Adam runs off much faster.",
        expected=2,
        outcome=lambda m: 2 if m["x/adam"] > 1.2 else 1 if m["x/adam"] < 0 else 0,
    ),
    Preset(
        id="by-chance",
        title="Rare rounds by chance",
        question="Now the +1010 comes at random, once in 101 rounds on average. Is Adam saved?",
        options=_ENDS,
        settings={"stochastic": True},
        watch="How far each large gradient throws the lines, and how they creep back.",
        saw="Adam ends at {x/adam:+.2f}, AMSGrad at {x/amsgrad:+.2f}. The rare gradients pushed "
        "Adam {pull/adam:.2f} times as far as the common ones did.",
        why="The order was not the trick. Adam still divides the large gradient by a root that "
        "this very gradient has just swollen. AMSGrad heads for -1 only after far more rounds.",
        next="Change the seed: another order of rounds, the same end for Adam.",
        expected=2,
        outcome=_adam_end,
    ),
    Preset(
        id="longer-memory",
        title="A longer memory",
        question="beta2 0.99 remembers some 100 rounds, 0.999 a thousand. Does it turn Adam round?",
        options=("Yes, it heads for -1", "No, it stays at +1"),
        settings={"beta2": 0.999},
        watch="Adam's line: which way it creeps once the first thousand steps are over.",
        saw="Adam is at {x/adam:+.2f}; the rare gradients pushed {pull/adam:.2f} times as far as "
        "the common ones.",
        why="Over ten periods the mean square hardly fades between two large gradients, so large "
        "and small ones are divided by nearly the same root, and the average slope wins.",
        next="Set the period to 500 and the rare slope to 5010: any fixed beta2 has a game that "
        "beats it.",
        expected=0,
        outcome=lambda m: 0 if m["x/adam"] < 0 else 1,
    ),
)

ONLINE = Experiment(
    name="optimizers.online",
    title="The game Adam loses",
    question="Can a good optimizer walk, surely and for good, to the worst point there is?",
    settings=Settings,
    frame=Frame,
    run="core.optimizers.reddi:play",
    views=(
        View(
            "walk",
            "Where they walk",
            draw_walk,
            "Left, the weight x of each optimizer against the step, the best point dashed. "
            "Right, its mean regret against that point.",
        ),
        View(
            "tug",
            "Who pulls harder",
            draw_tug,
            "For each optimizer, how far the rare gradients pushed, divided by how far the common "
            "ones did. Above one it walks to minus one.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 300},
    verb="Play the game",
    seconds=0.5,
    source=lambda settings: (
        "core.optimizers.reddi:advance",
        *(f"core.optimizers.reddi:{name}" for name in _functions(settings)),
    ),
    explain=online_why.explain,
    good={
        "x": "near the dashed best point, -1 in the paper's game",
        "regret": "towards 0: what a round costs over staying at the best point",
        "pull": "above 1 the rare gradients win, and it walks towards -1",
    },
)


def _functions(settings: Settings) -> list[str]:
    return [name.replace("gradient-", "") for name in settings.optimizers]
