"""The images that a GAN learns from, and the classifier of each set, which judges samples.

Images are tensors (n, 1, side, side) in [-1, 1], what a tanh can reach; the classes come in turn,
so that any first multiple of ten holds as many of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data import imagesets
from core.nets import cnn
from core.nets.cnn import Cnn

CLASSIFIERS = {"mnist": "mnist-cnn", "fashion": "gan-fashion-cnn", "digits": "gan-digits-cnn"}
CHUNK = 100  # images through a network at a time: they stay in the processor's cache


@dataclass(frozen=True)
class Images:
    """Images and classes (n,) int64, to learn from and held out."""

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor

    @property
    def side(self) -> int:
        """Pixels a side."""
        return self.x.shape[-1]


def load(data: str, count: int | None = None) -> Images:
    """The first ``count`` training images, and all that are held out. Nobody may change them."""
    whole = _whole(data)
    return replace(whole, x=whole.x[:count], y=whole.y[:count])


@cache
def _whole(data: str) -> Images:
    found = imagesets.load(data)
    x, x_test = (torch.from_numpy(part)[:, None] * 2 - 1 for part in (found.x, found.x_test))
    return Images(x, torch.from_numpy(found.y), x_test, torch.from_numpy(found.y_test))


@cache
def classifier(data: str) -> Cnn:
    """The network that ships for that set: images in [0, 1] to ten logits."""
    return cnn.load(CLASSIFIERS[data])


@torch.no_grad()
def read(data: str, x: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 64) float64 and classes (n,) that the classifier gives images in [-1, 1].

    The features: its 16 last maps, each averaged over the four quarters of the image.
    """
    net, found, classes = classifier(data), [], []
    for part in ((x + 1) / 2).split(CHUNK):
        maps = part
        for name, layer in net.named_children():
            if name == "flatten":
                break
            maps = layer(maps)
        found.append(functional.adaptive_avg_pool2d(maps, 2).flatten(1))
        classes.append(net.get_submodule("dense")(maps.flatten(1)).argmax(1))
    return torch.cat(found).double().numpy(), torch.cat(classes).numpy()


def to_bytes(x: Tensor) -> np.ndarray:
    """Images (n, 1, side, side) in [-1, 1] as (n, side, side) uint8."""
    return ((x[:, 0] + 1) * 127.5).round().clamp(0, 255).byte().numpy()
