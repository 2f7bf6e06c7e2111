"""Cut what ships out of the whole of MNIST and write data/sets/mnist.npz.

    .venv/bin/python -m scripts.cut_mnist path/to/mnist.npz

The file given holds train_images (60000, 28, 28) uint8, train_labels, test_images (10000, 28, 28)
and test_labels, as the original IDX files do. Drawn at random with a fixed seed: the same file
gives the same part.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from core.data import mnist


def balanced(labels: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Indices (count,) of as many images of each class, the classes in turn: 0 to 9, 0 to 9, ..."""
    each = count // mnist.CLASSES
    columns = [
        rng.choice(np.flatnonzero(labels == value), each, replace=False)
        for value in range(mnist.CLASSES)
    ]
    return np.stack(columns, 1).ravel()


def main(source: str) -> None:
    """Write the part that ships."""
    rng = np.random.default_rng(0)
    out: dict[str, np.ndarray] = {}
    with np.load(source, allow_pickle=False) as whole:
        for part, count in (("train", mnist.TRAIN), ("test", mnist.TEST)):
            labels = whole[f"{part}_labels"]
            chosen = balanced(labels, count, rng)
            out[f"{part}_images"] = whole[f"{part}_images"][chosen].astype(np.uint8)
            out[f"{part}_labels"] = labels[chosen].astype(np.uint8)
    Path(mnist.FILE).parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(mnist.FILE, allow_pickle=False, **out)
    print(f"{mnist.FILE.name}: {mnist.FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
