"""One neuron or a network of two hidden units: what flows forward, and what flows back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider
from core.experiment import Click, Experiment, Preset, View
from core.optimizers import backprop_figures, backprop_why
from core.optimizers.backward import EDGES

__all__ = ["BACKPROP", "Frame", "Settings"]

NEURON = {"kind": ("neuron",)}
LABELS = {
    "w1": "w1: x1 to the neuron",
    "w2": "w2: x2 to the neuron",
    "b": "b: the neuron's bias",
    "w11": "w11: x1 to h1",
    "w12": "w12: x1 to h2",
    "w21": "w21: x2 to h1",
    "w22": "w22: x2 to h2",
    "b1": "b1: bias of h1",
    "b2": "b2: bias of h2",
    "v1": "v1: h1 to the answer",
    "v2": "v2: h2 to the answer",
    "c": "c: bias of the answer",
}
Edge = Literal["w1", "w2", "b", "w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c"]


class Settings(experiment.Settings):
    """A neuron or a small network, one example, and how many steps to take."""

    kind: Annotated[
        Literal["neuron", "net"],
        Choice("What", labels={"neuron": "One neuron", "net": "A 2-2-1 network"}),
    ] = "neuron"
    edge: Annotated[
        Edge,
        Choice(
            "Weight looked at",
            labels=LABELS,
            help="Its gradient is taken apart. One of the other kind counts as the first of this.",
        ),
    ] = "w1"
    steps: Annotated[
        int, Slider("Steps taken", 0, 20, 1, help="Each moves every weight by -lr times gradient.")
    ] = 3
    lr: Annotated[float, LogSlider("Learning rate", 1e-3, 1e6, top=10)] = 0.1
    w1: Annotated[float, Slider("Weight w1", -4, 4, 0.1, when=NEURON)] = 0.5
    w2: Annotated[float, Slider("Weight w2", -4, 4, 0.1, when=NEURON)] = -1.0
    b: Annotated[float, Slider("Bias b", -4, 4, 0.1, level="more", when=NEURON)] = 0.6
    activation: Annotated[
        Literal["tanh", "sigmoid", "relu", "linear"],
        Choice(
            "Activation",
            labels={"relu": "ReLU"},
            level="more",
            help="Of the neuron, or of the hidden units; the network's answer is a plain sum.",
        ),
    ] = "tanh"
    x1: Annotated[float, Slider("Input x1", -2, 2, 0.1, level="more")] = 1.0
    x2: Annotated[float, Slider("Input x2", -2, 2, 0.1, level="more")] = 0.5
    target: Annotated[float, Slider("Target", -2, 2, 0.1, level="more")] = -0.8
    seed: Annotated[
        int, Seed(level="more", help="Of the network's first weights.", when={"kind": ("net",)})
    ] = 0

    @property
    def looked_at(self) -> str:
        """The weight whose gradient is taken apart, one of this kind."""
        own = EDGES[self.kind]
        return self.edge if self.edge in own else own[0]


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """Weights, forward and backward values after ``step`` steps, all float64.

    The names in each array are those of EDGES and NODES of ``backward``. Metrics: loss, grad_norm
    (here), predicted_drop = lr * grad_norm^2 and actual_drop of the step that led here (0 at 0).
    """

    params: np.ndarray  # (P,) weights and biases
    grads: np.ndarray  # (P,) dL/d(weight)
    forward: np.ndarray  # (V,) values of the nodes
    backward: np.ndarray  # (V,) dL/d(node), 0 at the inputs


def _source(settings: Any) -> tuple[str, ...]:
    names = ("forward", "backward", "gradients", "run")
    return tuple(f"core.optimizers.backward:{name}" for name in names)


Metrics = Mapping[str, float]


def _one_step(metrics: Metrics) -> int:
    drop, length = metrics["actual_drop"], ONE_STEP
    guesses = (0.1 * length, 0.1 * length**2, length)
    return min(range(3), key=lambda n: abs(guesses[n] - drop))


def _dead(metrics: Metrics) -> int:
    return 2 if metrics["grad_norm"] == 0 else 1


def _saturated(metrics: Metrics) -> int:
    return 0 if metrics["grad_norm"] > 0.5 else 1 if metrics["grad_norm"] > 0.01 else 2


def _too_far(metrics: Metrics) -> int:
    drop, predicted = metrics["actual_drop"], metrics["predicted_drop"]
    return 2 if drop < 0 else 1 if drop < 0.7 * predicted else 0


ONE_STEP = 1.43  # length of the gradient at the start of the preset one-step, to two decimals

PRESETS = (
    Preset(
        id="three-steps",
        title="Three steps down",
        question="The loss starts at 0.9. Where is it after three steps at rate 0.1?",
        options=("Next to zero", "At about a third", "Hardly lower"),
        settings={},
        watch="The line in the plane: it turns, and the point changes sides.",
        saw="It is at {loss:.2f}. The last step lowered it by {actual_drop:.2f}; rate times "
        "squared gradient had said {predicted_drop:.2f}.",
        why="Each step takes about the rate times the squared length of the gradient off the "
        "loss. As the error goes to 0 so does the gradient, and the steps shorten.",
        next="Click another weight: its gradient is the same blame times what came in along it.",
        expected=1,
        outcome=lambda m: 0 if m["loss"] < 0.1 else 1 if m["loss"] < 0.5 else 2,
    ),
    Preset(
        id="one-step",
        title="What one step buys",
        question="The gradient is 1.43 long and the rate is 0.1. How much will one step lower the "
        "loss?",
        options=(
            "By 0.1 x 1.43 = 0.14",
            "By about 0.1 x 1.43 x 1.43 = 0.20",
            "By 1.43",
        ),
        settings={"steps": 1, "lr": 0.1},
        watch="The dashed line beside the loss: where the step should end if the slope held.",
        saw="The loss fell by {actual_drop:.3f}; rate times squared length predicted "
        "{predicted_drop:.3f}.",
        why="The step is the rate times the gradient, and along it the loss falls at the "
        "gradient's own length: so rate times length squared. The slope changes on the way, "
        "hence about.",
        next="Take more steps, or a rate of 1: when does the prediction fail?",
        expected=1,
        outcome=_one_step,
    ),
    Preset(
        id="dead-relu",
        title="The silent neuron",
        question="A ReLU neuron whose sum is below zero, and a target of 1. Which of its weights "
        "gets a gradient?",
        options=("Only the bias", "All three", "None of them"),
        settings={
            "activation": "relu",
            "w1": -1.0,
            "w2": -1.0,
            "b": 0.5,
            "target": 1.0,
            "steps": 5,
        },
        watch="The factor da/dz, and the loss over five steps.",
        saw="Gradient length {grad_norm:.0f}; after five steps the loss is still {loss:.2f}.",
        why="Below zero a ReLU is flat: its slope, one factor of every gradient, is 0. This "
        "example can never wake it (dying ReLU); one on the other side of the line could.",
        next="Raise the bias until the point lies on the other side of the line.",
        expected=2,
        outcome=_dead,
    ),
    Preset(
        id="saturated",
        title="Very wrong, very calm",
        question="A sigmoid neuron answers almost 1 where 0 is wanted: wrong by 1. How long is its "
        "gradient?",
        options=("About 1, as the error", "About a tenth", "Under a hundredth"),
        settings={
            "activation": "sigmoid",
            "w1": 3.0,
            "w2": 3.0,
            "b": 3.0,
            "x2": 1.0,
            "target": 0.0,
            "steps": 10,
            "lr": 1.0,
        },
        watch="The three factors under the graph: which one is tiny?",
        saw="{grad_norm:.1e} long after ten steps at rate 1; the loss is still {loss:.3f}.",
        why="Far from 0 a sigmoid is nearly flat, and its slope multiplies the error. With "
        "cross-entropy instead of the squared error that factor cancels.",
        next="Lower the bias to -3, or choose ReLU: is the gradient back?",
        expected=2,
        outcome=_saturated,
    ),
    Preset(
        id="too-far",
        title="A step too long",
        question="The same gradient with a rate of 2 on a linear neuron: what does one step do to "
        "the loss?",
        options=(
            "Lowers it as predicted",
            "Lowers it by less",
            "Raises it",
        ),
        settings={"activation": "linear", "steps": 1, "lr": 2.0},
        watch="Where the dashed line points, and where the loss goes.",
        saw="Predicted fall {predicted_drop:.2f}; actual fall {actual_drop:.2f}, which is a rise.",
        why="The loss of a linear neuron is a parabola along the gradient, and its curvature here "
        "is 1 + x1^2 + x2^2 = 2.25. Beyond a rate of 2/2.25 a step lands higher on the other side.",
        next="Which rate ends at loss 0 in one step? 1/2.25 is 0.44: try 0.5.",
        expected=2,
        outcome=_too_far,
    ),
)


def clicked(settings: Settings, frames: list[Any], point: Mapping[str, Any]) -> Click | None:
    """A click on a weight looks at that weight; one on "Take the step" takes one more."""
    name = point.get("customdata")
    name = name[0] if isinstance(name, list) and name else name
    if name == "step" and backprop_figures.can_step(settings):
        return Click("optimizers.backprop", {"steps": settings.steps + 1}, "")
    if name not in Settings.choices("edge"):
        return None
    return Click("optimizers.backprop", {"edge": name}, "")


BACKPROP = Experiment(
    name="optimizers.backprop",
    title="Where a gradient comes from",
    question="How does a weight in front learn of an error at the end?",
    settings=Settings,
    frame=Frame,
    run="core.optimizers.backward:run",
    views=(
        View(
            "graph",
            "Forward and back",
            backprop_figures.graph,
            "The network as a graph with forward values and gradients on it, the line of each "
            "unit in the plane, and the loss against steps with its predicted fall. A click on a "
            "weight takes its gradient apart; one on the button takes a step.",
            clicked=clicked,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={"steps": 2},
    verb="Take the steps",
    seconds=0.1,
    source=_source,
    explain=backprop_why.explain,
    good={
        "loss": "lower is better; 0 is an exact answer",
        "grad_norm": "near 0 the weights hardly move, learned or not",
        "predicted_drop": "rate times squared gradient: near actual_drop while steps are small",
        "actual_drop": "below 0 the step went too far",
    },
)
