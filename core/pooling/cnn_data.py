"""The images that the convolutional network learns from and is tested with, as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.data import digits, mnist
from core.nets.spec import CLASSES
from core.pooling.cnn import Settings


@dataclass(frozen=True)
class Images:
    """Images (n, 1, side, side) float32 in [0, 1] and classes (n,) int64, to learn and to test.

    The classes come in turn, so that any first part of them is balanced.
    """

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor


def load(settings: Settings) -> Images:
    """The first ``train_size`` images to learn from, and all that are held out."""
    count = settings.train_size
    if settings.data == "mnist":
        return Images(*_tensors(*mnist.load("train", count)), *_tensors(*mnist.load("test")))
    flat, labels = digits.load()
    images = flat.reshape(-1, digits.SIDE, digits.SIDE)
    learn, test = (in_turn(labels, part) for part in digits.split(labels, (0.8, 0.2)))
    learn = learn[:count]
    return Images(*_tensors(images[learn], labels[learn]), *_tensors(images[test], labels[test]))


def in_turn(labels: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The same indices, the classes in turn while they last: 0 to 9, 0 to 9, ..."""
    own = labels[chosen]
    rank = np.empty(len(chosen), np.int64)  # how many of its class came before
    for value in range(CLASSES):
        rank[own == value] = np.arange(np.count_nonzero(own == value))
    ordered: np.ndarray = chosen[np.lexsort((own, rank))]
    return ordered


def _tensors(images: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(images)[:, None], torch.from_numpy(labels)
