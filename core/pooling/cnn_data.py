"""The images that the convolutional network learns from and is tested with, as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from core.data import imagesets
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
    found = imagesets.load(settings.data, settings.train_size)
    x, x_test = (torch.from_numpy(part)[:, None] for part in (found.x, found.x_test))
    return Images(x, torch.from_numpy(found.y), x_test, torch.from_numpy(found.y_test))
