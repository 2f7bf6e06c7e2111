"""The game of two networks in the plane: torch.optim and autograd, one or many games at once.

Algorithm 1 of Goodfellow et al. 2014: some updates of the discriminator, then one of the generator.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import torch
from torch import Tensor, optim

from core.data.mixtures import Mixture
from core.experiment import Diverged
from core.gan.losses import LOSSES, descend, gradient_penalty, r1
from core.gan.nets import build
from core.gan.plane import Frame, Settings
from core.gan.portrait import Portrait

FRAMES = 48
BETA2 = 0.99  # of Adam, as Karras et al. 2018; with 0.999 modes are lost late more often
GOOD_LR = {"adam": 1e-3, "rmsprop": 1e-3, "sgd": 0.1}

Params = Sequence[Tensor]
OPTIMIZERS: dict[str, Callable[[Params, float, float], optim.Optimizer]] = {
    "adam": lambda p, lr, beta1: optim.Adam(p, lr, betas=(beta1, BETA2), fused=True),
    "rmsprop": lambda p, lr, beta1: optim.RMSprop(p, lr, foreach=True),
    "sgd": lambda p, lr, beta1: optim.SGD(p, lr, foreach=True),
}


class Draws:
    """Real samples and noise of S games, each from a random generator of its own."""

    def __init__(self, settings: Settings, mixture: Mixture, seeds: Sequence[int]) -> None:
        self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self.centres = torch.tensor(mixture.centres, dtype=torch.float32)
        self.sigma, self.settings = mixture.sigma, settings

    def real(self, n: int) -> Tensor:
        """Samples of the target, (S, n, 2)."""
        count = len(self.centres)
        drawn = [
            (torch.randint(count, (n,), generator=g), torch.randn(n, 2, generator=g))
            for g in self.generators
        ]
        chosen, spread = map(torch.stack, zip(*drawn, strict=True))
        return torch.add(self.centres[chosen], spread, alpha=self.sigma)

    def noise(self, n: int) -> Tensor:
        """What the generator starts from, (S, n, noise_dim)."""
        shape = (n, self.settings.noise_dim)
        if self.settings.noise_law == "uniform":
            return self.uniform(*shape) * 2 - 1
        return self.normal(*shape)

    def uniform(self, *shape: int) -> Tensor:
        """Uniform in [0, 1), (S, *shape)."""
        return torch.stack([torch.rand(shape, generator=g) for g in self.generators])

    def normal(self, *shape: int) -> Tensor:
        """Standard normal, (S, *shape)."""
        return torch.stack([torch.randn(shape, generator=g) for g in self.generators])


class Game:
    """S games with the same rules, one a seed. t: updates of the generator done."""

    def __init__(self, settings: Settings, seeds: Sequence[int]) -> None:
        self.settings, self.t = settings, 0
        self.draws = Draws(settings, settings.mixture, seeds)
        hidden = [settings.width] * settings.depth
        generators, act = self.draws.generators, settings.activation
        self.g = build(
            [settings.noise_dim, *hidden, 2], act, generators, batch_norm=settings.batch_norm
        )
        self.d = build(
            [2 * settings.packing, *hidden, 1], act, generators, spectral=settings.spectral
        )
        make = OPTIMIZERS[settings.optimizer]
        self.d_optimizer = make(self.d.parameters, settings.lr_d, settings.beta1)
        self.g_optimizer = make(self.g.parameters, settings.lr_g, settings.beta1)
        self.average = [p.detach().clone() for p in self.g.parameters]
        self.rules = LOSSES[settings.loss]
        self.r1: float | Tensor = settings.r1  # a number a game where games differ in it

    def step(self) -> float:
        """One round: ``d_steps`` updates of D, then one of G. Returns the sum of their losses."""
        alone = self.settings.phases if self.t >= self.settings.alone_from else "both"
        total = 0.0
        if alone != "g":
            for _ in range(self.settings.d_steps):
                total += self.update_d()
        if alone != "d":
            total += self.update_g()
        self.t += 1
        return total

    def update_d(self) -> float:
        """One update of the discriminator; its loss before, with penalties, summed over games."""
        settings, n = self.settings, self.settings.batch_size
        real = self._seen(self.draws.real(n))
        with torch.no_grad():
            fake = self._seen(self.g(self.draws.noise(n)))
        real, fake = self.packed(real), self.packed(fake)
        self.d.iterate()
        said = self.d(torch.cat([real, fake], 1))
        m = real.shape[1]
        loss = self.rules.d(said[:, :m], said[:, m:], 1 - settings.smoothing)
        if settings.r1:
            loss = loss + self.r1 * r1(self.d, real)
        if settings.loss == "wgan-gp":
            share = self.draws.uniform(real.shape[1], 1)
            loss = loss + settings.penalty * gradient_penalty(self.d, real, fake, share)
        descend(self.d_optimizer, self.d.parameters, loss)
        if settings.loss == "wasserstein":
            with torch.no_grad():
                for parameter in self.d.parameters:
                    parameter.clamp_(-settings.clip, settings.clip)
        return loss.sum().item()

    def update_g(self) -> float:
        """One update of the generator; its loss before, summed over games."""
        settings, n = self.settings, self.settings.batch_size
        fake = self.packed(self._seen(self.g(self.draws.noise(n))))
        if settings.feature_matching:
            real = self.packed(self._seen(self.draws.real(n)))
            gap = self.d.features(real)[0].mean(1) - self.d.features(fake)[0].mean(1)
            loss = (gap**2).sum(-1)  # Salimans et al. 2016, section 3.1
        else:
            loss = self.rules.g(self.d(fake))
        descend(self.g_optimizer, self.g.parameters, loss)
        if settings.ema:
            now = [p.detach() for p in self.g.parameters]
            torch._foreach_lerp_(self.average, now, 1 - settings.ema)
        return loss.sum().item()

    def packed(self, x: Tensor) -> Tensor:
        """As many samples side by side as D judges at once: (S, n // m, 2 m). Lin et al. 2018."""
        m = self.settings.packing
        if m == 1:
            return x
        return x[:, : x.shape[1] // m * m].reshape(len(x), -1, 2 * m)

    def _seen(self, x: Tensor) -> Tensor:
        """Samples as the discriminator sees them: under instance noise, if any."""
        noise = self.settings.instance_noise
        return x + noise * self.draws.normal(*x.shape[1:]) if noise else x

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Within, the generator has the running mean of its weights, where one is asked for."""
        if not self.settings.ema:
            yield
            return
        with torch.no_grad():
            own = [p.clone() for p in self.g.parameters]
            torch._foreach_copy_(self.g.parameters, self.average)
            yield
            torch._foreach_copy_(self.g.parameters, own)


def run(settings: Settings) -> Iterator[Frame]:
    """Play one game. Raises Diverged when a loss is no number any more."""
    game = Game(settings, [settings.seed])
    portrait = Portrait(game)
    seconds = 0.0
    for now, until in pairwise(stops(settings.steps)):
        yield _frame(portrait, now, seconds)
        start = time.perf_counter()
        for _ in range(now, until):
            if not math.isfinite(game.step()):
                raise diverged(settings, game.t - 1)
        seconds += time.perf_counter() - start
    yield _frame(portrait, settings.steps, seconds)


def stops(steps: int, frames: int = FRAMES) -> list[int]:
    """The steps at which there is a frame, closer together at first."""
    return sorted({round(steps * (n / frames) ** 1.5) for n in range(frames + 1)})


def _frame(portrait: Portrait, step: int, seconds: float) -> Frame:
    """The frame; Diverged if a number in it is none."""
    try:
        frame = portrait.frame(step, seconds)
    except FloatingPointError:
        raise diverged(portrait.game.settings, step) from None
    if not all(map(math.isfinite, frame.metrics.values())):
        raise diverged(portrait.game.settings, step)
    return frame


def diverged(settings: Settings, step: int) -> Diverged:
    """After so many rounds a loss was no number any more: which setting did it."""
    good = GOOD_LR[settings.optimizer]
    names = {"lr_d": "the learning rate of D", "lr_g": "the learning rate of G"}
    most = max(names, key=lambda name: getattr(settings, name))
    fix = {name: good for name in names if getattr(settings, name) > good}
    fix = fix or {most: max(1e-5, getattr(settings, most) / 10)}
    says = f"{names[most]}, {getattr(settings, most):.10g}, is too large"
    return Diverged(step, f"At step {step} a loss stopped being a number: {says}.", fix)
