"""The objective of every kind of autoencoder, and the loop that lowers it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn, optim

from core.experiment import Diverged
from core.nets.batches import Batches, random, stops
from core.vae.data import Data, load
from core.vae.images import Frame, Settings
from core.vae.likelihood import binarised, kl_to_prior, log_likelihood
from core.vae.nets import build, to_arrays
from core.vae.portrait import Portrait
from core.vae.quantise import quantise
from core.vae.spec import Spec

GOOD_LR = 2e-3
CHANNEL = 8  # units of width that make one channel of a convolution
IDLE = 100  # steps without an image, after which a code of the book is moved to where images are
OPTIMIZERS: dict[str, Callable[[Iterator[nn.Parameter], float], optim.Optimizer]] = {
    "adam": lambda params, lr: optim.Adam(params, lr),
    "rmsprop": lambda params, lr: optim.RMSprop(params, lr),
    "sgd": lambda params, lr: optim.SGD(params, lr, momentum=0.9),
}


class Trainer:
    """An autoencoder and its optimizer. t: steps done."""

    def __init__(self, spec: Spec, settings: Settings, generator: torch.Generator) -> None:
        self.net, self.settings, self.random = build(spec, generator), settings, generator
        self.optimizer = OPTIMIZERS[settings.optimizer](self.net.parameters(), settings.lr)
        self.t = 0
        self.idle = torch.zeros(spec.codes, dtype=torch.int64)

    def step(self, x: Tensor, y: Tensor) -> float:
        """One update on x (n, features) in [0, 1], y (n,); the objective before it, nats."""
        into, goal = self._pair(x)
        loss = self.objective(into, goal, y).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.t += 1
        return loss.item()

    def objective(self, into: Tensor, goal: Tensor, y: Tensor) -> Tensor:
        """What is minimised, of every image (n,): the error plus what its kind adds."""
        spec, s = self.net.spec, self.settings
        mean, log_var = self.net.encode(into, y)
        if spec.variational:
            noise = torch.randn(mean.shape, generator=self.random)
            code = mean + (0.5 * log_var).exp() * noise  # the reparameterisation trick
            more = self.weight() * self._kl(mean, log_var)
        elif spec.codes:
            code, more = self._quantised(mean)
        else:
            code, more = mean, torch.zeros(len(into))
        out = self.net.decode(code, y)
        error = -log_likelihood(goal, out, spec.likelihood, spec.sigma)
        return error / (spec.features if s.reduction == "mean" else 1) + more

    def weight(self) -> float:
        """The KL term's weight at this step: beta, after its warm-up."""
        s = self.settings
        whole = s.warm_up * s.steps
        return s.beta * (min(1.0, self.t / whole) if whole else 1.0)

    def _pair(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What goes in and what is to come out."""
        spec = self.net.spec
        if spec.kind == "denoising":
            spoilt = x + self.settings.noise * torch.randn(x.shape, generator=self.random)
            return spoilt.clamp(0, 1) if spec.side else spoilt, x
        if spec.likelihood == "bernoulli" and spec.kind != "autoencoder":
            x = binarised(x, self.random)
        return x, x

    def _kl(self, mean: Tensor, log_var: Tensor) -> Tensor:
        """KL (n,); where free, each dimension's average over the batch counts from there up."""
        each, free = kl_to_prior(mean, log_var), self.settings.free_bits
        return each.sum(1) if not free else each.mean(0).clamp_min(free).sum().expand(len(mean))

    def _quantised(self, into: Tensor) -> tuple[Tensor, Tensor]:
        spec = self.net.spec
        parts = into.unflatten(1, (spec.tokens, spec.latent_dim))
        self._revive(parts.detach().flatten(0, 1))
        found = quantise(parts, self.net.book)
        self.idle += 1
        self.idle[found.codes.flatten()] = 0
        return found.passed.flatten(1), found.loss

    @torch.no_grad()
    def _revive(self, vectors: Tensor) -> None:
        """Codes that are nobody's nearest move to vectors (m, d) of this batch.

        At first the whole book does, for it starts where no image is.
        """
        dead = torch.arange(len(self.idle)) if self.t == 0 else (self.idle >= IDLE).nonzero()[:, 0]
        if len(dead):
            chosen = torch.randint(len(vectors), (len(dead),), generator=self.random)
            shift = torch.randn(len(dead), vectors.shape[1], generator=self.random)
            self.net.book[dead] = vectors[chosen] + 0.01 * shift
            self.idle[dead] = 0


def run(settings: Settings) -> Iterator[Frame]:
    """Train; 21 frames at most, closer together at first. Raises Diverged at a loss that is NaN."""
    order, own, shown = np.random.SeedSequence(settings.seed).spawn(3)
    data = load(settings.data, settings.train_size)
    trainer = Trainer(spec_of(settings, data), settings, random(own))
    batches = Batches(len(data.x), settings.batch_size, np.random.default_rng(order))
    portrait = Portrait(trainer.net.spec, settings, random(shown))
    with torch.no_grad():
        x, y = data.x[:200], data.y[:200]
        losses = [float(trainer.objective(*trainer._pair(x), y).mean())]
    seconds = 0.0
    for now, until in pairwise(stops(settings.steps)):
        yield _seen(settings, portrait, trainer, losses, seconds)
        start, losses = time.perf_counter(), []
        for step in range(now, until):
            chosen = batches.next()
            losses.append(trainer.step(data.x[chosen], data.y[chosen]))
            if not math.isfinite(losses[-1]):
                raise _diverged(settings, step)
        seconds += time.perf_counter() - start
    yield _seen(settings, portrait, trainer, losses, seconds, to_arrays(trainer.net))


def _seen(settings: Settings, portrait: Portrait, trainer: Trainer, *told: Any) -> Frame:
    """The frame at the trainer's step. Raises Diverged where what it shows is not finite."""
    try:
        return portrait.frame(trainer.net, trainer.t, *told)
    except FloatingPointError:
        raise _diverged(settings, trainer.t) from None


def spec_of(settings: Settings, data: Data) -> Spec:
    """The network that is asked for."""
    s, points = settings, data.side == 0
    quantised, conv = s.kind == "vq-vae", s.layers == "conv" and not points
    return Spec(
        kind=s.kind,
        data=s.data,
        side=data.side,
        latent_dim=s.latent_dim,
        layers="conv" if conv else "dense",
        width=max(1, s.width // CHANNEL) if conv else s.width,
        likelihood="gaussian" if points else s.likelihood,
        sigma=s.point_sigma if points else s.sigma,
        codes=s.codes if quantised else 0,
        tokens=s.tokens if quantised else 1,
    )


def _diverged(settings: Settings, step: int) -> Diverged:
    says = f"the learning rate {settings.lr:,.10g} is too large"
    fix = {"lr": GOOD_LR}
    return Diverged(step, f"At step {step} the loss stopped being finite: {says}.", fix)
