"""Learning-rate schedules, each torch's own, as factors on the learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch.optim import SGD, lr_scheduler
from torch.optim.lr_scheduler import LRScheduler

SCHEDULES: dict[str, Callable[[SGD, int], LRScheduler]] = {
    "step": lambda o, n: lr_scheduler.StepLR(o, step_size=math.ceil(n / 3), gamma=0.1),
    "cosine": lambda o, n: lr_scheduler.CosineAnnealingLR(o, T_max=n),
    "warm-up": lambda o, n: lr_scheduler.LinearLR(o, 0.01, total_iters=math.ceil(n / 10)),
    "one-cycle": lambda o, n: lr_scheduler.OneCycleLR(o, 1.0, total_steps=n, cycle_momentum=False),
    "inverse-sqrt": lambda o, n: lr_scheduler.LambdaLR(o, lambda t: 1 / math.sqrt(t + 1)),
}


def factors(name: str, steps: int) -> np.ndarray:
    """What multiplies the learning rate at each of the steps, shape (steps,); KeyError if unknown.

    step: a tenth after each third. cosine: to 0 along half a cosine. warm-up: rising evenly over
    the first tenth. one-cycle: up from 1/25 over three tenths, down to nearly 0 (Smith 2018).
    inverse-sqrt: 1/sqrt(t), t from 1.
    """
    if name == "constant":
        return np.ones(steps)
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = SCHEDULES[name](optimizer, steps)
    out = np.empty(steps)
    for t in range(steps):
        out[t] = optimizer.param_groups[0]["lr"]
        optimizer.step()
        if t + 1 < steps:
            scheduler.step()
    return out
