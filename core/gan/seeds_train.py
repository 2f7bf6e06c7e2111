"""Many games at once: stacked parameters, one batched product a layer for all of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from core.data.mixtures import Mixture
from core.experiment import Diverged
from core.gan import plane
from core.gan.seeds import Frame, Settings
from core.gan.seeds_share import wilson
from core.gan.training import Draws, Game, diverged, stops
from core.measure.modes import modes

FRAMES = 40
JUDGED = 2000  # fakes of each game that are measured, as in the plane
DRAWN = 100  # of them in its small picture


class Judge:
    """What games have come to, each seen by the fakes that ``gan.plane`` would measure."""

    def __init__(self, game: Game, noise: Tensor) -> None:
        self.game, self.noise, self.mixture = game, noise, game.settings.mixture

    @torch.no_grad()
    def fakes(self) -> np.ndarray:
        """Of every game, (S, 2000, 2) float64."""
        with self.game.shown():
            return np.asarray(self.game.g(self.noise).double().numpy())

    def __call__(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Modes covered (S,), shares of high quality (S,), small pictures (S, 100, 2)."""
        fakes = self.fakes()
        found = [modes(one, self.mixture) for one in fakes]
        covered, good = (np.array(part) for part in zip(*found, strict=True))
        wall = np.clip(fakes[:, :DRAWN], -60_000, 60_000)
        return covered.astype(np.int16), good.astype(np.float32), wall.astype(np.float16)


def unseen(settings: plane.Settings, seeds: list[int]) -> Tensor:
    """The noise by which ``gan.plane`` measures games of these seeds, (S, 2000, noise_dim)."""
    return Draws(settings, settings.mixture, [seed + 1_000_003 for seed in seeds]).noise(JUDGED)


def run(settings: Settings) -> Iterator[Frame]:
    """Play the games of all seeds. Raises Diverged when no game is left with finite numbers."""
    seeds = [settings.seed + number for number in range(settings.seeds)]
    game = Game(settings, seeds)
    judge = Judge(game, unseen(settings, seeds))
    seconds = 0.0
    for now, until in pairwise(stops(settings.steps, FRAMES)):
        yield _frame(settings, judge, now, seconds)
        start = time.perf_counter()
        for _ in range(now, until):
            game.step()
        seconds += time.perf_counter() - start
    yield _frame(settings, judge, settings.steps, seconds)


def _frame(settings: Settings, judge: Judge, step: int, seconds: float) -> Frame:
    covered, good, wall = judge()
    lost = np.isnan(wall).any((1, 2))
    if lost.all():
        raise Diverged(
            step,
            f"By step {step} the numbers of every game had run away.",
            diverged(settings, step).fix,
        )
    return Frame(
        step=step,
        metrics={**summary(covered, good, judge.mixture), "diverged": float(lost.mean())},
        timing={"steps_per_s": step / seconds, "games": float(len(wall))} if step else {},
        modes=covered,
        high_quality=good,
        wall=wall,
    )


def summary(covered: np.ndarray, good: np.ndarray, mixture: Mixture) -> dict[str, float]:
    """Of the modes covered (S,) and the shares of high quality (S,)."""
    whole = int((covered == mixture.count).sum())
    low, high = wilson(whole, len(covered))
    quartiles = np.quantile(good.astype(np.float64), [0.25, 0.5, 0.75])
    return {
        "modes_mean": float(covered.mean()),
        "covered_all": whole / len(covered),
        "covered_low": low,
        "covered_high": high,
        "collapsed": float((2 * covered <= mixture.count).mean()),
        "high_quality_median": float(quartiles[1]),
        "high_quality_low": float(quartiles[0]),
        "high_quality_high": float(quartiles[2]),
    }
