"""What draws from the prior look like to a judge that learned from real data."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from core.data import mixtures
from core.measure.modes import modes
from core.nets import cnn
from core.vae.spec import CLASSES, Spec

READ = 300  # samples behind the measures
FEWEST = 0.02  # of the samples: a class that fewer are read as is missing
SURE = 0.9  # probability from which on a sample is readable
CLASSIFIERS = {"mnist": "mnist-cnn", "fashion": "gan-fashion-cnn", "digits": "gan-digits-cnn"}


@torch.no_grad()
def readings(drawn: Tensor, spec: Spec) -> dict[str, float]:
    """Of images (n, pixels): classes, how many there are, and readable, the share that is sure.

    A classifier of the same data says so. Of points: islands hit, and high_quality, the share that
    lies within three standard deviations of one.
    """
    if not spec.side:
        covered, high = modes(drawn.numpy().astype(np.float64), mixtures.target("ring"))
        return {"classes": float(covered), "high_quality": high}
    chances = _classifier(spec.data)(drawn.unflatten(1, (1, spec.side, spec.side))).softmax(1)
    sure, read = chances.max(1)
    shares = torch.bincount(read, minlength=CLASSES) / len(read)
    return {
        "classes": float((shares >= FEWEST).sum()),
        "readable": float((sure >= SURE).double().mean()),
    }


@cache
def _classifier(data: str) -> cnn.Cnn:
    return cnn.load(CLASSIFIERS[data])
