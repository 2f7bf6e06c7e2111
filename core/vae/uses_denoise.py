"""Clean noisy images: two kinds of autoencoder beside two filters that learned nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from core.vae.data import load
from core.vae.nets import load as load_net
from core.vae.uses_layout import BACK, CLEANERS, LEVELS, NETS, Found
from core.vae.uses_shared import grey, returned

DATA, MEASURED = "mnist", 200
TUNED_ON = 100  # training images on which the blur's width is chosen, so that it does its best
WIDTHS = tuple(0.2 * n for n in range(8))  # pixels, standard deviation; 0 leaves it as it is
SIDE = 28

Cleaner = Callable[[Tensor], Tensor]


def noisy(x: Tensor, level: float, random: torch.Generator) -> Tensor:
    """Images with Gaussian noise of that standard deviation on each pixel, cut to [0, 1].

    As a denoising autoencoder of ``vae.images`` had them in training.
    """
    return (x + level * torch.randn(x.shape, generator=random)).clamp(0, 1)


def error(x: Tensor, clean: Tensor) -> float:
    """Mean squared error a pixel."""
    return float((x - clean).square().double().mean())


def blurred(x: Tensor, width: float) -> Tensor:
    """Gaussian filter of that width, in pixels; dark beyond the edge."""
    images = x.view(-1, SIDE, SIDE).numpy()
    found = ndimage.gaussian_filter(images, (0, width, width), mode="constant")
    return torch.from_numpy(found).flatten(1)


def median(x: Tensor) -> Tensor:
    """Each pixel the middle one of the nine around it; dark beyond the edge."""
    found = ndimage.median_filter(x.view(-1, SIDE, SIDE).numpy(), (1, 3, 3), mode="constant")
    return torch.from_numpy(found).flatten(1)


def best_width(level: float, random: torch.Generator) -> float:
    """The blur's width that cleans training images of such noise best."""
    clean = load(DATA).x[:TUNED_ON]
    spoilt = noisy(clean, level, random)
    return min(WIDTHS, key=lambda width: error(blurred(spoilt, width), clean))


def cleaners(level: float, random: torch.Generator) -> dict[str, Cleaner]:
    """Every way to clean images of that noise, by name."""
    found: dict[str, Cleaner] = {
        "noisy": lambda x: x,
        "blur": partial(blurred, width=best_width(level, random)),
        "median": median,
    }
    return found | {name: partial(returned, load_net(file)) for name, file in NETS.items()}


def measured(level: float, seed: int) -> tuple[list[float], np.ndarray]:
    """Error of every way at that level, and its first ten images, (ways, 10, side, side)."""
    random = torch.Generator().manual_seed(seed)
    clean = load(DATA).x_test[:MEASURED]
    spoilt = noisy(clean, level, random)
    cleaned = [clean_up(spoilt) for clean_up in cleaners(level, random).values()]
    return [error(x, clean) for x in cleaned], np.stack([grey(x[:BACK]) for x in cleaned])


def denoise(level: float, seed: int) -> Found:
    """Metrics and arrays of the frame."""
    curves = [measured(one, seed)[0] for one in LEVELS]
    now, pictures = measured(level, seed)
    metrics = {f"error/{name}": value for name, value in zip(CLEANERS, now, strict=True)}
    arrays = {
        "wanted": grey(load(DATA).x_test[:BACK]),
        "cleaned": pictures,
        "curves": np.array(curves, np.float32).T,
    }
    return metrics, arrays
