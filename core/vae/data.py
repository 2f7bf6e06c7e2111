"""What an autoencoder learns from, as tensors: images in rows of pixels, or points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from core.data import imagesets, mixtures
from core.vae.likelihood import binarised

POINTS = 2000  # to learn from, and as many held out
DRAWN = 0  # seed of the fixed binarisation, and of the points


@dataclass(frozen=True, eq=False)
class Data:
    """x (n, features) float32, images in [0, 1], and classes y (n,) int64. Nobody may change them.

    The classes come in turn (of points: which island, as drawn).
    """

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor
    side: int


def load(name: str, count: int | None = None) -> Data:
    """The first ``count`` to learn from, and all that are held out."""
    whole = _points() if name == "points" else _images(name)
    return Data(whole.x[:count], whole.y[:count], whole.x_test, whole.y_test, whole.side)


@cache
def held_out(name: str, likelihood: str, count: int) -> tuple[Tensor, Tensor]:
    """The first held-out data (n, features), classes (n,), that measures are taken on.

    Binarised once and for all where the likelihood is Bernoulli.
    """
    found = load(name)
    x, y = found.x_test[:count], found.y_test[:count]
    if likelihood == "bernoulli":
        x = binarised(x, torch.Generator().manual_seed(DRAWN))
    return x, y


@cache
def _images(name: str) -> Data:
    found = imagesets.load(name)
    x, x_test = (torch.from_numpy(part).flatten(1) for part in (found.x, found.x_test))
    return Data(x, torch.from_numpy(found.y), x_test, torch.from_numpy(found.y_test), found.side)


@cache
def _points() -> Data:
    target = mixtures.target("ring")
    x = target.sample(2 * POINTS, np.random.default_rng(DRAWN)).astype(np.float32)
    apart = ((x[:, None] - target.centres) ** 2).sum(-1)
    both, y = torch.from_numpy(x), torch.from_numpy(target.modes[apart.argmin(1)])
    return Data(both[:POINTS], y[:POINTS], both[POINTS:], y[POINTS:], 0)
