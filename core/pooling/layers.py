"""Look inside a trained network: every feature map of an image, and what one neuron sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, Model, Slider
from core.experiment import Experiment, Stage, View
from core.pooling import layers_figures, layers_passed, layers_why
from core.pooling.classify import MODELS
from core.pooling.layers_presets import PRESETS

IMAGES = 100  # held-out images to choose from
WIDEST = 128  # channels of the widest layer that can be trained here


class Settings(experiment.Settings):
    """Which network, which image, which neuron. Rows, columns and channels count from 0."""

    model: Annotated[
        str,
        Model(
            "Network",
            shipped=MODELS,
            of=("pooling.cnn",),
            help="The one that ships, or the one that you trained last.",
        ),
    ] = "mnist-cnn"
    image: Annotated[
        int,
        Slider(
            "Image",
            0,
            IMAGES - 1,
            1,
            help="A digit that the network never learned from; number 17 is a 7.",
        ),
    ] = 7
    overlay: Annotated[
        Literal["this-image", "mean"],
        Choice(
            "Gradient over the input",
            labels={"this-image": "Of this image", "mean": "Mean of 100 images"},
            help="How strongly each pixel moves the neuron, here or on the average of the sizes.",
        ),
    ] = "this-image"
    layer: Annotated[
        Literal[
            "conv1", "act1", "pool1", "conv2", "act2", "pool2", "conv3", "act3", "pool3", "global"
        ],
        Choice(
            "Layer",
            labels={
                **{f"conv{n}": f"Convolution {n}" for n in (1, 2, 3)},
                **{f"act{n}": f"Activation {n}" for n in (1, 2, 3)},
                **{f"pool{n}": f"Pooling {n}" for n in (1, 2, 3)},
                "global": "Global pooling",
            },
            level="more",
            help="Where the neuron is; a network without that layer takes the nearest.",
        ),
    ] = "pool2"
    channel: Annotated[
        int,
        Slider("Channel", 0, WIDEST - 1, 1, level="more", help="Which map of the layer, from 0."),
    ] = 14
    row: Annotated[
        int,
        Slider("Row", 0, 27, 1, level="more", help="From 0; smaller maps take their last row."),
    ] = 3
    column: Annotated[
        int,
        Slider(
            "Column", 0, 27, 1, level="more", help="From 0; smaller maps take their last column."
        ),
    ] = 3


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """All feature maps of one image, and one neuron in numbers.

    Metrics: value (of the neuron), field (pixels a side that its field spans, padding counted),
    seen_by (how many neurons of the map see one and the same pixel, on the average of those far
    from the border), field_share (of the gradient's sizes, the part in the middle quarter of the
    field's area; 0 where there is no gradient), confidence and answer (of the network on this
    image), and where the neuron pools, kept (sum of sizes in its layer over the layer before's).
    Maps are (channels, h, w) uint8: 127 is 0, 0 and 254 are minus and plus the layer's scale.
    """

    image: np.ndarray  # (side, side) uint8, what the network is shown
    probabilities: np.ndarray  # (10,) float32
    spec: np.ndarray  # (n,) uint8, what network, as ``core.nets.stored`` writes it
    scales: np.ndarray  # (layers,) float32, the largest size in each layer
    zeros: np.ndarray  # (layers,) float32, shares of numbers that are exactly 0
    fields: np.ndarray  # (layers, 3) int32, receptive fields: size, jump and start in pixels
    place: np.ndarray  # (4,) int32, the neuron: number of its layer, channel, row, column
    gradient: np.ndarray  # (side, side) float32, of the neuron by pixel (mean: of the sizes)
    window: np.ndarray  # (c, k, k) float32, the numbers of the layer before that enter the neuron
    kernel: np.ndarray | None = None  # (c, k, k) float32, their weights, where it sums
    bias: np.ndarray | None = None  # (1,) float32, of a convolution
    conv1: np.ndarray | None = None  # maps of each layer that there is
    act1: np.ndarray | None = None
    pool1: np.ndarray | None = None
    conv2: np.ndarray | None = None
    act2: np.ndarray | None = None
    pool2: np.ndarray | None = None
    conv3: np.ndarray | None = None
    act3: np.ndarray | None = None
    pool3: np.ndarray | None = None
    pooled: np.ndarray | None = None  # of global pooling, (channels, 1, 1)


def _payload(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    return layers_figures.payload(settings, frames[-1])


def _moved(settings: Settings, value: Mapping[str, Any]) -> dict[str, Any]:
    places = {name: value[name] for name in ("channel", "row", "column")}
    if not all(type(at) is int for at in places.values()):
        raise TypeError("places are whole numbers")
    return {"layer": str(value["layer"]), **places}


def _source(settings: Any) -> tuple[str, ...]:
    inside = ("run", "gradient", "middle_share")
    return (
        *(f"core.pooling.inside:{name}" for name in inside),
        "core.pooling.receptive:receptive_field",
        "core.nets.cnn:forward_all",
    )


LAYERS = Experiment(
    name="pooling.layers",
    title="Look inside",
    question="What does a neuron deep inside the network see of the image?",
    settings=Settings,
    frame=Frame,
    run="core.pooling.inside:run",
    views=(
        View(
            "layers",
            "Layer by layer",
            layers_figures.inside,
            "Left, the image with the field of the chosen neuron outlined; in the middle, all maps "
            "of its layer; right, the probability of each digit.",
            clock=False,
            stage=Stage("layers", "", _payload, _moved),
        ),
        View(
            "passed",
            "What each layer passes on",
            layers_passed.passed,
            "Left, the share of numbers that are zero, layer by layer; right, how the numbers of "
            "each layer are spread between minus and plus its largest.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Look",
    seconds=0.1,
    source=_source,
    good={
        "value": "what the chosen neuron answers",
        "field": "pixels on each side that it sees; larger further back",
        "seen_by": "neurons of its map that see one pixel; more, the more fields overlap",
        "answer": "the digit itself",
        "field_share": "0.25: the gradient is even over the field; more: the middle counts most",
        "kept": "max pooling: from 0.25 (a window's four numbers alike) to 1 (three of them 0)",
        "confidence": "near 1 it is sure, which is not the same as right",
    },
    explain=layers_why.explain,
)
