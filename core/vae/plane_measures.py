"""Numbers on what a trained autoencoder makes: how sure it is read, how evenly it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from core.vae.bounds import active
from core.vae.plane_layout import CLASSES, DRAWS, IMAGES, PAIRS, SIDE, STEPS, SURE, WAYS
from core.vae.plane_maths import principal

if TYPE_CHECKING:
    from core.vae.plane import Settings
    from core.vae.plane_run import Asked


def measures(
    asked: Asked,
    s: Settings,
    tiles: Tensor,
    says: Tensor,
    walk: Tensor,
    walked: np.ndarray,
    pool: np.ndarray,
    classes: np.ndarray,
) -> dict[str, float]:
    """All but what is read at the one place and in the one sum."""
    spec, unit = asked.net.spec, apart(asked.x)
    shares, _ = principal(asked.mean.double().numpy())
    change = neighbours(tiles) / unit
    half = torch.tensor([STEPS // 2 - 1, STEPS // 2])
    found = {
        "map_sure": sure(says),
        "map_kinds": kinds(says.argmax(1)),
        "map_pictures": float(tiles.unique(dim=0).shape[0]),
        "tile_step": float(change.median()),
        "tile_leap": float(change.quantile(0.95)),
        "drawn_sure": _drawn(asked),
        **_middles(asked),
        "ways_apart": float((walk[half] - walk[STEPS + half]).norm(dim=1).mean()) / unit,
        "sums_right": sums_right(asked, pool, classes),
        "active_dims": float(active(asked.mean).sum()),
        "plane_share": float(shares[:2].sum()),
    }
    for name, images in zip(WAYS, walk.split(STEPS), strict=True):
        found[f"walk/{name}"] = float((images[1:] - images[:-1]).norm(dim=1).max()) / unit
    for name, codes in zip(WAYS, walked, strict=False):
        found[f"middle/{name}"] = middle(codes)
    if spec.conditional:
        found["class_right"] = float((says.argmax(1) == int(s.label)).float().mean())
    return found


def sure(says: Tensor) -> float:
    """The share of probabilities (n, 10) whose highest is over 0.9."""
    return float((says.max(1).values > SURE).float().mean())


def kinds(classes: Tensor) -> float:
    """Exponential of the entropy of classes (n,): 10 if all are as many, 1 if all are one."""
    share = torch.bincount(classes, minlength=CLASSES).double() / len(classes)
    return float(torch.special.entr(share).sum().exp())


def apart(x: Tensor) -> float:
    """The median distance between two of the images (n, features), each with the next but four."""
    return float((x - x.roll(5, 0)).norm(dim=1).median())


def neighbours(tiles: Tensor) -> Tensor:
    """The distance of each tile from the one beside it and from the one under it."""
    grid = tiles.unflatten(0, (SIDE, SIDE))
    across, down = grid[:, 1:] - grid[:, :-1], grid[1:] - grid[:-1]
    return torch.cat([across.norm(dim=2).flatten(), down.norm(dim=2).flatten()])


def middle(codes: np.ndarray) -> float:
    """The length of the code half-way, over the mean of the ends' lengths, of codes (10, d)."""
    lengths = np.linalg.norm(codes, axis=1)
    half = np.linalg.norm((codes[STEPS // 2 - 1] + codes[STEPS // 2]) / 2)
    return float(half / max((lengths[0] + lengths[-1]) / 2, 1e-12))


def sums_right(asked: Asked, pool: np.ndarray, classes: np.ndarray) -> float:
    """Image - mean of its class + mean of another: how many are read as that other."""
    means, codes, own = pool[:CLASSES], pool[CLASSES:], classes[CLASSES:]
    moved = codes[:, None] - means[own][:, None] + means[None]
    to = np.tile(np.arange(CLASSES), (IMAGES, 1))
    other = to != own[:, None]
    wanted = torch.from_numpy(to[other])
    read = asked.read(asked.image(moved[other], wanted)).argmax(1)
    return float((read == wanted).float().mean())


def _drawn(asked: Asked) -> float:
    z = torch.randn(DRAWS, asked.net.spec.size, generator=torch.Generator().manual_seed(0))
    return sure(asked.read(asked.image(z, torch.arange(DRAWS) % CLASSES)))


def _middles(asked: Asked) -> dict[str, float]:
    """Half-way between held-out images of different classes: between codes, between pixels."""
    a, b = torch.arange(PAIRS), torch.arange(PAIRS) + PAIRS + 3
    decoded = asked.image((asked.mean[a] + asked.mean[b]) / 2, asked.y[a])
    faded = (asked.image(asked.mean[a], asked.y[a]) + asked.image(asked.mean[b], asked.y[b])) / 2
    return {"middle_sure": sure(asked.read(decoded)), "faded_sure": sure(asked.read(faded))}
