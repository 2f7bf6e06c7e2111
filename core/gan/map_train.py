"""Games that differ in their settings, trained as one: rates and penalties a number a game."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import cast

import numpy as np
import torch
from torch import Tensor, optim

from core.gan.map_axes import Frame, Settings
from core.gan.seeds_train import Judge, unseen
from core.gan.training import OPTIMIZERS, Draws, Game, Params, stops

FRAMES = 30
DRAWN = 40  # fakes in a cell's small picture
FASTER = 1.5  # one rate over the other, from where on a player counts as the faster


class Shared(Draws):
    """The same samples and noise for all games, drawn once."""

    def __init__(self, draws: Draws) -> None:
        self.count, self.generators = len(draws.generators), draws.generators[:1]
        self.centres, self.sigma, self.settings = draws.centres, draws.sigma, draws.settings

    def real(self, n: int) -> Tensor:
        """Samples of the target, (S, n, 2)."""
        return super().real(n).expand(self.count, -1, -1)

    def uniform(self, *shape: int) -> Tensor:
        """Uniform in [0, 1), (S, *shape)."""
        return super().uniform(*shape).expand(self.count, *shape)

    def normal(self, *shape: int) -> Tensor:
        """Standard normal, (S, *shape)."""
        return super().normal(*shape).expand(self.count, *shape)


class Rated:
    """An optimizer of stacked games, each with a learning rate of its own.

    The moves of Adam, RMSprop and gradient descent hang on gradients alone and are proportional to
    the rate. So torch's optimizer moves from zero at rate 1, and each game goes its rate times
    that. rates: (S,).
    """

    def __init__(self, name: str, parameters: Params, rates: Tensor, beta1: float) -> None:
        self.parameters, self.rates = parameters, rates[:, None, None]
        self.moves = [torch.zeros_like(p) for p in parameters]
        self.optimizer = OPTIMIZERS[name](self.moves, 1.0, beta1)

    @torch.no_grad()
    def step(self) -> None:
        """One update by the gradients of the parameters."""
        for move, parameter in zip(self.moves, self.parameters, strict=True):
            move.zero_()
            move.grad = parameter.grad
        self.optimizer.step()
        for move, parameter in zip(self.moves, self.parameters, strict=True):
            parameter.addcmul_(move, self.rates)


class Varied(Game):
    """Games of one seed that differ in learning rates (S,) and in the weight of R1."""

    def __init__(self, settings: Settings, lr_g: Tensor, lr_d: Tensor, r1: Tensor) -> None:
        super().__init__(settings, [settings.seed] * len(lr_g))
        self.draws = Shared(self.draws)
        name, beta1 = settings.optimizer, settings.beta1
        self.g_optimizer = cast(optim.Optimizer, Rated(name, self.g.parameters, lr_g, beta1))
        self.d_optimizer = cast(optim.Optimizer, Rated(name, self.d.parameters, lr_d, beta1))
        self.r1, self.count = r1, len(lr_g)


def games(settings: Settings) -> list[Varied]:
    """The cells of the plane, row by row from the bottom; with D steps upright, a game a row."""
    across, up = settings.across(), settings.upright()
    if settings.up == "d-steps":
        return [_games(settings, across, up[:0], int(steps)) for steps in up]
    return [_games(settings, across, up, settings.d_steps)]


def _games(settings: Settings, across: np.ndarray, up: np.ndarray, d_steps: int) -> Varied:
    """Every column with every value upright, if there are any."""
    rows = max(1, len(up))
    lr_g = torch.tensor(np.tile(across, rows), dtype=torch.float32)
    each = torch.tensor(np.repeat(up, len(across)), dtype=torch.float32)
    lr_d = each if settings.up == "lr-d" else torch.full_like(lr_g, settings.lr_d)
    r1 = each if settings.up == "r1" else torch.full_like(lr_g, settings.r1)
    rules = {"d_steps": d_steps, "r1": float(r1.max())}
    return Varied(settings.model_copy(update=rules), lr_g, lr_d, r1)


def run(settings: Settings) -> Iterator[Frame]:
    """Play every cell of the plane."""
    rows = games(settings)
    noise = unseen(settings, [settings.seed])
    judges = [Judge(game, noise.expand(game.count, -1, -1)) for game in rows]
    seconds = 0.0
    for now, until in pairwise(stops(settings.steps, FRAMES)):
        yield _frame(settings, judges, now, seconds)
        start = time.perf_counter()
        for _ in range(now, until):
            for game in rows:
                game.step()
        seconds += time.perf_counter() - start
    yield _frame(settings, judges, settings.steps, seconds)


def _frame(settings: Settings, judges: list[Judge], step: int, seconds: float) -> Frame:
    found = zip(*(judge() for judge in judges), strict=True)
    covered, good, wall = (np.concatenate(parts) for parts in found)
    shape = (len(settings.upright()), settings.columns)
    covered = np.where(np.isnan(wall).any((1, 2)), -1, covered).astype(np.int16).reshape(shape)
    good = good.reshape(shape)
    return Frame(
        step=step,
        metrics=summary(settings, covered, good),
        timing={"steps_per_s": step / seconds, "games": float(covered.size)} if step else {},
        modes=covered,
        high_quality=good,
        wall=wall[:, :DRAWN].reshape(*shape, DRAWN, 2),
    )


def summary(settings: Settings, covered: np.ndarray, good: np.ndarray) -> dict[str, float]:
    """Of the modes covered and the shares of good fakes, both (rows, columns)."""
    count, held = settings.mixture.count, covered.clip(0)
    row, column = np.unravel_index((held + 0.99 * good).argmax(), held.shape)
    out = {
        "covered_all": float((held == count).mean()),
        "covered_half": float((2 * held > count).mean()),
        "modes/bottom": float(held[0].mean()),
        "modes/top": float(held[-1].mean()),
        "best_lr_g": float(settings.across()[column]),
        "best_up": float(settings.upright()[row]),
        "best_quality": float(good[row, column]),
        "diverged": float((covered < 0).mean()),
    }
    if settings.up == "lr-d":
        ratio = settings.across() / settings.upright()[:, None]
        for name, part in (("fast-g", ratio > FASTER), ("fast-d", ratio < 1 / FASTER)):
            if part.any():
                out[f"modes/{name}"] = float(held[part].mean())
    return out
