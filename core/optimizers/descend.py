"""The first screen: gradient descent on a parabola, and what its learning rate does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from core.controls import Slider
from core.experiment import Experiment, Frame, Preset, View
from core.optimizers import descend_figures
from core.plot.latex import number
from core.settings import Settings


class DescendSettings(Settings):
    """A parabola f(x) = L x^2 / 2 and a learning rate."""

    lr: Annotated[
        float, Slider("Learning rate", 0.01, 0.5, 0.005, help="How far a step goes per slope.")
    ] = 0.03
    curvature: Annotated[
        float, Slider("Curvature L", 4, 40, 1, help="How fast the slope changes: f''(x).")
    ] = 10.0
    start: Annotated[float, Slider("Start x", -3, 3, 0.1)] = 2.0
    steps: Annotated[int, Slider("Steps", 5, 60, 1)] = 20

    def factor(self) -> float:
        """What every step multiplies x by: 1 - lr L."""
        return 1 - self.lr * self.curvature

    def exact(self, step: int) -> float:
        """Position after so many steps, by the formula (1 - lr L)^t x_0."""
        return float(self.factor() ** step * self.start)


@dataclass(frozen=True, kw_only=True, eq=False)
class DescendFrame(Frame):
    """The ball after ``step`` steps."""

    x: np.ndarray  # () where it is
    loss: np.ndarray  # () f(x)
    gradient: np.ndarray  # () f'(x)


Metrics = Mapping[str, float]


def _share(metrics: Metrics, *edges: float) -> int:
    """In which of the intervals between the edges the remaining share of the loss lies."""
    return sum(metrics["share"] > edge for edge in edges)


PRESETS = (
    Preset(
        id="down",
        title="Let it roll",
        question="The ball starts at x = 2 with a rate of 0.03. How does it come down?",
        options=(
            "In equal steps, then it stops",
            "In steps that shrink, on its own side",
            "Back and forth across the bottom",
        ),
        settings={},
        watch="The hops: how long each is beside the one before.",
        saw="Each step multiplied x by {factor:.2g}; after the last one x is {x:.2g}.",
        why="A step is the learning rate times the slope, and the slope fades towards the bottom: "
        "the same rate gives ever shorter steps. Here each leaves 1 - 0.03 x 10 = 0.7 of the way.",
        next="Push the learning rate up slowly: where does the ball change sides, and where does "
        "it fly out?",
        expected=1,
        outcome=lambda m: 1 if 0 < m["factor"] < 1 else 2 if m["factor"] < 0 else 0,
    ),
    Preset(
        id="creep",
        title="A small rate",
        question="At a tenth of 1/L, how much of the loss is left after 20 steps?",
        options=("Less than 1 %", "Between 1 and 10 %", "More than 10 %"),
        settings={"lr": 0.01},
        watch="The hops: each is nine tenths of the one before.",
        saw="{share:.2%} is left: the distance shrinks by {factor:.2g} a step, the loss by its "
        "square.",
        why="Each step multiplies the distance by 1 - lr L. With lr far below 1/L that is just "
        "under 1, and the ball creeps.",
        next="Push the rate up to 0.1 = 1/L and see the factor go to 0.",
        expected=1,
        outcome=lambda m: _share(m, 0.01, 0.1),
    ),
    Preset(
        id="exact-hit",
        title="Exactly 1/L",
        question="The rate is exactly 1/L. How many steps to the bottom?",
        options=("One", "About ten", "It gets ever closer, but never there"),
        settings={"lr": 0.1},
        watch="The first hop.",
        saw="It was there after {steps_to:.0f} step, at x = {x:.2g}.",
        why="1 - lr L = 0. A parabola's slope says exactly how far its bottom is, once one knows "
        "the curvature L: this is Newton's method. Real losses have many curvatures at once, and "
        "no one rate is 1/L for all of them.",
        next="Change the curvature and leave the rate: the perfect rate is perfect no more.",
        expected=0,
        outcome=lambda m: 0 if m["steps_to"] <= 1 else 1 if m["steps_to"] <= 15 else 2,
    ),
    Preset(
        id="zigzag",
        title="A twin",
        question="At rate 0.01 each step leaves 0.9 of the distance. Does 0.19 get down faster?",
        options=("Faster", "Exactly as fast", "It flies apart"),
        settings={"lr": 0.19},
        watch="The sides on which the ball lands, and the loss, which is that of rate 0.01.",
        saw="Each step multiplies x by {factor:.2g}; {share:.2%} of the loss is left.",
        why="1 - 0.01 L = 0.9 and 1 - 0.19 L = -0.9: the same size, another sign. Above 1/L "
        "every step lands on the other side, and what counts is the size of the factor.",
        next="Try 0.15: halfway between 1/L and 2/L the factor is only -0.5.",
        expected=1,
        outcome=lambda m: 2 if m["share"] > 1 else 1 if abs(abs(m["factor"]) - 0.9) < 1e-9 else 0,
    ),
    Preset(
        id="just-over",
        title="Just over the edge",
        question="2/L is 0.2. At 0.205, how large is the loss after 20 steps?",
        options=("Smaller than at the start", "Some 7 times as large", "A million times as large"),
        settings={"lr": 0.205},
        watch="The hops: each is 5 % wider than the one before.",
        saw="{share:.3g} times the loss at the start; x = {x:.3g}.",
        why="1 - lr L = -1.05. Growth by 5 % a step looks harmless, but it compounds: 7-fold after "
        "20 steps, 350-fold after 60, beyond all numbers in the end.",
        next="Set steps to 60; or the rate to 0.195, where the same zigzag dies out.",
        expected=1,
        outcome=lambda m: _share(m, 1, 1000),
    ),
)


def explain(settings: DescendSettings, frames: list[DescendFrame], at: int) -> dict[str, str]:
    """The step that led to that frame, with its numbers, as Markdown."""
    if at == 0:
        return {"This step": "Nothing has moved yet: choose a later step."}
    lr, big, factor = (number(v) for v in (settings.lr, settings.curvature, settings.factor()))
    x, slope = (number(float(v)) for v in (frames[at - 1].x, frames[at - 1].gradient))
    here = number(float(frames[at].x))
    lines = (
        "The slope where the ball was",
        rf"$$f'(x) = L x = {big} \times {x} = {slope}$$",
        "The step: against the slope, times the learning rate",
        rf"$$x - \eta f'(x) = {x} - {lr} \times \left({slope}\right) = {here}$$",
        "The same in one: every step multiplies by",
        rf"$$1 - \eta L = {factor}, \qquad {factor} \times {x} = {here}$$",
    )
    return {"This step": "\n\n".join(lines)}


DESCEND = Experiment(
    name="optimizers.descend",
    title="One ball, one slope",
    question="How large may a step be before the ball flies out of the valley?",
    settings=DescendSettings,
    frame=DescendFrame,
    run="core.optimizers.descent:descend",
    views=(View("path", "Path", descend_figures.path_view, descend_figures.ALT),),
    presets=PRESETS,
    trains=False,
    quick={"steps": 10},
    verb="Let it roll",
    seconds=0.1,
    source=lambda settings: ("core.optimizers.descent:descend",),
    explain=explain,
    good={
        "x": "towards 0, where the bottom is",
        "exact_x": "x by the formula (1 - lr L)^t x_0: the two agree",
        "loss": "lower is better, 0 at the bottom",
        "share": "of the starting loss; under 1 it goes down, over 1 it flies apart",
        "factor": "between -1 and 1 it converges; 0 is best",
        "steps_to": "fewer is better: steps until a millionth of the loss is left",
    },
)
