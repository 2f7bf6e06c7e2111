"""The sets of small images by name: MNIST, Fashion-MNIST, and scikit-learn's digits.

Classes come in turn, 0 to 9, 0 to 9, ..., so that any first multiple of ten holds as many of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from core.data import digits, fashion, mnist

NAMES = ("mnist", "fashion", "digits")
TITLES = {"mnist": "MNIST, 28x28", "fashion": "Fashion-MNIST, 28x28", "digits": "Digits, 8x8"}
CLASSES = 10
HELD_OUT = 0.2  # of the small digits


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images (n, side, side) float32 in [0, 1] and classes (n,) int64, to learn from and held out.

    Nobody may change them.
    """

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    @property
    def side(self) -> int:
        """Pixels a side."""
        return int(self.x.shape[-1])


def load(name: str, count: int | None = None) -> ImageSet:
    """The first ``count`` training images (all by default), and all that are held out."""
    whole = _whole(name)
    return replace(whole, x=whole.x[:count], y=whole.y[:count])


def class_names(name: str) -> list[str]:
    """The ten classes as they read on screen."""
    return list(fashion.NAMES) if name == "fashion" else [str(n) for n in range(CLASSES)]


@cache
def _whole(name: str) -> ImageSet:
    if name == "digits":
        return _small()
    source = {"mnist": mnist, "fashion": fashion}[name]
    return ImageSet(*source.load("train"), *source.load("test"))


def _small() -> ImageSet:
    flat, labels = digits.load()
    images = flat.reshape(-1, digits.SIDE, digits.SIDE)
    parts = digits.split(labels, (1 - HELD_OUT, HELD_OUT))
    learn, test = (in_turn(labels, part) for part in parts)
    return ImageSet(images[learn], labels[learn], images[test], labels[test])


def in_turn(labels: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The same indices, the classes in turn while they last."""
    own = labels[chosen]
    rank = np.empty(len(chosen), np.int64)  # how many of its class came before
    for value in np.unique(own):
        rank[own == value] = np.arange(np.count_nonzero(own == value))
    ordered: np.ndarray = chosen[np.lexsort((own, rank))]
    return ordered
