"""The part of Fashion-MNIST that ships: balanced, in turn, no image twice, greys as published."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from core.data import fashion
from scripts.cut_fashion import balanced

Part = Literal["train", "test"]


@pytest.mark.parametrize(("part", "count"), [("train", 12_000), ("test", 2_000)])
def test_a_part_holds_as_many_of_each_class_in_turn(part: Part, count: int) -> None:
    images, labels = fashion.load(part)
    assert images.shape == (count, 28, 28) and images.dtype == np.float32
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert np.array_equal(labels, np.arange(count) % 10)


def test_greys_have_the_published_mean_and_spread() -> None:
    """Of all 60,000 training images: 0.2860 and 0.3530, as PyTorch examples have them."""
    images, _ = fashion.load("train")
    assert images.mean(dtype=np.float64) == pytest.approx(0.2860, abs=0.005)
    assert images.std(dtype=np.float64) == pytest.approx(0.3530, abs=0.005)


def test_no_image_is_there_twice() -> None:
    train, test = ({one.tobytes() for one in fashion.pixels(part)[0]} for part in ("train", "test"))
    assert len(train) == 12_000 and len(test) == 2_000
    assert not train & test


def test_classes_carry_their_names() -> None:
    """Trousers are narrow, pullovers wide: the ink in the outermost columns tells."""
    images, labels = fashion.load("train", 1000)
    sides = {
        name: images[labels == n][:, :, [4, 5, 22, 23]].mean()
        for n, name in enumerate(fashion.NAMES)
    }
    assert min(sides, key=sides.__getitem__) in ("Trousers", "Dress")
    assert sides["Pullover"] > 5 * sides["Trousers"]


def test_what_is_kept_cannot_be_changed() -> None:
    for array in fashion.pixels("test"):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_the_cut_skips_what_is_taken() -> None:
    images = np.repeat(np.arange(100, dtype=np.uint8), 2)[:, None, None]  # each picture twice
    labels = np.repeat(np.arange(10), 20)
    taken = {images[0].tobytes()}
    chosen = balanced(images, labels, 50, np.random.default_rng(0), taken)
    assert np.array_equal(labels[chosen], np.arange(50) % 10)
    assert len({images[n].tobytes() for n in chosen}) == 50
    assert images[0] not in images[chosen]
