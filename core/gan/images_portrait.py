"""What a frame shows of a generator in training, measured away from the loop."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.gan.convnets import CLASSES, Discriminator, Generator, to_arrays
from core.gan.images import Frame, Settings
from core.gan.images_data import Images, load, read, to_bytes
from core.gan.images_layout import COLUMNS, COUNT, FEWEST, ROWS, WALK_ROWS
from core.measure.coverage import precision_recall
from core.measure.frechet import feature_distance

Losses = list[tuple[float, float]]


class Portrait:
    """Looks at a generator through the same noise every time. random: where it is drawn from."""

    def __init__(self, settings: Settings, images: Images, random: torch.Generator) -> None:
        self.settings, self.images = settings, images
        self.count = min(COUNT, len(images.x_test) // CLASSES * CLASSES)
        shape = (settings.noise_dim,)
        self.z = torch.randn(max(COUNT, ROWS * COLUMNS), *shape, generator=random)
        ends = torch.randn(2, WALK_ROWS, *shape, generator=random)
        self.walk = torch.cat([spherical(a, b, COLUMNS) for a, b in zip(*ends, strict=True)])
        self.real = real_features(settings.data, self.count)
        self.held_out = held_out_distances(settings.data, settings.train_size)

    def frame(self, net: Generator, step: int, losses: Losses, seconds: float) -> Frame:
        """The frame after step updates that took so many seconds; losses since the last frame."""
        made = generate(net, self.z[: self.count])
        walk = generate(net, self.walk, torch.arange(WALK_ROWS).repeat_interleave(COLUMNS) * 2)
        wall = made[: ROWS * COLUMNS]
        far, which = distances(wall, self.images.x)
        classes, measured = self._measures(made)
        d_loss, g_loss = np.mean(losses, 0).tolist()
        novelty = float(np.median(far) / np.median(self.held_out))
        return Frame(
            step=step,
            metrics={"d_loss": d_loss, "g_loss": g_loss, **measured, "novelty": novelty},
            timing={"steps_per_s": step / seconds} if seconds else {},
            wall=to_bytes(wall),
            walk=to_bytes(walk),
            nearest=to_bytes(self.images.x[which[:COLUMNS]]),
            distances=far,
            shares=classes,
            held_out=self.held_out if step == 0 else None,
        )

    def last(
        self, net: Generator, d: Discriminator, step: int, losses: Losses, seconds: float
    ) -> Frame:
        """The last frame, with the weights."""
        return replace(self.frame(net, step, losses, seconds), weights=to_arrays(net, d))

    def _measures(self, made: Tensor) -> tuple[np.ndarray, dict[str, float]]:
        """Shares of the classes as read, and how good the samples are."""
        features, classes = read(self.settings.data, made)
        shares = np.bincount(classes, minlength=CLASSES) / len(classes)
        precision, recall = precision_recall(self.real[0], features)
        found: dict[str, Any] = {
            "frechet": feature_distance(self.real[0], features),
            "frechet_real": self.real[1],
            "precision": precision,
            "recall": recall,
            "classes": float((shares >= FEWEST).sum()),
        }
        if self.settings.conditional:
            asked = np.arange(len(classes)) % CLASSES
            found["class_accuracy"] = float((classes == asked).mean())
        return shares.astype(np.float32), found


@cache
def real_features(data: str, count: int) -> tuple[np.ndarray, float]:
    """Features of the first held-out images, and their distance to those of training images."""
    images = load(data, count)
    held_out, learned = (read(data, x[:count])[0] for x in (images.x_test, images.x))
    return held_out, feature_distance(held_out, learned)


@torch.no_grad()
def generate(net: Generator, z: Tensor, y: Tensor | None = None) -> Tensor:
    """Images of noise (n, noise_dim), in classes y (n,), by default in turn: 0 to 9, 0 to 9, ..."""
    y = torch.arange(len(z)) % CLASSES if y is None else y
    pairs = zip(z.split(100), y.split(100), strict=True)
    return torch.cat([net(*pair) for pair in pairs])


def spherical(a: Tensor, b: Tensor, count: int) -> Tensor:
    """Noise (count, n) from a to b (n,) along the arc between them (slerp, White 2016)."""
    t = torch.linspace(0, 1, count)[:, None]
    angle = torch.arccos(torch.cosine_similarity(a, b, 0).clamp(-1, 1))
    if float(angle.sin()) < 1e-4:
        return (1 - t) * a + t * b
    return (((1 - t) * angle).sin() * a + (t * angle).sin() * b) / angle.sin()


@cache
def held_out_distances(data: str, count: int | None) -> np.ndarray:
    """Of the first sixty held-out images to the nearest of so many training images, (60,)."""
    images = load(data, count)
    return distances(images.x_test[: ROWS * COLUMNS], images.x)[0]


def distances(x: Tensor, points: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Of images x (n, ...) to the nearest of points (m, ...): how far, (n,) float32, and which.

    Euclidean over pixels whose range is 1. Which is nearest: |p|^2 - 2 x.p is least there; how far:
    of that one pixel by pixel. A third of the time of ``torch.cdist``, and nothing cancels.
    """
    x, points = x.flatten(1), points.flatten(1)
    norms = torch.linalg.vector_norm(points, dim=1).square()
    which = torch.addmm(norms, x, points.mT, alpha=-2).argmin(1)
    far = torch.linalg.vector_norm(x - points[which], dim=1)
    return (far / 2).numpy(), which.numpy()
