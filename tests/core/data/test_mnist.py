"""The part of MNIST that ships: balanced, in turn, two separate parts, greys as published."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from core.data import mnist
from scripts.cut_mnist import balanced

Part = Literal["train", "test"]


@pytest.mark.parametrize(("part", "count"), [("train", 12_000), ("test", 2_000)])
def test_a_part_holds_as_many_of_each_digit_in_turn(part: Part, count: int) -> None:
    images, labels = mnist.load(part)
    assert images.shape == (count, 28, 28) and images.dtype == np.float32
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert labels.dtype == np.int64
    assert np.array_equal(labels, np.arange(count) % 10)


def test_greys_have_the_published_mean_and_spread() -> None:
    """Of all 60,000 training images: 0.1307 and 0.3081, as PyTorch's MNIST example has them."""
    images, _ = mnist.load("train")
    assert images.mean(dtype=np.float64) == pytest.approx(0.1307, abs=0.002)
    assert images.std(dtype=np.float64) == pytest.approx(0.3081, abs=0.002)


def test_no_image_is_in_both_parts() -> None:
    train, test = ({one.tobytes() for one in mnist.pixels(part)[0]} for part in ("train", "test"))
    assert len(train) == 12_000 and len(test) == 2_000
    assert not train & test


def test_the_first_images_are_the_same_images() -> None:
    images, labels = mnist.load("train", 30)
    assert np.array_equal(images, mnist.load("train")[0][:30])
    assert labels.tolist() == [*range(10)] * 3


def test_what_is_kept_cannot_be_changed() -> None:
    images, labels = mnist.pixels("test")
    for array in (images, labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    mnist.load("test")[0][0] = 7  # a copy of its own
    assert mnist.load("test", 1)[0].max() <= 1


def test_the_file_is_small() -> None:
    assert mnist.FILE.stat().st_size < 2_500_000


def test_the_cut_draws_each_index_once() -> None:
    labels = np.random.default_rng(0).integers(0, 10, 1000)
    chosen = balanced(labels, 200, np.random.default_rng(1))
    assert np.array_equal(labels[chosen], np.arange(200) % 10)
    assert len(set(chosen)) == 200
