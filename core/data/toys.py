"""Labelled sets of points in the plane, all within [-1, 1]^2. NumPy only.

Each function takes (n, rng, noise) and gives x (n, 2) float32 and y (n,) int64 in random order.
n: points, 1 or more. noise: standard deviation of what is added to each coordinate, from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

Labelled: TypeAlias = tuple[np.ndarray, np.ndarray]

ISLANDS = 8
RING_RADIUS, RING_SPREAD = 0.8, 0.06


def ring8(n: int, rng: np.random.Generator, noise: float = 0.0) -> Labelled:
    """Ring of eight Gaussians, the project's default set; y is the island, 0 to 7."""
    island = _labels(n, rng, ISLANDS)
    angle = 2 * np.pi * island / ISLANDS
    centres = RING_RADIUS * np.stack([np.cos(angle), np.sin(angle)], 1)
    return _finish(centres + rng.normal(0, RING_SPREAD, (n, 2)), island, rng, noise)


def ring(n: int, rng: np.random.Generator, noise: float = 0.0) -> Labelled:
    """The ring of eight for two classes: neighbouring islands differ."""
    x, island = ring8(n, rng, noise)
    return x, island % 2


def moons(n: int, rng: np.random.Generator, noise: float = 0.0) -> Labelled:
    """Two half circles, one hooked into the other, as scikit-learn's make_moons."""
    y = _labels(n, rng)
    angle = np.pi * rng.random(n)
    upper = np.stack([np.cos(angle), np.sin(angle)], 1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1)
    x = np.where(y[:, None] == 0, upper, lower) - (0.5, 0.25)
    return _finish(x * 0.57, y, rng, noise)


def circles(n: int, rng: np.random.Generator, noise: float = 0.0) -> Labelled:
    """A disc (class 1) inside a ring (class 0)."""
    y = _labels(n, rng)
    angle = 2 * np.pi * rng.random(n)
    radius = np.where(y == 1, 0.45 * np.sqrt(rng.random(n)), 0.65 + 0.25 * rng.random(n))
    return _finish(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1), y, rng, noise)


def xor(n: int, rng: np.random.Generator, noise: float = 0.0) -> Labelled:
    """Four quadrants; class 1 where both coordinates have one sign."""
    y = _labels(n, rng)
    x = 0.05 + 0.85 * rng.random((n, 2))
    side = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    return _finish(x * np.stack([side, np.where(y == 1, side, -side)], 1), y, rng, noise)


def spiral(n: int, rng: np.random.Generator, noise: float = 0.0) -> Labelled:
    """Two arms of a spiral, each one and three quarter turns, as in TensorFlow Playground."""
    y = _labels(n, rng)
    along = rng.random(n)
    angle = 1.75 * 2 * np.pi * along + np.pi * y
    return _finish(
        0.9 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1), y, rng, noise
    )


def gaussians(n: int, rng: np.random.Generator, noise: float = 0.0) -> Labelled:
    """Two round Gaussian blobs with standard deviation 0.15."""
    y = _labels(n, rng)
    centres = np.where(y == 1, 0.4, -0.4)[:, None]
    return _finish(centres + rng.normal(0, 0.15, (n, 2)), y, rng, noise)


TOYS: dict[str, Callable[[int, np.random.Generator, float], Labelled]] = {
    "ring": ring,
    "moons": moons,
    "circles": circles,
    "xor": xor,
    "spiral": spiral,
    "gaussians": gaussians,
}


def _labels(n: int, rng: np.random.Generator, classes: int = 2) -> np.ndarray:
    return rng.permutation(np.arange(n) % classes)


def _finish(x: np.ndarray, y: np.ndarray, rng: np.random.Generator, noise: float) -> Labelled:
    x = x + noise * rng.standard_normal(x.shape)
    return (x / max(1.0, float(np.abs(x).max(initial=0)))).astype(np.float32), y.astype(np.int64)
