"""Two networks of about equal size that read a digit on a 40x40 canvas: convolutional and plain.

Both were trained on digits in the middle of the canvas (``scripts/train_shift.py``), so that what
they do with a moved digit comes from how they are built and not from what they have seen.

The convolutional one has full convolutions (Kayhan and van Gemert 2020, "On translation invariance
in CNNs": every overlap of kernel and map is kept) without biases. So an empty canvas
answers 0 everywhere, no border tells where the digit is, and the global averages (Lin, Chen and
Yan 2014) are the same wherever it stands, up to the phase of the two poolings: 4 pixels in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data import mnist, models

SIDE, REACH = 40, 6  # pixels a side of the canvas, and how far a digit can be moved on it
PLACES = 2 * REACH + 1  # of the digit, along each axis
CHANNELS, HIDDEN = (16, 32, 48), 12
STRIDE = 4  # of the last maps, in pixels: two poolings of stride 2
NAMES = {"cnn": "shift-cnn", "mlp": "shift-mlp"}
SHAPES: dict[str, dict[str, tuple[int, ...]]] = {
    "cnn": {
        "conv1": (CHANNELS[0], 1, 3, 3),
        "conv2": (CHANNELS[1], CHANNELS[0], 3, 3),
        "conv3": (CHANNELS[2], CHANNELS[1], 3, 3),
        "dense": (mnist.CLASSES, CHANNELS[2]),
        "bias": (mnist.CLASSES,),
    },
    "mlp": {
        "hidden": (HIDDEN, SIDE * SIDE),
        "hidden_bias": (HIDDEN,),
        "dense": (mnist.CLASSES, HIDDEN),
        "bias": (mnist.CLASSES,),
    },
}

Weights = Mapping[str, Tensor]


class Seen(NamedTuple):
    """What the convolutional network makes of N images, layer by layer."""

    first: Tensor  # (N, 16, 42, 42) maps of the first convolution, rectified
    last: Tensor  # (N, 48, 14, 14) maps of the last, rectified
    bars: Tensor  # (N, 48) the average of each last map
    logits: Tensor  # (N, 10)


def cnn(weights: Weights, x: Tensor) -> Seen:
    """Three 3x3 convolutions, two max poolings, global average, one dense layer. x: (N, 1, h, w).

    Sizes as in Seen for the canvas; images of any size can be read.
    """
    first = functional.conv2d(x, weights["conv1"], padding=2).relu()
    small = functional.max_pool2d(first, 2, ceil_mode=True)
    middle = functional.conv2d(small, weights["conv2"], padding=2).relu()
    small = functional.max_pool2d(middle, 2, ceil_mode=True)
    last = functional.conv2d(small, weights["conv3"], padding=2).relu()
    bars = last.mean((2, 3))
    return Seen(first, last, bars, functional.linear(bars, weights["dense"], weights["bias"]))


def plain(weights: Weights, x: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden units (N, 12), rectified, and logits (N, 10) of x (N, 1, 40, 40)."""
    hidden = functional.linear(x.flatten(1), weights["hidden"], weights["hidden_bias"]).relu()
    return hidden, functional.linear(hidden, weights["dense"], weights["bias"])


def logits(kind: str, weights: Weights, x: Tensor) -> Tensor:
    """(N, 10) of the network of that kind, ``cnn`` or ``mlp``."""
    return cnn(weights, x).logits if kind == "cnn" else plain(weights, x)[1]


def parameters(kind: str) -> int:
    """How many numbers the network learns."""
    return sum(int(np.prod(shape)) for shape in SHAPES[kind].values())


def placed(images: Tensor, dx: int, dy: int) -> Tensor:
    """Images (N, 28, 28) on empty canvases (N, 1, 40, 40), dx right and dy down of the middle."""
    sides = (REACH + dx, REACH - dx, REACH + dy, REACH - dy)
    return functional.pad(images, sides)[:, None]


def everywhere(image: Tensor) -> Tensor:
    """One image (28, 28) at all places: (169, 1, 40, 40), dy slowest, both from -6 to 6."""
    ground = functional.pad(image, (2 * REACH,) * 4)  # the canvas moves over it, the other way
    canvases = ground.unfold(0, SIDE, 1).unfold(1, SIDE, 1).flip(0, 1)
    return canvases.reshape(-1, 1, SIDE, SIDE)


def load(kind: str) -> tuple[dict[str, Tensor], np.ndarray]:
    """The shipped weights, and the share of held-out digits right at each place, (13, 13)."""
    arrays = models.load(NAMES[kind])
    return {name: torch.from_numpy(arrays[name]) for name in SHAPES[kind]}, arrays["accuracy"]
