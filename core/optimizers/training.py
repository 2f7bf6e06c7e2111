"""Training of the network experiment: batches, updates, and what each frame shows.

The update is the functional rule of ``rules``, on all parameters as one tensor; every trajectory
equals torch.nn with torch.optim on the same batches (tests, float64, 1e-9).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from core.experiment import Diverged
from core.nets.mlp import Mlp, Shape, initial, loss, outputs, with_ones
from core.optimizers import landscape
from core.optimizers.hyper import TITLES, Hyper, hyper
from core.optimizers.network import Frame, Settings
from core.optimizers.portrait import Portrait
from core.optimizers.rules import RULES, Rule
from core.optimizers.sets import Sets, load

FRAMES = 100
LOSS_LIMIT = 1e4  # nats; a blind guess has 0.69: past this no step says anything
GATHER = 1 << 21  # numbers of batch data laid out at a time
GOOD_LR = {"gradient-descent": 0.5, "momentum": 0.1, "nesterov": 0.1, "adagrad": 0.1}
GOOD_LR |= {"adadelta": 3.0, "adamax": 0.03, "lion": 0.003}  # on the ring; 0.01 for the others


class Stream:
    """Endless passes over n examples, shuffled anew each, cut into batches of one size.

    A batch may reach over the end of a pass. A full batch is not shuffled.
    """

    def __init__(self, n: int, batch: int, rng: np.random.Generator) -> None:
        self.n, self.batch, self.rng = n, min(batch, n), rng
        self._left = np.empty(0, np.int64)

    def take(self, count: int) -> Tensor:
        """Indices (count, batch) of the next batches."""
        if self.batch == self.n:
            return torch.arange(self.n).expand(count, self.n)
        need = count * self.batch - len(self._left)
        passes = [self.rng.permutation(self.n) for _ in range(math.ceil(need / self.n))]
        flat = np.concatenate([self._left, *passes])
        self._left = flat[count * self.batch :]
        return torch.from_numpy(flat[: count * self.batch].reshape(count, self.batch))


class Trainer:
    """S networks under one rule, with what the rule remembers. t: updates done.

    each: (S, P) first parameters. hyper: rates are floats, or (S * P,) as Shape.flatten lays out.
    """

    def __init__(self, shape: Shape, each: Tensor, batch: int, rule: Rule, hyper: Hyper) -> None:
        self.net = Mlp(shape, each, batch)
        self.rule, self.hyper, self.t = rule, hyper, 0
        self.state = rule.init(self.net.theta)

    @torch.no_grad()
    def advance(self, x: Tensor, y: Tensor) -> None:
        """One update a batch. x: (K, S, B, d + 1) with ones. y: (K, S, B, outputs)."""
        net, step, state, h = self.net, self.rule.step, self.state, self.hyper
        for a, a_t, b in zip(x.unbind(), x.transpose(-1, -2).unbind(), y.unbind(), strict=True):
            self.t += 1
            grad = net.gradient(a, a_t, b)
            if self.t == 1:
                grad = grad.clone()  # a rule may keep the first gradient itself
            theta, state = step(net.theta, grad, state, self.t, h)
            net.theta.copy_(theta)
        self.state = state

    def snapshot(self) -> tuple[Tensor, dict[str, Tensor], int]:
        """What :meth:`restore` takes the trainer back to."""
        return self.net.theta.clone(), self.state, self.t

    def restore(self, kept: tuple[Tensor, dict[str, Tensor], int]) -> None:
        """Back to a snapshot."""
        self.net.theta.copy_(kept[0])
        self.state, self.t = kept[1], kept[2]


def run(settings: Settings) -> Iterator[Frame]:
    """Train; a frame every steps/100, from step 0. Raises Diverged when the loss runs away."""
    data_rng, first_rng, order_rng, probe_rng = _generators(settings.seed)
    sets = load(settings, data_rng)
    shape = shape_of(settings, sets)
    each = torch.from_numpy(initial(shape, first_rng, settings.init)).to(sets.x.dtype)[None]
    stream = Stream(len(sets.x), settings.batch_size, order_rng)
    trainer = Trainer(shape, each, stream.batch, RULES[settings.optimizer], hyper_of(settings))
    portrait = Portrait(settings, sets, shape, Stream(stream.n, stream.batch, probe_rng))
    every, path = math.ceil(settings.steps / FRAMES), {0: each[0].clone()}
    seconds = 0.0
    while trainer.t < settings.steps:
        yield portrait.frame(trainer.net.theta, trainer.t, seconds)
        start = time.perf_counter()
        stretch(settings, sets, trainer, stream.take(min(every, settings.steps - trainer.t)))
        seconds += time.perf_counter() - start
        path[trainer.t] = shape.rows(trainer.net.theta, 1)[0]
    rows, kind = torch.stack(list(path.values())), settings.landscape
    around = landscape.around(kind, sets, shape, rows, list(path), settings.seed)
    yield portrait.last(trainer.net.theta, trainer.t, seconds, around)


def stretch(settings: Settings, sets: Sets, trainer: Trainer, chosen: Tensor) -> None:
    """Updates with the batches (K, B); raises Diverged at the first that loses the loss."""
    kept, x1 = trainer.snapshot(), with_ones(sets.x)
    train(trainer, x1, sets.y, chosen)
    if _reason(sets, trainer.net) is None:
        return
    trainer.restore(kept)
    for one in torch.split(chosen, 1):
        train(trainer, x1, sets.y, one)
        if (reason := _reason(sets, trainer.net)) is not None:
            raise _diverged(settings, trainer.t, reason)


def train(trainer: Trainer, x1: Tensor, y: Tensor, chosen: Tensor) -> None:
    """Updates with the batches of these indices (K, B), laid out a few at a time."""
    room = max(1, GATHER // (chosen.shape[1] * (x1.shape[1] + y.shape[1])))
    for part in torch.split(chosen, room):
        trainer.advance(x1[part][:, None], y[part][:, None])


def shape_of(settings: Settings, sets: Sets) -> Shape:
    """The network that the settings ask for."""
    sizes = (sets.x.shape[1], *settings.layers, sets.y.shape[1])
    return Shape(sizes, settings.activation)


def hyper_of(settings: Settings) -> Hyper:
    """The rule's numbers: torch's defaults with what the settings change."""
    changes = {"lr": settings.lr, "weight_decay": settings.weight_decay}
    return hyper(settings.optimizer, **changes, momentum=settings.momentum)


def _generators(seed: int) -> list[np.random.Generator]:
    return [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4)]


@torch.no_grad()
def _reason(sets: Sets, net: Mlp) -> str | None:
    """What is wrong with the training loss, None while it is sound."""
    now = float(loss(outputs(net.shape, net.blocks, sets.x)[-1], sets.y).max())
    if not math.isfinite(now):
        return "stopped being a number"
    return f"passed {LOSS_LIMIT:,.0f} (a blind guess has 0.7 or 2.3)" if now > LOSS_LIMIT else None


def _diverged(settings: Settings, step: int, reason: str) -> Diverged:
    name, good = TITLES[settings.optimizer], GOOD_LR.get(settings.optimizer, 0.01)
    lr = f"learning rate {settings.lr:,.10g} is too large for {name}"
    return Diverged(step, f"At step {step} the training loss {reason}: {lr}.", {"lr": good})
