"""How much of the convolutional network is measured and shown, and where in the picture.

Imports no torch: the server draws with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.nets.spec import Spec

WATCHED_TRAIN, WATCHED_TEST = 100, 200  # images measured on the way
TALLIED = 1000  # training images measured at the end, with all that are held out
PROBE, SORTED = 30, 10  # training images whose spreads are measured; of these, in histograms
SHOWN = 8  # feature maps of each layer on show
GALLERY, MISTAKES = 20, 24  # held-out images on show, and wrong ones
WATCHED = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")  # in this order
BENT, EDGE, BINS = 0.01, 4.0, 33  # the axis of activations: see ``bent`` in cnn_portrait
ZERO, FULL = 127, 254  # quantised maps: 0, and plus the scale

POOLING_TITLES = {"max": "Max pooling", "average": "Average pooling", "sum": "Sum pooling"}
POOLING_TITLES |= {"l2": "L2 pooling", "expectation": "Expectation", "blur": "Blur pooling"}
ACTIVATION_TITLES = {"relu": "ReLU", "leaky-relu": "Leaky ReLU", "gelu": "GELU", "tanh": "tanh"}
ACTIVATION_TITLES |= {"sigmoid": "Sigmoid"}


@dataclass(frozen=True)
class Row:
    """A layer's maps in the picture. name: the frame's field. total: how many maps there are."""

    name: str
    title: str
    side: int
    total: int

    @property
    def shown(self) -> int:
        """How many maps are on show."""
        return min(self.total, SHOWN)


def rows(spec: Spec) -> list[Row]:
    """The layers with feature maps, from the input on."""
    found = []
    for n in range(1, spec.depth + 1):
        before, after, total = spec.sides[n - 1], spec.sides[n], spec.channels[n]
        inner = after if spec.pooling == "none" else before
        found.append(Row(f"conv{n}", f"Convolution {n}", inner, total))
        found.append(Row(f"act{n}", ACTIVATION_TITLES[spec.activation], inner, total))
        if spec.pooling != "none":
            found.append(Row(f"pool{n}", POOLING_TITLES[spec.pooling], after, total))
    return found


def layers(spec: Spec) -> list[str]:
    """The layers that have weights, by name."""
    return [*(f"conv{n}" for n in range(1, spec.depth + 1)), "dense"]
