"""The handwritten digits of scikit-learn: 1797 images of 8x8 pixels, ten classes.

Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
Repository, 1998 (CC BY 4.0); scikit-learn ships its test part. Loading imports scikit-learn.
"""

from __future__ import annotations

import numpy as np

SIDE, CLASSES = 8, 10


def load() -> tuple[np.ndarray, np.ndarray]:
    """All images (1797, 64) float32 in [0, 1], row by row, and labels (1797,) int64."""
    from sklearn.datasets import load_digits  # here: slow to import

    found = load_digits()
    return (found.data / 16).astype(np.float32), found.target.astype(np.int64)


def split(labels: np.ndarray, shares: tuple[float, ...], seed: int = 0) -> list[np.ndarray]:
    """Indices of parts that hold these shares (they sum to 1) of every class, in random order.

    The same seed gives the same parts.
    """
    rng = np.random.default_rng(seed)
    ends = np.cumsum(shares)[:-1]
    parts: list[list[np.ndarray]] = [[] for _ in shares]
    for value in np.unique(labels):
        own = rng.permutation(np.flatnonzero(labels == value))
        cut = np.split(own, np.rint(ends * len(own)).astype(int))
        for part, piece in zip(parts, cut, strict=True):
            part.append(piece)
    return [rng.permutation(np.concatenate(part)) for part in parts]
