"""Part of MNIST: 12,000 handwritten digits to learn from and 2,000 to test with, 28x28 pixels.

Source: Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits, 1998
(CC BY-SA 3.0). ``scripts/cut_mnist.py`` cut it; the test images are from MNIST's own test set,
which other people wrote. Both parts hold as many of each digit, in turn: image n shows n % 10.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

SIDE, CLASSES = 28, 10
TRAIN, TEST = 12_000, 2_000
FILE = Path(__file__).resolve().parents[2] / "data" / "sets" / "mnist.npz"


def load(part: Literal["train", "test"], count: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The first images (n, 28, 28) float32 in [0, 1], ink is 1, and their labels (n,) int64.

    count: how many, all by default; any multiple of ten holds as many of each digit.
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
