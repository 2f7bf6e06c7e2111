"""Drag a digit over a canvas: what moves with it in two networks, and what stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, Choices, Seed, Slider
from core.experiment import Click, Experiment, Stage, View
from core.plot.packed import packed
from core.pooling import shift_figures as draw
from core.pooling import shift_why
from core.pooling.shift_presets import PRESETS

Kind = Literal["max", "average", "sum", "l2", "expectation", "blur", "none"]
Other = Literal["min", "median", "lp", "stochastic", "global-max", "global-average"]
TITLES = {
    "l2": "L2", "blur": "Blurred max", "none": "Plain stride", "lp": "Lp, p = 3",
    "global-max": "Global max",
}  # fmt: skip
REACH = 6  # pixels that the digit can be moved on the canvas, each way
SHIFTS = 8  # pixels of the curves


class Settings(experiment.Settings):
    """Which digit, where it stands, and which poolings are compared."""

    digit: Annotated[
        int, Slider("Digit", 0, 9, 1, help="A handwritten digit that neither network learned.")
    ] = 3
    example: Annotated[
        int, Slider("Handwriting", 0, 199, 1, help="Who wrote it: 200 of each digit.")
    ] = 0
    kinds: Annotated[
        tuple[Kind, ...],
        Choices(
            "Pooling kinds",
            labels=TITLES,
            help="Compared in the curves. Blurred max: a small blur between the maximum and the "
            "stride. Plain stride: one cell of each window, no pooling.",
        ),
    ] = ("max", "average", "blur", "none")
    others: Annotated[
        tuple[Other, ...],
        Choices(
            "Further kinds",
            least=0,
            labels=TITLES,
            level="more",
            help="In the curves too. The global ones make one number of the whole map.",
        ),
    ] = ()
    kernel: Annotated[
        int,
        Slider("Window", 2, 5, 1, unit="cells", help="In the curves; the network's own are 2x2."),
    ] = 2
    stride: Annotated[
        int,
        Slider("Stride", 1, 4, 1, unit="cells", help="In the curves; the network's own are 2."),
    ] = 2
    direction: Annotated[
        Literal["right", "down", "diagonal"],
        Choice("Direction", help="Which way the curves move the digit, a pixel at a time."),
    ] = "right"
    of: Annotated[
        Literal["digit", "maps"],
        Choice(
            "What is pooled",
            labels={"digit": "The digit's pixels", "maps": "Maps of the first layer"},
            level="more",
            help="In the curves; of the 16 maps, the four with most in them.",
        ),
    ] = "digit"
    dx: Annotated[
        int, Slider("Moved right", -REACH, REACH, 1, unit="px", level="more", help="Set by hand.")
    ] = 0
    dy: Annotated[
        int, Slider("Moved down", -REACH, REACH, 1, unit="px", level="more", help="Set by hand.")
    ] = 0
    seed: Annotated[
        int,
        Seed(level="more", help="Of stochastic pooling.", when={"others": ("stochastic",)}),
    ] = 0

    @property
    def all_kinds(self) -> tuple[str, ...]:
        """The kinds that are compared, in order."""
        return self.kinds + self.others


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(experiment.Frame):
    """The digit ``step`` pixels further; on frame 0 also all that the hand can ask for.

    Metrics, the same on every frame. Of this digit: cnn_says, mlp_says: the answers where it
    stands; cnn_right, mlp_right: share of the 169 places where that network is right;
    bars_change, units_change: mean over the 168 others of how far the global averages (of the
    convolutional network) and the hidden units (of the plain one) are from what they are in the
    middle, over their norm there; bars_change_strides: the largest of those where both moves are
    multiples of 4.
    Of all 2,000 held-out digits: cnn_accuracy, mlp_accuracy in the middle, cnn_accuracy_moved,
    mlp_accuracy_moved over all places. cnn_parameters, mlp_parameters.
    Of each kind of pooling: change/<kind> and aliasing/<kind>, mean over shifts from one pixel to
    the stride, and far/<kind>, the change at 8 pixels (``core.pooling.shifting.change``,
    ``aliasing``); aliasing_at_strides, the largest aliasing at multiples of the stride, of all
    kinds that draw nothing.
    """

    image: np.ndarray  # (48, 48) uint8, what is pooled (of several maps, one)
    pooled: np.ndarray  # (kinds, n, n) float32, pooled, n = 48 / stride
    # The rest is on frame 0 alone.
    change: np.ndarray | None = None  # (kinds, 9) distance from the unshifted, relative
    aliasing: np.ndarray | None = None  # (kinds, 9) from the unshifted moved along, relative
    # All places, row dy and column dx from -6 to 6, and what does not change with them.
    digit: np.ndarray | None = None  # (28, 28) uint8
    cnn: np.ndarray | None = None  # (13, 13, 10) float32 probabilities
    mlp: np.ndarray | None = None  # (13, 13, 10)
    bars: np.ndarray | None = None  # (13, 13, 48) float32 averages of the last maps
    units: np.ndarray | None = None  # (13, 13, 12) hidden units of the plain network
    filters: np.ndarray | None = None  # (2, 3, 3) float32 weights of two of the first maps
    last: np.ndarray | None = None  # (13, 13, 2, 14, 14) uint8, two of the last maps
    stencils: np.ndarray | None = None  # (4, 40, 40) uint8, weights of four units, 127.5 is 0
    accuracy: np.ndarray | None = None  # (2, 13, 13) both networks, of all held-out digits


def payload(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    """What the browser draws and looks up: see ``core/ui/draw/shift.js``."""
    first = frames[0]
    names = ("digit", "cnn", "mlp", "bars", "units", "filters", "last", "stencils")
    return {
        "value": [settings.dx, settings.dy],
        "truth": settings.digit,
        "reach": REACH,
        "parameters": [int(first.metrics[f"{net}_parameters"]) for net in ("cnn", "mlp")],
        **{name: packed(getattr(first, name)) for name in names},
    }


def moved(settings: Settings, value: Any) -> Mapping[str, Any]:
    """The fields that [dx, dy] stands for. ValueError: not two whole numbers."""
    dx, dy = value
    if not all(type(one) is int for one in (dx, dy)):
        raise ValueError(f"a place is two whole numbers, not {value!r}")
    return {"dx": dx, "dy": dy}


def clicked(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on the map of verdicts takes the digit there."""
    if "customdata" not in point:
        return None
    row, column = (int(one) for one in point["customdata"])
    return Click("pooling.shift", {"dx": column - REACH, "dy": row - REACH}, "")


SHIFT = Experiment(
    name="pooling.shift",
    title="Drag the digit",
    question="A digit moves a few pixels. Which network still knows it?",
    settings=Settings,
    frame=Frame,
    run="core.pooling.shifting:run",
    views=(
        View(
            "drag",
            "Drag it",
            draw.drag,
            "Left, the canvas with the digit; right, what the convolutional and the plain network "
            "say to it, as ten probabilities each.",
            clock=False,
            stage=Stage("shift", "Drag the digit over the canvas.", payload, moved),
        ),
        View(
            "pooled",
            "Pooled maps",
            draw.pooled,
            "The digit moved by some pixels, and what each kind of pooling makes of it.",
        ),
        View(
            "change",
            "Change against shift",
            draw.change,
            "Left, how far each pooled map is from that of the unmoved digit, against the shift; "
            "right, how far it is from that map moved along with the digit.",
        ),
        View(
            "verdicts",
            "Verdict map",
            draw.verdicts,
            "For each place of the digit, what either network says; right, the share of all "
            "held-out digits that is read right, against how far they are moved.",
            clock=False,
            clicked=clicked,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Measure",
    seconds=0.2,
    source=lambda settings: (
        "core.pooling.shifting:run",
        "core.pooling.shift_places:computed",
        "core.pooling.shifting:pooled_by",
        "core.pooling.shifting:change",
        "core.pooling.shifting:aliasing",
        "core.nets.shift_nets:cnn",
        "core.nets.shift_nets:plain",
    ),
    explain=shift_why.explain,
    good={
        "cnn_says": "the digit itself",
        "mlp_says": "the digit itself",
        "cnn_right": "1: right wherever the digit stands",
        "mlp_right": "1: right wherever the digit stands",
        "bars_change": "near 0: the global averages stay",
        "units_change": "near 0; the units of a plain network are tied to places",
        "bars_change_strides": "0 up to rounding: at whole strides nothing changes",
        "cnn_parameters": "fewer, at the same accuracy, say that sharing weights pays",
        "mlp_parameters": "weights and biases of the plain network beside it",
        "cnn_accuracy": "higher is better; 0.1 is a blind guess",
        "mlp_accuracy": "higher is better; 0.1 is a blind guess",
        "cnn_accuracy_moved": "as high as in the middle",
        "mlp_accuracy_moved": "as high as in the middle",
        "aliasing_at_strides": "0 up to rounding, for any pooling",
        "change": "near 0: invariant, nothing changed; 1.41 when the two share no cell",
        "aliasing": "near 0: equivariant, the map moved along",
        "far": "as change, at 8 pixels",
    },
)
