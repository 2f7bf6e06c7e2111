"""How a denoiser of images or codes learns: noise them to random times, predict, compare, update.

Works on any net(x, t, y) that predicts v: the U-Net on pixels, the dense one on latent codes.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn, optim
from torch.nn import functional

from core.diffusion.schedules import Schedule
from core.diffusion.unet import NULL

BETAS = (0.9, 0.99)  # of Adam: a shorter second memory for a short training
WARM, FALL = 50, 0.3  # steps of rising rate; the share of the steps in which it falls to 0
LONG = 0.999  # of the running mean of the weights


class Average:
    """A copy whose weights are a running mean of another's (Ho, Jain and Abbeel 2020, appendix B).

    Started late, first weights would count too much, so the share grows to ``decay``.
    """

    def __init__(self, net: nn.Module, decay: float = LONG) -> None:
        self.net = copy.deepcopy(net).eval().requires_grad_(False)
        self.decay, self.t = decay, 0
        self._pairs = list(zip(self.net.parameters(), net.parameters(), strict=True))

    @torch.no_grad()
    def update(self) -> None:
        """One step towards the weights as they are now."""
        self.t += 1
        share = 1 - min(self.decay, (1 + self.t) / (10 + self.t))
        for mine, theirs in self._pairs:
            mine.lerp_(theirs, share)


class Learner:
    """A network, its optimizer and its average. t: steps done.

    drop: the share of examples whose class is left out, so that the same network also learns to
    denoise without one (classifier-free guidance, Ho and Salimans 2022, algorithm 1).
    """

    def __init__(
        self,
        net: Any,
        course: Schedule,
        lr: float,
        steps: int,
        drop: float,
        generator: torch.Generator,
        fall: float = FALL,
    ) -> None:
        self.net, self.lr, self.steps, self.drop, self.fall = net, lr, steps, drop, fall
        self.random, self.t = generator, 0
        self.device = next(net.parameters()).device
        self.signal, self.noise = (
            torch.from_numpy(part).float() for part in (course.signal, course.noise)
        )
        self.optimizer = optim.Adam(net.parameters(), lr, BETAS)
        self.average = Average(net)

    def step(self, x: Tensor, y: Tensor) -> float:
        """One update on x (n, ...) of classes y (n,); the loss before it."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr * pace(self.t, self.steps, self.fall)
        loss = self.loss(x, y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.average.update()
        self.t += 1
        return loss.item()

    def loss(self, x: Tensor, y: Tensor, net: Any = None) -> Tensor:
        """The mean squared error of v at random times, spread evenly over the batch.

        v = signal e - noise x_0 (Salimans and Ho 2022, appendix D); the even spread of times is
        that of Kingma et al. 2021, appendix I.1.
        """
        n, steps = len(x), len(self.signal) - 1
        spread = (torch.arange(n) + torch.rand(n, generator=self.random)) / n
        t = (1 + spread * steps).long().clamp(max=steps)
        noise = torch.randn(x.shape, generator=self.random)
        dropped = torch.rand(n, generator=self.random) < self.drop
        a, s = (part[t].view(-1, *[1] * (x.dim() - 1)) for part in (self.signal, self.noise))
        noised, goal = a * x + s * noise, a * noise - s * x
        y = torch.where(dropped, NULL, y)
        noised, goal, t, y = (part.to(self.device) for part in (noised, goal, t, y))
        return functional.mse_loss((net or self.net)(noised, t, y), goal)


def pace(step: int, steps: int, fall: float = FALL) -> float:
    """The learning rate's share at a step: up along a line, level, and down to 0 at the end."""
    left = (steps - step) / max(1.0, fall * steps)
    return min(1.0, (step + 1) / WARM, left)
