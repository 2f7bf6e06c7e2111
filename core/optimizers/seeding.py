"""Two optimizers on the same seeds, each at its own best rate: batched, paired, honest.

Every seed gives first weights and an order of the batches, which both optimizers and all rates
share. Networks of all seeds and rates train as one tensor. The rate is chosen by the validation
accuracy, averaged over seeds; the test set only measures what was chosen.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.data import digits
from core.data.toys import TOYS
from core.measure.paired import interval
from core.measure.tuning import choose
from core.nets.mlp import Shape, accuracy, initial, loss, outputs, with_ones
from core.optimizers.hyper import hyper
from core.optimizers.rules import RULES
from core.optimizers.seeds import Frame, Settings, grid
from core.optimizers.training import Stream, Trainer

FRAMES = 24
ROOM = 1 << 21  # numbers of batch data laid out at a time
TOY_SIZES, TOY_NOISE = (250, 250, 1000), 0.1  # training, validation, test points
DIGIT_SHARES = (0.6, 0.2, 0.2)

Pair = tuple[Tensor, Tensor]  # x (n, d) and y (n, k)


@dataclass(frozen=True)
class Parts:
    """Data to learn from, to choose the rate by, and to measure with."""

    train: Pair
    validation: Pair
    test: Pair


class Entrant:
    """One optimizer at every rate on every seed: R * S networks, rate by rate."""

    def __init__(self, name: str, shape: Shape, first: Tensor, batch: int) -> None:
        self.rates = torch.tensor(grid(name), dtype=first.dtype)
        self.shape, self.seeds = shape, len(first)
        rates = self.rates.repeat_interleave(self.seeds)[:, None].expand(-1, shape.count)
        each = first.repeat(len(self.rates), 1)
        steps = hyper(name, lr=shape.flatten(rates))
        self.trainer = Trainer(shape, each, batch, RULES[name], steps)

    def advance(self, x: Tensor, y: Tensor) -> None:
        """One update a batch. x: (K, S, B, d + 1). y: (K, S, B, k). Every rate gets the same."""
        count = len(self.rates)
        self.trainer.advance(x.repeat(1, count, 1, 1), y.repeat(1, count, 1, 1))

    @torch.no_grad()
    def measure(self, pair: Pair, rate: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Accuracy and loss on the data, (R, S), or (1, S) at the rate of that number."""
        blocks = self.trainer.net.blocks
        if rate is not None:
            blocks = [b[rate * self.seeds : (rate + 1) * self.seeds] for b in blocks]
        logits = outputs(self.shape, blocks, pair[0])[-1]
        found = accuracy(logits, pair[1]), loss(logits, pair[1])
        one, other = (part.reshape(-1, self.seeds).double().numpy() for part in found)
        return one, other


def run(settings: Settings) -> Iterator[Frame]:
    """A frame every steps/24, from step 0: accuracies so far, rates chosen so far."""
    parts = load(settings)
    sizes = (parts.train[0].shape[1], *settings.layers, parts.train[1].shape[1])
    shape = Shape(sizes, "tanh")
    seeds = [np.random.default_rng([settings.seed, n]) for n in range(settings.seeds)]
    first = torch.from_numpy(np.stack([initial(shape, rng) for rng in seeds])).float()
    streams = [Stream(len(parts.train[0]), settings.batch_size, rng) for rng in seeds]
    names = (settings.first, settings.second)
    entrants = [Entrant(name, shape, first, streams[0].batch) for name in names]
    every, done, seconds = math.ceil(settings.steps / FRAMES), 0, 0.0
    while True:
        yield _frame(settings, done, parts, entrants, seconds)
        if done == settings.steps:
            return
        began, count = time.perf_counter(), min(every, settings.steps - done)
        _advance(parts, entrants, torch.stack([s.take(count) for s in streams], 1))
        done, seconds = done + count, seconds + time.perf_counter() - began


def _advance(parts: Parts, entrants: list[Entrant], chosen: Tensor) -> None:
    """Updates with the batches of these indices (K, S, B), laid out a few steps at a time."""
    x1, y = with_ones(parts.train[0]), parts.train[1]
    copies = len(entrants[0].rates) * chosen[0].numel() * (x1.shape[1] + y.shape[1])
    for some in torch.split(chosen, max(1, ROOM // copies)):
        for entrant in entrants:
            entrant.advance(x1[some], y[some])


def load(settings: Settings) -> Parts:
    """The three parts, the same for every seed."""
    if settings.data == "digits":
        images, labels = digits.load()
        x = torch.from_numpy(images * 2 - 1)
        y = torch.nn.functional.one_hot(torch.from_numpy(labels)).float()
        pieces = [(x[part], y[part]) for part in digits.split(labels, DIGIT_SHARES)]
        return Parts(*pieces)
    points, classes = TOYS[settings.data](sum(TOY_SIZES), np.random.default_rng(0), TOY_NOISE)
    x, y = torch.from_numpy(points), torch.from_numpy(classes).float()[:, None]
    return Parts(*zip(x.split(TOY_SIZES), y.split(TOY_SIZES), strict=True))


def _frame(
    settings: Settings, step: int, parts: Parts, entrants: list[Entrant], seconds: float
) -> Frame:
    checked = [entrant.measure(parts.validation) for entrant in entrants]
    best = [choose(*one) for one in checked]
    tested = [e.measure(parts.test, n)[0][0] for e, n in zip(entrants, best, strict=True)]
    mean, low, high = interval(tested[0] - tested[1])
    metrics = {"difference": mean, "difference_low": low, "difference_high": high}
    names = (settings.first, settings.second)
    for name, n, right in zip(names, best, tested, strict=True):
        metrics[f"accuracy/{name}"] = float(right.mean())
        metrics[f"best_lr/{name}"] = float(grid(name)[n])
    nets = sum(len(e.rates) * e.seeds for e in entrants)
    return Frame(
        step=step,
        metrics=metrics,
        timing={"steps_per_s": step / seconds, "networks": nets} if seconds else {},
        validation=np.stack([right for right, _ in checked]).astype(np.float32),
        test=np.stack(tested).astype(np.float32),
        best=np.array(best),
    )
