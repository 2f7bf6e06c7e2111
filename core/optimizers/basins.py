"""A whole grid of starts as one tensor: every start takes the same step at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.optimizers.basin_map import GOING, LEFT, STUCK, Frame, Settings, grid, minima
from core.optimizers.hyper import Hyper
from core.optimizers.rules import RULES, hyper
from core.optimizers.surfaces import SURFACES, in_play, value_grad

FRAMES = 61
FLAT = 1e-3  # the length of the gradient under which a start counts as stuck


@dataclass
class Swarm:
    """All starts, each (n, n): where they are, and since when they are at which minimum."""

    theta: Tensor  # (n, n, 2)
    grad: Tensor  # (n, n, 2)
    alive: Tensor  # bool: finite, and within ten windows of the picture so far
    away: Tensor  # int64: the last step at which it was at no minimum, or -1
    nearest: Tensor  # int64: the minimum within the tolerance, or -1


def basins(settings: Settings) -> Iterator[Frame]:
    """Some 60 frames of what becomes of each start."""
    marks = set(np.linspace(0, settings.steps, FRAMES).round().astype(int).tolist())
    for t, swarm in enumerate(march(settings)):
        if t in marks:
            yield _frame(swarm, settings, t)


def march(settings: Settings) -> Iterator[Swarm]:
    """The starts, then all of them after every step; one swarm, changed in place."""
    options, rule, steering = settings.options(), RULES[settings.optimizer], steer(settings)
    x, y = (torch.from_numpy(axis) for axis in grid(settings))
    theta = torch.stack(torch.meshgrid(x, y, indexing="xy"), -1)
    never = torch.full(theta.shape[:2], -1)
    grad = value_grad(options, theta)[1]
    swarm = Swarm(theta, grad, never == -1, never.clone(), never.clone())
    targets = torch.tensor(minima(options), dtype=theta.dtype)
    generator = torch.Generator().manual_seed(settings.seed)

    note(swarm, targets, 0, settings.tolerance)
    yield swarm
    state = rule.init(theta)
    for t in range(1, settings.steps + 1):
        grad = swarm.grad
        if settings.noisy:
            noise = torch.randn(grad.shape, generator=generator, dtype=grad.dtype)
            grad = grad + settings.noise * noise
        moved, state = rule.step(swarm.theta, grad, state, t, steering)
        swarm.alive &= in_play(options, moved)
        swarm.theta = torch.where(swarm.alive[..., None], moved, swarm.theta)
        swarm.grad = value_grad(options, swarm.theta)[1]
        note(swarm, targets, t, settings.tolerance)
        yield swarm


def steer(settings: Settings) -> Hyper:
    """The hyperparameters, those that the optimizer has."""
    betas = {"beta1": settings.beta1, "beta2": settings.beta2}
    return hyper(settings.optimizer, lr=settings.lr, momentum=settings.momentum, **betas)


def note(swarm: Swarm, targets: Tensor, t: int, tolerance: float) -> None:
    """Note which minimum each start is at after t steps; one that changes minimum starts anew."""
    apart = (swarm.theta[..., None, :] - targets).norm(dim=-1)  # (n, n, k)
    distance, nearest = apart.min(dim=-1)
    here = torch.where((distance <= tolerance) & swarm.alive, nearest, -1)
    swarm.away[here < 0] = t
    swarm.away[(here >= 0) & (swarm.nearest >= 0) & (here != swarm.nearest)] = t - 1
    swarm.nearest = here


def _frame(swarm: Swarm, settings: Settings, step: int) -> Frame:
    (x0, x1), (y0, y1) = SURFACES[settings.surface].window
    x, y = swarm.theta[..., 0], swarm.theta[..., 1]
    outside = ~swarm.alive | (x < x0) | (x > x1) | (y < y0) | (y > y1)
    still = swarm.grad.norm(dim=-1) < FLAT
    other = torch.where(still, STUCK, torch.where(outside, LEFT, GOING))
    other = torch.where(swarm.alive, other, LEFT)
    reached = torch.where(swarm.nearest >= 0, swarm.nearest, other).numpy().astype(np.int8)
    needed = np.where(reached >= 0, swarm.away.numpy() + 1, 0).astype(np.int16)
    return Frame(
        step=step, metrics=_metrics(reached, needed, settings), reached=reached, needed=needed
    )


def _metrics(reached: np.ndarray, needed: np.ndarray, settings: Settings) -> dict[str, float]:
    """Shares of the starts; the median of steps; how many pairs of neighbours end apart."""
    count = len(minima(settings.options()))
    out = {f"share/{i + 1}": float((reached == i).mean()) for i in range(count)}
    out |= {"none": float((reached < 0).mean()), "stuck": float((reached == STUCK).mean())}
    out["left"] = float((reached == LEFT).mean())
    out["steps_median"] = float(np.median(needed[reached >= 0])) if (reached >= 0).any() else 0.0
    across, up = reached[:, 1:] != reached[:, :-1], reached[1:] != reached[:-1]
    return {**out, "border": float(np.concatenate([across.ravel(), up.ravel()]).mean())}
