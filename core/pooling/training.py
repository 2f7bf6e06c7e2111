"""Training of a small convolutional network: torch.nn, torch.optim, batch after batch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn, optim
from torch.nn.functional import cross_entropy

from core.experiment import Diverged
from core.nets.cnn import Cnn, Dropout, initialise
from core.pooling.cnn import Frame, Settings
from core.pooling.cnn_data import load
from core.pooling.cnn_portrait import Portrait

FRAMES = 25
GOOD_LR = {
    "gradient-descent": 0.1,
    "momentum": 0.03,
    "rmsprop": 0.002,
    "adam": 0.002,
    "adamw": 0.002,
}
# These enlarge the gradient layer by layer; the size of Adam's steps does not depend on it.
LOUD = {"sum": "sum pooling", "l2": "L2 pooling"}
TITLES = {
    "gradient-descent": "gradient descent",
    "momentum": "momentum",
    "rmsprop": "RMSprop",
    "adam": "Adam",
}
TITLES |= {"adamw": "AdamW"}
Params = Iterable[nn.Parameter]
OPTIMIZERS: dict[str, Callable[[Params, float, float], optim.Optimizer]] = {
    "gradient-descent": lambda p, lr, decay: optim.SGD(p, lr, weight_decay=decay),
    "momentum": lambda p, lr, decay: optim.SGD(p, lr, momentum=0.9, weight_decay=decay),
    "rmsprop": lambda p, lr, decay: optim.RMSprop(p, lr, weight_decay=decay),
    "adam": lambda p, lr, decay: optim.Adam(p, lr, weight_decay=decay),
    "adamw": lambda p, lr, decay: optim.AdamW(p, lr, weight_decay=decay),
}


class Trainer:
    """A network and its optimizer. t: updates done."""

    def __init__(self, net: nn.Module, optimizer: optim.Optimizer) -> None:
        self.net, self.optimizer, self.t = net, optimizer, 0

    def step(self, x: Tensor, y: Tensor) -> float:
        """One update with the images x (B, 1, h, w) of classes y (B,).

        Returns the mean cross-entropy of the batch before it, in nats.
        """
        loss = cross_entropy(self.net(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.t += 1
        return loss.item()


class Batches:
    """Endless passes over n examples, shuffled anew each; a batch may reach into the next pass."""

    def __init__(self, n: int, size: int, rng: np.random.Generator) -> None:
        self.n, self.size, self.rng = n, min(size, n), rng
        self._left = np.empty(0, np.int64)

    def next(self) -> Tensor:
        """Indices (size,) of the next batch."""
        if len(self._left) < self.size:
            self._left = np.concatenate([self._left, self.rng.permutation(self.n)])
        now, self._left = self._left[: self.size], self._left[self.size :]
        return torch.from_numpy(now)


def run(settings: Settings) -> Iterator[Frame]:
    """Train; 26 frames at most, closer together at first. Raises Diverged when the loss is lost."""
    weights, order, dropout = np.random.SeedSequence(settings.seed).spawn(3)
    images = load(settings)
    net = build(settings, weights, dropout)
    optimizer = OPTIMIZERS[settings.optimizer](net.parameters(), settings.lr, settings.weight_decay)
    trainer = Trainer(net, optimizer)
    batches = Batches(len(images.x), settings.batch_size, np.random.default_rng(order))
    portrait, seconds = Portrait(settings, images), 0.0
    for now, until in pairwise(stops(settings.steps)):
        yield _sound(settings, portrait.frame(net, now, seconds))
        start = time.perf_counter()
        for _ in range(now, until):
            chosen = batches.next()
            if not math.isfinite(trainer.step(images.x[chosen], images.y[chosen])):
                raise _diverged(settings, trainer.t - 1)
        seconds += time.perf_counter() - start
    yield _sound(settings, portrait.last(net, settings.steps, seconds))


def build(
    settings: Settings, weights: np.random.SeedSequence, dropout: np.random.SeedSequence
) -> Cnn:
    """The network that the settings ask for, at its first weights, ready to train."""
    net = Cnn(settings.spec)
    initialise(net, settings.initialisation, generator(weights))
    for layer in net.modules():
        if isinstance(layer, Dropout):
            layer.generator = generator(dropout)
    return net.train()


def generator(seed: np.random.SeedSequence) -> torch.Generator:
    """Torch's random generator of that seed."""
    return torch.Generator().manual_seed(int(seed.generate_state(1)[0]))


def stops(steps: int, frames: int = FRAMES) -> list[int]:
    """The steps at which there is a frame: 0, then ever further apart, to the last.

    Their distance grows evenly, for a network learns most in its first steps.
    """
    return sorted({round(steps * (n / frames) ** 2) for n in range(frames + 1)})


def _sound(settings: Settings, frame: Frame) -> Frame:
    """The frame; Diverged if a number in it is none."""
    if not all(map(math.isfinite, frame.metrics.values())):
        raise _diverged(settings, frame.step)
    return frame


def _diverged(settings: Settings, step: int) -> Diverged:
    """After so many updates the loss was no number any more."""
    name = TITLES[settings.optimizer]
    fix: dict[str, Any] = {"lr": GOOD_LR[settings.optimizer]}
    if settings.optimizer in ("gradient-descent", "momentum") and settings.pooling in LOUD:
        name = f"{name} with {LOUD[settings.pooling]}"
        fix = {"optimizer": "adam", "lr": GOOD_LR["adam"]}
    says = f"learning rate {settings.lr:,.10g} is too large for {name}"
    return Diverged(step, f"At step {step} the training loss stopped being a number: {says}.", fix)
