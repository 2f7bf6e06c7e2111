"""Training a network to undo noise: points of the target, a time, noise, and what is to be said.

Algorithm 1 of Ho, Jain and Abbeel 2020 with torch.optim. Times are spread evenly over a batch,
moved by one random number (Kingma et al. 2021, appendix I.1): the loss jumps about less.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, optim

from core.diffusion.denoiser import Denoiser, Spec, aim, build
from core.diffusion.plane import Frame, Settings
from core.diffusion.plane_portrait import Portrait
from core.diffusion.plane_weights import weights_of
from core.experiment import Diverged
from core.nets.batches import random, stops

FRAMES = 16
BETAS = (0.9, 0.99)  # of Adam
GOOD_LR = 3e-3


class Trainer:
    """A network, its optimizer and its running mean. t: updates done."""

    def __init__(self, settings: Settings, generator: torch.Generator) -> None:
        self.settings, self.random, self.t = settings, generator, 0
        self.net = build(spec_of(settings), generator)
        self.average = copy.deepcopy(self.net).requires_grad_(False)
        self.parameters = list(self.net.parameters())
        self.optimizer = optim.Adam(self.parameters, settings.lr, BETAS, fused=True)
        mixture, course = settings.mixture, settings.course
        self.centres = torch.tensor(mixture.centres, dtype=torch.float32)
        self.sigma, self.total = mixture.sigma, course.steps
        self.signal, self.noise = (
            torch.tensor(one, dtype=torch.float32)[:, None] for one in (course.signal, course.noise)
        )
        weights = torch.tensor(weights_of(settings, course), dtype=torch.float32)
        self.weights = None if settings.weighting == "simple" else weights[:, None]

    def step(self) -> float:
        """One update; the loss before it."""
        loss = self.loss(self.data(self.settings.batch_size))
        grads = torch.autograd.grad(loss, self.parameters)
        for parameter, grad in zip(self.parameters, grads, strict=True):
            parameter.grad = grad
        if self.settings.decay:
            share = self.t / self.settings.steps
            self.optimizer.param_groups[0]["lr"] = (
                self.settings.lr * 0.5 * (1 + math.cos(math.pi * share))
            )
        self.optimizer.step()
        self.t += 1
        if self.settings.ema:
            keep = min(self.settings.ema, self.t / (self.t + 10))
            now = [parameter.detach() for parameter in self.parameters]
            torch._foreach_lerp_(list(self.average.parameters()), now, 1 - keep)
        return loss.item()

    def data(self, n: int) -> Tensor:
        """Points of the target, (n, 2)."""
        chosen = torch.randint(len(self.centres), (n,), generator=self.random)
        spread = torch.randn(n, 2, generator=self.random)
        return torch.add(self.centres[chosen], spread, alpha=self.sigma)

    def loss(self, x0: Tensor) -> Tensor:
        """The weighted squared error, a mean over points, times and both numbers."""
        n = len(x0)
        u = (torch.arange(n) + torch.rand((), generator=self.random)) / n
        t = (u * self.total).long().clamp(max=self.total - 1) + 1
        noise = torch.randn(n, 2, generator=self.random)
        a, s = self.signal[t], self.noise[t]
        wrong = self.net(a * x0 + s * noise, t / self.total)
        wrong = (wrong - aim(self.settings.predict, x0, noise, a, s)).square()
        weighted: Tensor = wrong if self.weights is None else self.weights[t] * wrong
        return weighted.mean()

    @property
    def shown(self) -> Denoiser:
        """The network that samples: the running mean, where one is kept."""
        return self.average if self.settings.ema else self.net


def spec_of(settings: Settings) -> Spec:
    """The network that is asked for."""
    own = settings.points if settings.target == "drawn" else ""
    return Spec(
        settings.target, own, settings.predict, settings.schedule, settings.total,
        settings.time, settings.places, settings.width, settings.depth,
    )  # fmt: skip


def run(settings: Settings) -> Iterator[Frame]:
    """Train. Raises Diverged when the loss is no number any more."""
    own, shown = np.random.SeedSequence(settings.seed).spawn(2)
    trainer = Trainer(settings, random(own))
    portrait = Portrait(settings, shown)
    seconds = 0.0
    for now, until in pairwise(stops(settings.steps, FRAMES)):
        yield _frame(trainer, portrait, now, seconds)
        start = time.perf_counter()
        for step in range(now, until):
            if not math.isfinite(trainer.step()):
                raise diverged(settings, step)
        seconds += time.perf_counter() - start
    yield _frame(trainer, portrait, settings.steps, seconds)


def _frame(trainer: Trainer, portrait: Portrait, step: int, seconds: float) -> Frame:
    """The frame; Diverged if a number in it is none."""
    try:
        return portrait.frame(trainer.shown, step, seconds)
    except FloatingPointError:
        raise diverged(trainer.settings, step) from None


def diverged(settings: Settings, step: int) -> Diverged:
    """After so many updates the loss was no number any more: which setting did it."""
    fix = {"lr": GOOD_LR} if settings.lr > GOOD_LR else {"weighting": "snr"}
    says = f"the learning rate, {settings.lr:,.10g}, is too large"
    return Diverged(step, f"At step {step} the loss stopped being a number: {says}.", fix)
