"""How good images are: what our classifier reads in them, and distances between its features.

Images are tensors (n, 1, side, side) in [-1, 1]; those of 14x14 are read after doubling.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data import mnist
from core.measure.coverage import precision_recall
from core.measure.frechet import feature_distance
from core.nets import cnn
from core.nets.cnn import Cnn

CLASSIFIER = "mnist-cnn"
CHUNK = 100  # images through the classifier at a time: they stay in the processor's cache
COUNT = 500  # samples, and held-out images, behind each measure: both depend on it


@cache
def held_out(side: int = mnist.SIDE) -> tuple[Tensor, Tensor]:
    """The 2,000 held-out digits (n, 1, side, side) and classes (n,). Nobody may change them."""
    images, labels = mnist.load("test")
    return shrink(to_range(images), side), torch.from_numpy(labels)


@cache
def training(side: int = mnist.SIDE) -> tuple[Tensor, Tensor]:
    """The 12,000 digits to learn from, as ``held_out``."""
    images, labels = mnist.load("train")
    return shrink(to_range(images), side), torch.from_numpy(labels)


def to_range(images: np.ndarray) -> Tensor:
    """Images (n, s, s) in [0, 1] as (n, 1, s, s) float32 in [-1, 1]."""
    return torch.from_numpy(np.asarray(images, np.float32))[:, None] * 2 - 1


def shrink(x: Tensor, side: int) -> Tensor:
    """The same with so many pixels a side, each the mean of those that it covers."""
    return functional.avg_pool2d(x, x.shape[-1] // side) if x.shape[-1] != side else x


def to_bytes(x: Tensor) -> np.ndarray:
    """Images (n, 1, s, s) as (n, s, s) uint8: 0 for -1 and less, 255 for 1 and more."""
    return ((x[:, 0] + 1) * 127.5).round().clamp(0, 255).byte().numpy()


@torch.no_grad()
def read(x: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 64) float64 and classes (n,) that the classifier gives images.

    As ``gan.sample`` reads them, so that both lessons' numbers compare: its 16 last maps, each
    averaged over the four quarters of the image.
    """
    net, found, classes = _classifier(), [], []
    for part in ((x.clamp(-1, 1) + 1) / 2).split(CHUNK):
        maps = part
        if part.shape[-1] != mnist.SIDE:
            size = (mnist.SIDE, mnist.SIDE)
            maps = functional.interpolate(part, size, mode="bilinear", align_corners=False)
        for name, layer in net.named_children():
            if name == "flatten":
                break
            maps = layer(maps)
        found.append(functional.adaptive_avg_pool2d(maps, 2).flatten(1))
        classes.append(net.get_submodule("dense")(maps.flatten(1)).argmax(1))
    return torch.cat(found).double().numpy(), torch.cat(classes).numpy()


@cache
def _classifier() -> Cnn:
    return cnn.load(CLASSIFIER)


def measures(made: Tensor, y: Tensor) -> dict[str, float]:
    """How good and how varied samples of classes y (n,), in turn, are.

    Beside as many held-out images: frechet, precision, recall, class_accuracy, and diversity, the
    spread of features around the mean of the class they are read as, over that of real ones.
    """
    real, labels, _ = _real(made.shape[-1], len(made))
    features, classes = read(made)
    precision, recall = precision_recall(real, features)
    return {
        "frechet": feature_distance(real, features),
        "precision": precision,
        "recall": recall,
        "class_accuracy": float((classes == y.numpy()).mean()),
        "diversity": _spread(features, classes) / _spread(real, labels),
    }


def floor(count: int = COUNT, side: int = mnist.SIDE) -> float:
    """The Fréchet distance of so many training images to as many held-out ones."""
    return _real(side, count)[2]


@cache
def _real(side: int, count: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Features of held-out images, the classes they are read as, and ``floor``."""
    (features, classes), (learned, _) = (
        read(x[:count]) for x, _ in (held_out(side), training(side))
    )
    return features, classes, feature_distance(features, learned)


def _spread(features: np.ndarray, classes: np.ndarray) -> float:
    """Root mean square distance (n, d) from the mean of the own class (n,)."""
    centred = features.copy()
    for value in np.unique(classes):
        centred[classes == value] -= features[classes == value].mean(0)
    return float(np.sqrt((centred**2).sum(1).mean()))


def apart(x: Tensor) -> float:
    """Root mean square distance between two different images of x (n, ...), pixels in [-1, 1]."""
    gaps = torch.cdist(x.flatten(1).double(), x.flatten(1).double()).square()
    return float((gaps.sum() / (len(x) * (len(x) - 1))).sqrt())
