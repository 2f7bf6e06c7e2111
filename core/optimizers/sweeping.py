"""Every cell of a plane of learning rates and momenta as one tensor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.optimizers.hyper import Hyper, Number
from core.optimizers.rules import RULES, hyper
from core.optimizers.surfaces import SURFACES, turn, value_grad
from core.optimizers.sweep_plane import Frame, Settings, momenta, rates

FRAMES = 61
LIMIT = 1e6  # times the start's height over the minimum: beyond, it has blown up
GOING, SETTLED, BLOWN = 0, 1, 2


@dataclass
class Verdict:
    """What is known of each cell (rows, columns)."""

    above: Tensor  # int64: the last step at which it was above the tolerance, or -1
    blown: Tensor  # int64: the step at which it blew up, or -1
    loss: Tensor  # height over the minimum


def plane(settings: Settings) -> Iterator[Frame]:
    """Some 60 frames of a plane whose cells all take the same step at the same time."""
    options, rule = settings.options(), RULES[settings.optimizer]
    steering, shape = steer(settings)
    start = torch.tensor(turn(options, settings.origin()), dtype=torch.float64)
    theta = start.expand(*shape, 2).clone()
    floor = min(z for _, _, z in SURFACES[settings.surface].minima)
    generator = torch.Generator().manual_seed(settings.seed)

    loss, grad = value_grad(options, theta)
    never = torch.full(shape, -1)
    verdict = Verdict(never.clone(), never.clone(), loss)
    limit = LIMIT * max(float(loss[0, 0] - floor), settings.tolerance)
    judge(verdict, loss - floor, 0, settings.tolerance, limit)
    state = rule.init(theta)
    marks = set(np.linspace(0, settings.steps, FRAMES).round().astype(int).tolist())
    yield _frame(verdict, 0, settings)
    for t in range(1, settings.steps + 1):
        if settings.noisy:
            grad = grad + settings.noise * torch.randn(2, generator=generator, dtype=grad.dtype)
        moved, state = rule.step(theta, grad, state, t, steering)
        loss, slope = value_grad(options, moved)
        judge(verdict, loss - floor, t, settings.tolerance, limit)
        alive = (verdict.blown < 0)[..., None]  # a cell that blew up stays where it last was
        theta, grad = torch.where(alive, moved, theta), torch.where(alive, slope, 0.0)
        if t in marks:
            yield _frame(verdict, t, settings)


def steer(settings: Settings) -> tuple[Hyper, tuple[int, int]]:
    """The hyperparameters of all cells, as tensors that broadcast, and the plane's shape."""
    lr = torch.from_numpy(rates(settings))[None, :, None]  # (1, columns, 1)
    beta = torch.from_numpy(momenta(settings))[:, None, None]  # (rows, 1, 1)
    numbers: dict[str, Number] = {"beta1": settings.beta1, "beta2": settings.beta2, "lr": lr}
    steering = hyper(settings.optimizer, **{**numbers, settings.upright(): beta})
    return steering, (len(beta), lr.shape[1])


def judge(verdict: Verdict, loss: Tensor, t: int, tolerance: float, limit: float) -> None:
    """Note which cells blew up at step t, and which are above the tolerance.

    loss: height over the minimum. A cell has been settled since it was last above.
    """
    wild = ~(loss < limit)  # NaN is wild too
    verdict.blown[wild & (verdict.blown < 0)] = t
    verdict.loss = torch.where(verdict.blown >= 0, limit, loss)
    verdict.above[verdict.loss > tolerance] = t


def _frame(verdict: Verdict, step: int, settings: Settings) -> Frame:
    blown, above = verdict.blown.numpy(), verdict.above.numpy()
    settled = (blown < 0) & (above < step)
    state = np.where(blown >= 0, BLOWN, np.where(settled, SETTLED, GOING)).astype(np.int8)
    needed = np.where(blown >= 0, blown, np.where(settled, above + 1, 0)).astype(np.int32)
    loss = verdict.loss.numpy().astype(np.float32)
    metrics = _metrics(state, needed, loss, settings)
    return Frame(step=step, metrics=metrics, loss=loss, state=state, needed=needed)


def _metrics(
    state: np.ndarray, needed: np.ndarray, loss: np.ndarray, settings: Settings
) -> dict[str, float]:
    """Shares of the plane; its fastest cell, if any, of equals the lowest; the edges seen."""
    rate, beta = rates(settings), momenta(settings)
    out = {
        "converged": float((state == SETTLED).mean()),
        "diverged": float((state == BLOWN).mean()),
    }
    for name, end in (("bottom", 0), ("top", -1)):
        held = rate[state[end] != BLOWN]
        out[f"largest_rate/{name}"] = float(held.max()) if len(held) else 0.0
    if (state == SETTLED).any():
        steps = np.where(state == SETTLED, needed, np.iinfo(np.int32).max)
        fastest = np.where(steps == steps.min(), loss, np.inf)
        row, column = divmod(int(fastest.argmin()), len(rate))
        out["best_steps"] = float(steps.min())
        out["best_lr"] = float(rate[column])
        name = "momentum" if settings.upright() == "momentum" else "beta"
        out[f"best_{name}"] = float(beta[row])
    return out
