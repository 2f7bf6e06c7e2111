"""New designs: the way between two, and how near to each the training images come."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from core.vae.data import load
from core.vae.nets import load as load_net
from core.vae.uses_layout import MIDDLE, STEPS, Found
from core.vae.uses_shared import grey, nearest, read, returned

DATA = "fashion"
COMPARED = 300  # held-out images whose distance to the training images is the measure


def pair(start: int, end: int, seed: int) -> Tensor:
    """Two held-out images (2, features) of those classes, drawn by the seed; never one twice."""
    found, rng = load(DATA), np.random.default_rng(seed)
    order = rng.permutation(len(found.x_test))
    classes = found.y_test.numpy()[order]
    first = order[classes == start][0]
    other = next(n for n in order[classes == end] if n != first)
    return found.x_test[[int(first), int(other)]]


def between(a: Tensor, b: Tensor) -> Tensor:
    """In even steps from a (d,) to b (d,), both among them, (10, d)."""
    return torch.lerp(a, b, torch.linspace(0, 1, STEPS)[:, None])


@torch.no_grad()
def design(start: int, end: int, latent: str, seed: int) -> Found:
    """Metrics and arrays of the frame."""
    net = load_net({"2": "vae-fashion", "16": "vae-fashion-16"}[latent])
    both = pair(start, end, seed)
    codes = net.encode(both)[0]
    walk, fade = net.image(between(*codes)), between(*both)
    near, which = nearest(DATA, walk)
    unseen = nearest(DATA, returned(net, load(DATA).x_test[:COMPARED]))[0]
    classes = read(DATA, walk)
    metrics = {
        "novelty": float(np.median(near[MIDDLE]) / np.median(unseen)),
        "kinds": float(len(np.unique(classes))),
    }
    arrays = {
        "wanted": grey(both),
        "walk": grey(walk),
        "fade": grey(fade),
        "nearest": grey(load(DATA).x[torch.from_numpy(which)]),
        "distances": near.astype(np.float32),
        "unseen": unseen.astype(np.float32),
        "read": classes.astype(np.uint8),
    }
    return metrics, arrays
