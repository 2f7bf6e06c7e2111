"""Part of Fashion-MNIST: 12,000 pictures of clothes to learn from and 2,000 to test with, 28x28.

Source: H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking
machine learning algorithms, 2017 (MIT). ``scripts/cut_fashion.py`` cut it; the test images are from
its own test set. Both parts hold as many of each kind, in turn: image n is of class n % 10.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

SIDE, CLASSES = 28, 10
TRAIN, TEST = 12_000, 2_000
FILE = Path(__file__).resolve().parents[2] / "data" / "sets" / "fashion.npz"
NAMES = (
    "T-shirt", "Trousers", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip


def load(part: Literal["train", "test"], count: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The first images (n, 28, 28) float32 in [0, 1] and their labels (n,) int64.

    count: how many, all by default; any multiple of ten holds as many of each class.
    """
    images, labels = pixels(part)
    return images[:count] / np.float32(255), labels[:count].astype(np.int64)


@cache
def pixels(part: Literal["train", "test"]) -> tuple[np.ndarray, np.ndarray]:
    """All images (n, 28, 28) and labels (n,) of a part, uint8 as they ship, read-only."""
    with np.load(FILE, allow_pickle=False) as found:
        images, labels = found[f"{part}_images"], found[f"{part}_labels"]
    images.flags.writeable = labels.flags.writeable = False
    return images, labels
