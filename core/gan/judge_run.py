"""Ten images, half of them real, and what a trained discriminator says of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from core.data import models
from core.gan.convnets import CLASSES, Discriminator, Generator, from_arrays
from core.gan.images_data import Images, load, to_bytes
from core.gan.images_portrait import generate
from core.gan.judge import Frame, Settings
from core.gan.judge_layout import ROUNDS
from core.gan.sample_layout import SETS

CHECKED = 500  # real images, and as many made, behind ``d_overall``


@torch.no_grad()
def run(settings: Settings) -> Iterator[Frame]:
    """One frame. Raises KeyError or ValueError, in words, where the model cannot be had."""
    g, d = from_arrays(models.load(settings.model))
    images = load(g.spec.data)
    deal, more = np.random.SeedSequence(settings.seed).spawn(2)
    x, y, real = ten(g, images, np.random.default_rng(deal))
    belief = d(x, y)[:, 0].sigmoid()
    said = np.array([letter == "r" for letter in settings.answers], bool)
    d_right = (belief > 0.5).numpy() == real
    count = len(said)
    yield Frame(
        step=0,
        metrics={
            "your_score": float((said == real[:count]).sum()),
            "d_score": float(d_right.sum()),
            "d_so_far": float(d_right[:count].sum()),
            "answered": float(count),
            "d_overall": share_right(g, d, images, np.random.default_rng(more)),
        },
        images=to_bytes(x),
        real=real.astype(np.uint8),
        labels=y.byte().numpy(),
        belief=belief.numpy(),
        source=np.array([SETS.index(g.spec.data)], np.uint8),
        conditional=np.array([g.spec.conditional], np.uint8),
    )


def ten(
    g: Generator, images: Images, rng: np.random.Generator
) -> tuple[Tensor, Tensor, np.ndarray]:
    """Images (10, 1, side, side), classes (10,) and which are real (10,), five of them.

    Real ones are held out from training. Classes are drawn alike for both kinds.
    """
    half = ROUNDS // 2
    chosen = torch.from_numpy(rng.choice(len(images.x_test), half, replace=False))
    made, y = _made(g, half, rng)
    order = rng.permutation(ROUNDS)
    x = torch.cat([images.x_test[chosen], made])[order]
    return x, torch.cat([images.y_test[chosen], y])[order], order < half


def share_right(g: Generator, d: Discriminator, images: Images, rng: np.random.Generator) -> float:
    """Share of right verdicts on held-out images and as many made; above a score of 0 is real."""
    count = min(CHECKED, len(images.x_test) // CLASSES * CLASSES)
    made, y = _made(g, count, rng)
    real = d(images.x_test[:count], images.y_test[:count]) > 0
    fake = d(made, y) <= 0
    return float(torch.cat([real, fake]).double().mean())


def _made(g: Generator, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    z = torch.from_numpy(rng.standard_normal((count, g.spec.noise_dim), dtype=np.float32))
    y = torch.from_numpy(rng.integers(0, CLASSES, count))
    return generate(g, z, y), y
