"""The game of Reddi, Kale and Kumar 2018: linear losses, a projected walk, one float a weight.

f_t(x) = big * x in one round of a period, f_t(x) = -10 x in the others, |x| <= 1. The gradients do
not depend on x, so a direction is a sum over them, and one can tell how far the rare gradients
pushed and how far the common ones did. Plain floats: a tensor of one number is forty times slower.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from core.optimizers.online import COMMON, Frame, Settings

FRAMES = 151
Push = tuple[float, float]  # what lr multiplies: the share of the rare gradients, of the common


@dataclass
class Memory:
    """What a rule remembers: a mean (or sum) of either kind of gradient, and mean squares."""

    rare: float = 0.0
    common: float = 0.0
    v: float = 0.0
    vmax: float = 0.0


Rule = Callable[[Memory, float, float, int, float, float], Push]


def descent(s: Memory, rare: float, common: float, t: int, beta1: float, beta2: float) -> Push:
    """The gradient itself."""
    return rare, common


def momentum(s: Memory, rare: float, common: float, t: int, beta1: float, beta2: float) -> Push:
    """Polyak 1964, as torch: a fading sum of gradients, beta1 its momentum."""
    s.rare, s.common = beta1 * s.rare + rare, beta1 * s.common + common
    return s.rare, s.common


def adagrad(s: Memory, rare: float, common: float, t: int, beta1: float, beta2: float) -> Push:
    """Duchi, Hazan and Singer 2011: over the root of the sum of all squares."""
    s.v += (rare + common) ** 2
    root = math.sqrt(s.v) + 1e-10
    return rare / root, common / root


def rmsprop(s: Memory, rare: float, common: float, t: int, beta1: float, beta2: float) -> Push:
    """Tieleman and Hinton 2012: over the root of a fading mean of squares."""
    s.v = beta2 * s.v + (1 - beta2) * (rare + common) ** 2
    root = math.sqrt(s.v) + 1e-8
    return rare / root, common / root


def adam(s: Memory, rare: float, common: float, t: int, beta1: float, beta2: float) -> Push:
    """Kingma and Ba 2015, Algorithm 1. A rare large gradient swells v while it is at work."""
    _moments(s, rare, common, beta1, beta2)
    root = math.sqrt(s.v) / math.sqrt(1 - beta2**t) + 1e-8
    scale = (1 - beta1**t) * root
    return s.rare / scale, s.common / scale


def amsgrad(s: Memory, rare: float, common: float, t: int, beta1: float, beta2: float) -> Push:
    """Reddi, Kale and Kumar 2018, Algorithm 2, with torch's bias correction: v never shrinks."""
    _moments(s, rare, common, beta1, beta2)
    s.vmax = max(s.vmax, s.v)
    root = math.sqrt(s.vmax) / math.sqrt(1 - beta2**t) + 1e-8
    scale = (1 - beta1**t) * root
    return s.rare / scale, s.common / scale


def _moments(s: Memory, rare: float, common: float, beta1: float, beta2: float) -> None:
    s.rare = beta1 * s.rare + (1 - beta1) * rare
    s.common = beta1 * s.common + (1 - beta1) * common
    s.v = beta2 * s.v + (1 - beta2) * (rare + common) ** 2


RULES: dict[str, Rule] = {
    "gradient-descent": descent,
    "momentum": momentum,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "amsgrad": amsgrad,
}


@dataclass
class Walk:
    """One optimizer's walk so far: where it is, what it paid, who pushed it how far.

    mean, low, high: of what it crossed since the last frame. paid: the sum of
    f_t(x_t) - f_t(best). pushed: the sums of lr times each kind's push, signs turned: [down, up].
    before, was, grad: where it was before the last round, its memory then, and that round's slope.
    """

    name: str
    x: float
    mean: float
    low: float
    high: float
    paid: float = 0.0
    pushed: list[float] = field(default_factory=lambda: [0.0, 0.0])
    memory: Memory = field(default_factory=Memory)
    before: float = 0.0
    was: Memory = field(default_factory=Memory)
    grad: float = 0.0


def rounds(settings: Settings) -> np.ndarray:
    """Which rounds have the rare gradient: booleans (steps,). By turn, or by chance 1/period."""
    if settings.stochastic:
        rng = np.random.default_rng(settings.seed)
        return np.asarray(rng.random(settings.steps) < 1 / settings.period)
    return np.asarray(np.arange(settings.steps) % settings.period == 0)


def play(settings: Settings) -> Iterator[Frame]:
    """Some 150 frames of the walks of ``settings.optimizers``, side by side."""
    rare = rounds(settings).tolist()
    start = settings.start
    walks = [Walk(name, start, start, start, start, before=start) for name in settings.optimizers]
    marks = np.unique(np.linspace(0, settings.steps, FRAMES).round().astype(int)).tolist()
    yield _frame(walks, 0)
    for first, last in pairwise(marks):
        for walk in walks:
            advance(walk, rare[first:last], first, settings)
        yield _frame(walks, last)


def advance(walk: Walk, rare: Sequence[bool], done: int, settings: Settings) -> None:
    """Walk on for len(rare) rounds, after ``done`` of them: step, then project onto [-1, 1]."""
    rule, beta1, beta2, aim = RULES[walk.name], settings.beta1, settings.beta2, settings.best()
    x, walk.low, walk.high = walk.x, math.inf, -math.inf
    total, last = 0.0, done + len(rare)
    for t, large in enumerate(rare, done + 1):
        if t == last:
            walk.before, walk.was = x, replace(walk.memory)
        big, small = (settings.big, 0.0) if large else (0.0, -COMMON)
        walk.paid += (big + small) * (x - aim)
        down, up = rule(walk.memory, big, small, t, beta1, beta2)
        rate = settings.lr / math.sqrt(t)
        x -= rate * (down + up)
        if settings.project:
            x = min(1.0, max(-1.0, x))
        walk.pushed[0] += rate * down
        walk.pushed[1] -= rate * up
        total += x
        walk.low, walk.high = min(walk.low, x), max(walk.high, x)
    walk.x, walk.mean, walk.grad = x, total / len(rare), big + small


def _frame(walks: list[Walk], step: int) -> Frame:
    regret = {walk.name: walk.paid / max(step, 1) for walk in walks}
    metrics = {f"x/{walk.name}": walk.x for walk in walks}
    metrics |= {f"regret/{name}": value for name, value in regret.items()}
    metrics |= {f"pull/{w.name}": w.pushed[0] / w.pushed[1] if w.pushed[1] else 1.0 for w in walks}
    return Frame(
        step=step,
        metrics=metrics,
        x=np.array([walk.x for walk in walks]),
        mean=np.array([walk.mean for walk in walks]),
        low=np.array([walk.low for walk in walks]),
        high=np.array([walk.high for walk in walks]),
        regret=np.array(list(regret.values())),
        pushed=np.array([walk.pushed for walk in walks]),
        before=np.array([walk.before for walk in walks]),
        grad=np.array(walks[0].grad),
        memory0=_memories([walk.was for walk in walks]),
        memory=_memories([walk.memory for walk in walks]),
    )


def _memories(kept: Sequence[Memory]) -> np.ndarray:
    """Mean gradient, mean square and its maximum of each walk, (k, 3)."""
    return np.array([[one.rare + one.common, one.v, one.vmax] for one in kept])
