"""Cut the small pictures that ship and write data/sets/pictures.npz.

    .venv/bin/python -m scripts.cut_pictures

Two digits of MNIST's test images, averaged over blocks of pixels and rounded to one decimal, so
that products can be followed in the head; two photographs of scikit-learn, 48 x 48 cells.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_image

from core.data import images, mnist

SEVEN, EIGHT = 47, 68  # numbers of the test images
BOXES = {"china": (8, 24, 392, 408), "flower": (140, 50, 476, 386)}  # left, top, right, bottom


def blocks(pixels: np.ndarray, block: int) -> np.ndarray:
    """The means of block x block pixels as shares of white, to one decimal."""
    side = len(pixels) // block
    means: np.ndarray = pixels.reshape(side, block, side, block).mean((1, 3)) / 255
    return means.round(1)


def photograph(name: str) -> np.ndarray:
    """(48, 48, 3) uint8: each cell the mean of a square of pixels."""
    side = images.MOST_SIDE
    whole = Image.fromarray(load_sample_image(f"{name}.jpg"))
    return np.asarray(whole.resize((side, side), Image.Resampling.BOX, BOXES[name]))


def main() -> None:
    """Write the file."""
    tests, _ = mnist.pixels("test")
    found = {name: photograph(name) for name in images.PHOTOGRAPHS}
    found["seven"] = blocks(tests[SEVEN], 4)
    found["eight"] = blocks(tests[EIGHT][2:26, 2:26], 3)  # its margin left out
    np.savez_compressed(images.FILE, allow_pickle=False, **found)
    print(f"{images.FILE.name}: {images.FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
