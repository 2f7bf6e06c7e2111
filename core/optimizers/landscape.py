"""A plane through the loss of a network, around the last weights of a run.

Two kinds: the PCA plane of the path, and random directions with filter-wise normalisation (Li,
Xu, Taylor, Studer and Goldstein 2018, Visualizing the Loss Landscape of Neural Nets).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.nets.mlp import Shape, loss, outputs
from core.optimizers.sets import Sets

GRID, GRID_DIGITS = 41, 25  # points a side
MARGIN = 0.25  # of the path's extent, on each side of it
CHUNK = 1 << 22  # activations of one layer held at a time


@dataclass(frozen=True)
class Slice:
    """Training loss on a plane: losses (g, g), rows along ys; the path (F, 2) on it.

    steps: (F,) of the path. shadow: (F,) loss at the path's places on the plane. share: of the
    squared distances of the path from its end, how much lies in the plane, in [0, 1].
    """

    xs: np.ndarray
    ys: np.ndarray
    losses: np.ndarray
    path: np.ndarray
    steps: np.ndarray
    shadow: np.ndarray
    share: float


@torch.no_grad()
def around(
    kind: str, sets: Sets, shape: Shape, path: Tensor, steps: list[int], seed: int
) -> Slice | None:
    """The plane around the last row of path (F, P), whose rows were recorded at these steps.

    kind: ``pca``, ``random``; for ``none`` it is None.
    """
    if kind == "none":
        return None
    if kind == "pca":
        first, second = pca_plane(path)
    else:
        rng = np.random.default_rng([seed, 5])
        first, second = (random_direction(shape, path[-1], rng) for _ in range(2))
    spots, share = project(path, first, second)
    side = GRID if shape.sizes[0] == 2 else GRID_DIGITS
    xs, ys = (_axis(spots[:, n], side, kind) for n in range(2))
    across, up = np.meshgrid(xs, ys)
    places = np.stack([across.ravel(), up.ravel()], 1)
    losses = plane_losses(sets, shape, path[-1], (first, second), np.concatenate([places, spots]))
    grid, shadow = losses[: side * side].reshape(side, side), losses[side * side :]
    return Slice(xs, ys, grid, spots, np.array(steps), shadow, share)


def pca_plane(path: Tensor) -> tuple[Tensor, Tensor]:
    """The two orthonormal directions (P,) that hold most of the path's distances from its end."""
    _, _, directions = torch.linalg.svd((path - path[-1]).double(), full_matrices=False)
    first, second = directions[0], directions[1] if len(directions) > 1 else directions[0] * 0
    return first.to(path.dtype), second.to(path.dtype)


def random_direction(shape: Shape, theta: Tensor, rng: np.random.Generator) -> Tensor:
    """A Gaussian direction (P,), each unit's weights rescaled to the length theta (P,) has there.

    A unit's incoming weights are its filter; biases do not move, as in the paper's code.
    """
    drawn = torch.from_numpy(rng.standard_normal(len(theta))).to(theta.dtype)[None]
    for own, block in zip(shape.split(drawn), shape.split(theta[None]), strict=True):
        length = own[:, :-1].norm(dim=1, keepdim=True).clamp(min=1e-12)
        own[:, :-1] *= block[:, :-1].norm(dim=1, keepdim=True) / length
        own[:, -1] = 0
    return drawn[0]


def project(path: Tensor, first: Tensor, second: Tensor) -> tuple[np.ndarray, float]:
    """Least-squares coordinates (F, 2) of the path on the plane, and the share it holds."""
    moves = (path - path[-1]).double().numpy()
    basis = torch.stack([first, second], 1).double().numpy()
    spots = np.linalg.lstsq(basis, moves.T, rcond=None)[0].T
    total = float((moves**2).sum())
    missed = float(((moves - spots @ basis.T) ** 2).sum())
    return spots.astype(np.float32), 1 - missed / total if total > 0 else 1.0


def plane_losses(
    sets: Sets, shape: Shape, centre: Tensor, plane: tuple[Tensor, Tensor], spots: np.ndarray
) -> np.ndarray:
    """Training loss (n,) at centre + a first + b second for each (a, b) in spots (n, 2)."""
    steps = torch.from_numpy(np.asarray(spots)).to(centre.dtype)
    room = max(1, CHUNK // (len(sets.x) * max(shape.sizes)))
    found = []
    for part in torch.split(steps, room):
        each = centre + part @ torch.stack(plane)
        found.append(loss(outputs(shape, shape.split(each), sets.x)[-1], sets.y))
    return torch.cat(found).numpy()


def _axis(along: np.ndarray, side: int, kind: str) -> np.ndarray:
    low, high = float(along.min()), float(along.max())
    reach = max(high - low, 1e-3)
    low, high = low - MARGIN * reach, high + MARGIN * reach
    if kind == "random":  # a step of 1 changes every unit by as much as it holds
        high = max(1.0, high, -low)
        low = -high
    return np.linspace(low, high, side, dtype=np.float32)
