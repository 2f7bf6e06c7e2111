"""Kinds of pooling over several seeds: equal first weights, equal batches, batched, paired.

Every seed gives first weights and an order of the batches, which all kinds and learning rates
share. The rate of each kind is chosen by the validation accuracy, averaged over seeds; the test
part only measures what was chosen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, optim
from torch.nn.functional import avg_pool2d, pad

from core.data import digits, mnist
from core.experiment import Diverged
from core.measure.paired import interval
from core.measure.tuning import choose
from core.pooling.compare import MOST, Frame, Settings
from core.pooling.compare_team import Team, advance, draw
from core.pooling.training import Batches, generator, stops

FRAMES, BATCH = 14, 32
PROBE, GLANCE = 200, 100  # training images measured; images of a part before the first step
DIGIT_SHARES = (0.5, 0.15, 0.35)  # 898 to learn from, 270 to choose a rate by, 629 to test
CHOICE, TEST = 300, 1000  # of MNIST, to choose a rate by and to test

Pair = tuple[Tensor, Tensor]  # images (n, 1, side, side) in [0, 1] and classes (n,)


@dataclass(frozen=True)
class Parts:
    """Images to learn from, to choose the learning rate by, and to measure with."""

    train: Pair
    validation: Pair
    test: Pair

    def first(self, count: int) -> Parts:
        """So many images of each part."""
        pairs = (self.train, self.validation, self.test)
        return Parts(*((x[:count], y[:count]) for x, y in pairs))


class Contest:
    """A team for every kind at every learning rate, and the batches that all of them see."""

    def __init__(self, settings: Settings, train: Pair) -> None:
        self.train = train
        seeds = [np.random.SeedSequence([settings.seed, n]).spawn(2) for n in range(settings.seeds)]
        first = [draw(settings.spec("max"), generator(weights)) for weights, _ in seeds]
        rngs = [np.random.default_rng(order) for _, order in seeds]
        self.batches = [Batches(len(train[0]), BATCH, rng) for rng in rngs]
        self.teams = [
            [Team(settings.spec(kind), first) for _ in settings.tried] for kind in settings.kinds
        ]
        groups = [
            {"params": team.parameters, "lr": rate}
            for row in self.teams
            for team, rate in zip(row, settings.tried, strict=True)
        ]
        self.optimizer = optim.Adam(groups, fused=True)

    def step(self) -> None:
        """One update of every network."""
        chosen = torch.stack([one.next() for one in self.batches])  # (S, B)
        x = self.train[0][chosen.T][:, :, 0].contiguous(memory_format=torch.channels_last)
        advance(
            [team for row in self.teams for team in row], self.optimizer, x, self.train[1][chosen]
        )


def run(settings: Settings) -> Iterator[Frame]:
    """Fifteen frames at most, closer together at first: accuracies and rates chosen so far."""
    parts = load(settings)
    contest, seconds = Contest(settings, parts.train), 0.0
    ends = stops(settings.steps, FRAMES)
    for now, until in pairwise([*ends, ends[-1]]):
        timing = _timing(settings, now, seconds)
        yield measure(settings, now, contest.teams, parts, timing)
        start = time.perf_counter()
        for _ in range(now, until):
            contest.step()
        seconds += time.perf_counter() - start


def load(settings: Settings) -> Parts:
    """The three parts, the same for every seed: no image is in two of them."""
    return _mnist(settings.train_size) if settings.data == "mnist" else _digits(settings.train_size)


def _mnist(count: int) -> Parts:
    """The last part of those to learn from chooses the rate; the test part is MNIST's own."""
    x, y = mnist.load("train")
    kept = slice(MOST, MOST + CHOICE)
    pairs = (x[:count], y[:count]), (x[kept], y[kept]), mnist.load("test", TEST)
    return Parts(*(_shrunk(*pair) for pair in pairs))


def _digits(count: int) -> Parts:
    flat, labels = digits.load()
    x, y = torch.from_numpy(flat).reshape(-1, 1, digits.SIDE, digits.SIDE), torch.from_numpy(labels)
    learn, validation, test = digits.split(labels, DIGIT_SHARES)
    return Parts(*((x[part], y[part]) for part in (learn[:count], validation, test)))


def _shrunk(images: np.ndarray, labels: np.ndarray) -> Pair:
    """Images (n, 28, 28) at half their size with a rim of one place of 0: 16x16."""
    x = avg_pool2d(torch.from_numpy(images)[:, None], 2)
    return pad(x, (1, 1, 1, 1)), torch.from_numpy(labels)


def measure(
    settings: Settings, step: int, teams: list[list[Team]], parts: Parts, timing: dict[str, float]
) -> Frame:
    """What the networks read after so many updates. Raises Diverged where a loss is no number."""
    if not step:  # a guess: a glance at it does, and the first picture comes soon
        parts = parts.first(GLANCE)
    # At first the networks of all rates are the same.
    checked = [_checked(row if step else row[:1], parts.validation, len(row)) for row in teams]
    best = [choose(*one) for one in checked]
    chosen = [row[n] for row, n in zip(teams, best, strict=True)]
    test = np.stack([team.measure(*parts.test)[0].numpy() for team in chosen])
    probe = (parts.train[0][:PROBE], parts.train[1][:PROBE])
    loss = np.stack([team.measure(*probe)[1].numpy() for team in chosen])
    if not np.isfinite(loss).all():
        raise _diverged(settings, step)
    return Frame(
        step=step,
        metrics=metrics(settings, test, loss, best),
        timing=timing,
        validation=np.stack([right for right, _ in checked]).astype(np.float32),
        test=test.astype(np.float32),
        train_loss=loss.astype(np.float32),
        interval=np.array([interval(one)[1:] for one in test], np.float32),
        best=np.array(best),
    )


def _checked(row: list[Team], validation: Pair, rates: int) -> tuple[np.ndarray, np.ndarray]:
    """Accuracies and losses (R, S) on the validation part."""
    found = [team.measure(*validation) for team in row]
    right, losses = (np.stack([one[n].numpy() for one in found]) for n in range(2))
    wide = (rates, right.shape[1])
    return np.broadcast_to(right, wide), np.broadcast_to(losses, wide)


def metrics(
    settings: Settings, test: np.ndarray, loss: np.ndarray, best: list[int]
) -> dict[str, float]:
    """The numbers of a frame. test, loss: (K, S). best: (K,), see Frame."""
    found: dict[str, float] = {}
    won = wins(test)
    for n, kind in enumerate(settings.kinds):
        found[f"accuracy/{kind}"] = float(test[n].mean())
        found[f"sd/{kind}"] = float(test[n].std(ddof=1))
        found[f"train_loss/{kind}"] = float(loss[n].mean())
        found[f"best_lr/{kind}"] = float(settings.tried[best[n]])
        found[f"wins/{kind}"] = float(won[n])
    for n, kind in enumerate(settings.kinds[1:], 1):
        ends = interval(test[n] - test[0])
        names = (f"difference/{kind}", f"low/{kind}", f"high/{kind}")
        found |= dict(zip(names, ends, strict=True))
    return found | {"most_wins": float(won.max())}


def wins(test: np.ndarray) -> np.ndarray:
    """On how many seeds each kind is the best (K,), from accuracies (K, S); ties are shared."""
    first = test == test.max(0)
    shares: np.ndarray = (first / first.sum(0)).sum(1)
    return shares


def _timing(settings: Settings, step: int, seconds: float) -> dict[str, float]:
    if not seconds:
        return {}
    networks = len(settings.kinds) * len(settings.tried) * settings.seeds
    return {"steps_per_s": step / seconds, "networks": float(networks)}


def _diverged(settings: Settings, step: int) -> Diverged:
    says = f"learning rate {settings.lr:g} is too large for Adam"
    words = f"At step {step} a training loss stopped being a number: {says}."
    return Diverged(step, words, {"rates": "best"})
