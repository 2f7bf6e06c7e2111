"""What several uses need: models of their data, images as bytes, a classifier that reads them."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from core.nets import cnn
from core.nets.cnn import Cnn
from core.vae.data import load
from core.vae.nets import Autoencoder

CLASSIFIERS = {"mnist": "mnist-cnn", "fashion": "gan-fashion-cnn", "digits": "gan-digits-cnn"}
CHUNK = 100  # images through the classifier at a time: they stay in the processor's cache


def grey(x: Tensor) -> np.ndarray:
    """Images (n, side * side) in [0, 1] as (n, side, side) uint8."""
    side = round(x.shape[1] ** 0.5)
    found: np.ndarray = (x * 255).round().clamp(0, 255).byte().unflatten(1, (side, side)).numpy()
    return found


@torch.no_grad()
def read(data: str, x: Tensor) -> np.ndarray:
    """The class (n,) that the classifier of that data reads in images (n, side * side)."""
    side = round(x.shape[1] ** 0.5)
    parts = x.view(-1, 1, side, side).split(CHUNK)
    return torch.cat([_classifier(data)(part).argmax(1) for part in parts]).numpy()


@cache
def _classifier(data: str) -> Cnn:
    return cnn.load(CLASSIFIERS[data])


@torch.no_grad()
def returned(net: Autoencoder, x: Tensor) -> Tensor:
    """Images (n, features) as they come back through the middles of their codes."""
    return net.image(net.encode(x)[0])


@cache
def nearest_set(data: str) -> tuple[Tensor, Tensor]:
    """All training images (n, features) and their squared lengths (n,)."""
    x = load(data).x
    return x, x.square().sum(1)


def nearest(data: str, x: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The training image nearest to each of x (n, features): its distance (n,), its number (n,).

    Euclidean, over pixels.
    """
    known, lengths = nearest_set(data)
    squared = lengths - 2 * x @ known.T + x.square().sum(1, keepdim=True)
    which = squared.argmin(1)
    return (x - known[which]).norm(dim=1).numpy(), which.numpy()
