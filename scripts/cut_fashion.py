"""Cut what ships out of Fashion-MNIST and write data/sets/fashion.npz.

    .venv/bin/python -m scripts.cut_fashion path/to/fashion_mnist.npz

The file given holds train_images (n, 28, 28) uint8, train_labels, test_images and test_labels, with
at least 1,200 and 200 of each class. Drawn at random with a fixed seed: the same file gives the
same part. No image is taken twice, though the set itself repeats some.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from core.data import fashion


def balanced(
    images: np.ndarray, labels: np.ndarray, count: int, rng: np.random.Generator, taken: set[bytes]
) -> np.ndarray:
    """Indices (count,) of as many images of each class, in turn, each unlike all before it.

    taken: images that are in use; those drawn are added.
    """
    each = count // fashion.CLASSES
    columns = []
    for value in range(fashion.CLASSES):
        order = rng.permutation(np.flatnonzero(labels == value))
        columns.append(_first_new(images, order, each, taken))
    return np.stack(columns, 1).ravel()


def _first_new(images: np.ndarray, order: np.ndarray, count: int, taken: set[bytes]) -> np.ndarray:
    found: list[int] = []
    for index in order:
        picture = images[index].tobytes()
        if len(found) < count and picture not in taken:
            taken.add(picture)
            found.append(int(index))
    return np.array(found)


def main(source: str) -> None:
    """Write the part that ships."""
    rng = np.random.default_rng(0)
    taken: set[bytes] = set()
    out: dict[str, np.ndarray] = {}
    with np.load(source, allow_pickle=False) as whole:
        for part, count in (("train", fashion.TRAIN), ("test", fashion.TEST)):
            images, labels = whole[f"{part}_images"], whole[f"{part}_labels"]
            chosen = balanced(images, labels, count, rng, taken)
            out[f"{part}_images"] = images[chosen].astype(np.uint8)
            out[f"{part}_labels"] = labels[chosen].astype(np.uint8)
    Path(fashion.FILE).parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(fashion.FILE, allow_pickle=False, **out)
    print(f"{fashion.FILE.name}: {fashion.FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
