"""The game on images: torch.nn, torch.optim, one update of each player a step."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, optim

from core.experiment import Diverged
from core.gan.convnets import Average, Discriminator, Generator, Spec, build
from core.gan.images import Frame, Settings
from core.gan.images_data import Images, load
from core.gan.images_portrait import Portrait
from core.gan.losses import LOSSES, descend, gradient_penalty
from core.nets.batches import Batches, random, stops

BETAS = (0.5, 0.99)  # of Adam; DCGAN's first, a shorter second memory for a short game
PENALTY = 10.0  # weight of the gradient penalty (Gulrajani et al. 2017)
DECAY = 0.995  # of the running mean of the generator's weights
GOOD_LR = 1e-3


class Game:
    """Both networks and their optimizers. t: steps done. average: the generator that is shown."""

    def __init__(self, spec: Spec, settings: Settings, random: torch.Generator) -> None:
        self.g, self.d = build(spec, random)
        self.loss, self.penalised = LOSSES[settings.loss], settings.loss == "wgan-gp"
        self.random, self.spec, self.t = random, spec, 0
        self.d_optimizer = optim.Adam(self.d.parameters(), settings.lr_d, BETAS)
        self.g_optimizer = optim.Adam(self.g.parameters(), settings.lr_g, BETAS)
        self.average = Average(self.g, DECAY)

    def step(self, x: Tensor, y: Tensor) -> tuple[float, float]:
        """The discriminator's update, then the generator's, on real images x of classes y.

        Returns both losses, each before its own update, the gradient penalty left out.
        """
        fake = self.g(self._noise(len(x)), y)
        d_loss = self.loss.d(self.d(x, y), self.d(fake.detach(), y), 1.0)
        penalty = self._penalty(x, fake.detach(), y)
        descend(self.d_optimizer, self.d.parameters(), d_loss + penalty)
        g_loss = self.loss.g(self.d(fake, y))
        descend(self.g_optimizer, self.g.parameters(), g_loss)
        self.average.update(self.g)
        self.t += 1
        return d_loss.item(), g_loss.item()

    @torch.no_grad()
    def look(self, x: Tensor, y: Tensor) -> tuple[float, float]:
        """Both losses on a batch, nothing updated."""
        fake = self.average.net(torch.randn(len(x), self.spec.noise_dim, generator=_fixed()), y)
        real, made = self.d(x, y), self.d(fake, y)
        return float(self.loss.d(real, made, 1.0)), float(self.loss.g(made))

    def _penalty(self, x: Tensor, fake: Tensor, y: Tensor) -> Tensor | float:
        if not self.penalised:
            return 0.0
        share = torch.rand(len(x), 1, generator=self.random)
        return PENALTY * gradient_penalty(
            lambda flat: self.d(flat.view_as(x), y), x.flatten(1), fake.flatten(1), share
        )

    def _noise(self, count: int) -> Tensor:
        return torch.randn(count, self.spec.noise_dim, generator=self.random)


def run(settings: Settings) -> Iterator[Frame]:
    """Play; 21 frames at most, closer together at first. Raises Diverged at a loss that is none."""
    order, shown, own = np.random.SeedSequence(settings.seed).spawn(3)
    images = load(settings.data, settings.train_size)
    game = Game(spec_of(settings, images), settings, random(own))
    batches = Batches(len(images.x), settings.batch_size, np.random.default_rng(order))
    portrait = Portrait(settings, images, random(shown))
    losses, seconds = [game.look(images.x[:32], images.y[:32])], 0.0
    for now, until in pairwise(stops(settings.steps)):
        yield portrait.frame(game.average.net, now, losses, seconds)
        start, losses = time.perf_counter(), []
        for step in range(now, until):
            chosen = batches.next()
            losses.append(game.step(images.x[chosen], images.y[chosen]))
            if not all(map(math.isfinite, losses[-1])):
                raise _diverged(settings, step)
        seconds += time.perf_counter() - start
    yield portrait.last(game.average.net, game.d, settings.steps, losses, seconds)


def spec_of(settings: Settings, images: Images) -> Spec:
    """The networks that are asked for."""
    return Spec(
        settings.data, images.side, settings.noise_dim, settings.conditional, settings.width
    )


def _fixed() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _diverged(settings: Settings, step: int) -> Diverged:
    name, rate = max(
        ("discriminator", settings.lr_d), ("generator", settings.lr_g), key=lambda pair: pair[1]
    )
    says = f"the {name}'s learning rate {rate:,.10g} is too large"
    fix = {"lr_d": GOOD_LR, "lr_g": GOOD_LR}
    return Diverged(step, f"At step {step} a loss stopped being a number: {says}.", fix)


__all__ = ["Discriminator", "Game", "Generator", "run", "spec_of"]
