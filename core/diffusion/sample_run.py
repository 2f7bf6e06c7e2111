"""The way back with a trained network, and real points on the same way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from core.data import models
from core.data.mixtures import REACH
from core.diffusion.denoiser import FLOW, Denoiser, from_arrays, guesser
from core.diffusion.exact import Noised
from core.diffusion.plane_layout import ARROWS, places
from core.diffusion.sample import Frame, Settings
from core.diffusion.sample_figures import SAMPLERS
from core.diffusion.sample_gauss import narrow
from core.diffusion.sample_ways import chain, evaluations, reverse
from core.diffusion.schedules import SCHEDULES, Schedule
from core.experiment import Diverged
from core.measure.grid import axis, plane
from core.measure.modes import modes
from core.measure.sliced import sliced_wasserstein

COUNT, SHOWN, FRAMES, CELLS = 1000, 40, 20, 60
STEPS = (2, 5, 10, 20, 50, 100)  # of the comparison
MANY = 1000  # of DDPM alone
NARROW = {"half": 0.5, "twentieth": 0.05}  # standard deviations of Gaussian data
TOLERANCES = (0.1, 1e-2, 1e-3)


class Walk:
    """A network, the way that the sampler believes in, and the first noise."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.net: Denoiser = from_arrays(models.load(settings.model))
        spec = self.net.spec
        self.mixture, self.own = spec.mixture, spec.course
        other = settings.schedule if spec.predict != FLOW else "own"
        self.course: Schedule = self.own if other == "own" else SCHEDULES[other](spec.total)
        self.seeds = np.random.SeedSequence(settings.seed).spawn(3)
        noise = np.random.default_rng(self.seeds[0]).standard_normal((COUNT, 2))
        self.start = torch.tensor(noise, dtype=torch.float32)

    def walk(
        self, sampler: str, steps: int, tolerance: float, eta: float = 0.0
    ) -> Iterator[tuple[float, Tensor]]:
        """The time and x after each step."""
        draws = torch.Generator().manual_seed(int(self.seeds[1].generate_state(1)[0]))
        return reverse(
            self.net, self.course, self.start, sampler, min(steps, self.own.steps),
            eta=eta, tolerance=tolerance, clip=self.settings.reach, generator=draws,
        )  # fmt: skip

    @property
    def chosen(self) -> list[tuple[float, np.ndarray, int]]:
        """The time, the points and the number of evaluations at each frame, from pure noise on."""
        settings = self.settings
        found = [(float(self.own.steps), self.start, 0)]
        with _counted(self.net) as asked:
            for t, x in self.walk(
                settings.sampler, settings.steps, settings.tolerance, settings.eta
            ):
                found.append((t, x, asked[0]))
        kept = np.linspace(0, len(found) - 1, min(len(found), FRAMES + 1)).round().astype(int)
        self.numbers = kept.tolist()
        return [(t, x.double().numpy(), n) for t, x, n in (found[k] for k in kept)]


class _counted:
    """Counts how often the network is asked."""

    def __init__(self, net: Denoiser) -> None:
        self.net, self.asked = net, [0]

    def __enter__(self) -> list[int]:
        def count(*_: object) -> None:
            self.asked[0] += 1

        self.handle = self.net.register_forward_pre_hook(count)
        return self.asked

    def __exit__(self, *_: object) -> None:
        self.handle.remove()


def run(settings: Settings) -> Iterator[Frame]:
    """A frame for each of up to 21 of the sampler's steps.

    Raises KeyError or ValueError, in words, where the network cannot be had.
    """
    walk = Walk(settings)
    frames = walk.chosen
    if not np.isfinite(frames[-1][1]).all():
        raise Diverged(0, "The points left all bounds: the guesses were not cut.", {"clip": True})
    yield from _frames(walk, frames)


def _frames(walk: Walk, found: list[tuple[float, np.ndarray, int]]) -> Iterator[Frame]:
    settings, mixture = walk.settings, walk.mixture
    rng = np.random.default_rng(walk.seeds[2])
    real = mixture.sample(COUNT, rng)
    there = chain(real, walk.own, _whole([t for t, *_ in found][::-1]), rng)[::-1]
    fixed = {f"narrow/{name}": narrow(sd, settings.steps) for name, sd in NARROW.items()}
    guess = guesser(walk.net, walk.own)
    last = len(found) - 1
    table = curves(walk, real) if settings.compare else None
    for number, ((t, x, asked), noised) in enumerate(zip(found, there, strict=True)):
        a, s = _at(walk.own, t)
        law = Noised(mixture, a, s)
        now = max(t, 1.0)
        a1, s1 = _at(walk.own, now)
        said = guess(_tensor(np.concatenate([places(ARROWS), x[:SHOWN]])), now).double().numpy()
        covered, good = modes(x, mixture)
        yield Frame(
            step=walk.numbers[number],
            metrics={
                "t": t,
                "nfe": float(asked),
                "swd": sliced_wasserstein(noised, x),
                "modes": float(covered),
                "high_quality": good,
                **fixed,
                **(_good(table) if number == last and table is not None else {}),
            },
            points=_half(x),
            noised=_half(noised),
            guesses=_half((x[:SHOWN] - s1 * said[ARROWS**2 :]) / a1),
            density=_bytes(law.law.density(plane(CELLS))),
            column=_bytes(_across(law)),
            arrows=_half(-said[: ARROWS**2] / s1),
            exact=_half(Noised(mixture, a1, s1).score(places(ARROWS))),
            target=_target(walk) if number == 0 else None,
            curves=table if number == last else None,
        )


def curves(walk: Walk, real: np.ndarray) -> np.ndarray:
    """Every sampler with few steps and many: (k, 5) float32, its number, evaluations, SWD, share of
    good points, share of modes covered.
    """
    rows = []
    for number, sampler in enumerate(SAMPLERS):
        for steps, tolerance in _tries(sampler, walk.own.steps):
            with _counted(walk.net) as asked:
                *_, (_, x) = walk.walk(sampler, steps, tolerance)
            points = x.double().numpy()
            covered, good = modes(points, walk.mixture)
            rows.append((number, asked[0], sliced_wasserstein(real, points), good,
                         covered / walk.mixture.count))  # fmt: skip
    return np.array(rows, np.float32)


def _good(table: np.ndarray) -> dict[str, float]:
    """The share of good points by sampler and evaluations; RK45's own number of them varies."""
    names = list(SAMPLERS)
    return {
        f"good/{names[int(row[0])]}/{row[1]:.0f}": float(row[3])
        for row in table
        if names[int(row[0])] != "rk45"
    }


def _tries(sampler: str, total: int) -> list[tuple[int, float]]:
    """Steps and tolerances to compare: about as many evaluations for each sampler."""
    if sampler == "rk45":
        return [(1, tolerance) for tolerance in TOLERANCES]
    steps = [*STEPS, MANY] if sampler == "ddpm" else STEPS
    halved = [(n + 1) // 2 for n in steps] if sampler == "heun" else steps
    return [(n, 0.0) for n in dict.fromkeys(halved) if n <= total]


def _target(walk: Walk) -> np.ndarray:
    return np.array([walk.mixture.count, walk.mixture.within, walk.own.steps], np.float32)


def _at(course: Schedule, t: float) -> tuple[float, float]:
    times = np.arange(course.steps + 1)
    return float(np.interp(t, times, course.signal)), float(np.interp(t, times, course.noise))


def _whole(times: list[float]) -> list[int]:
    """Whole times, each at least the one before."""
    found = [round(t) for t in times]
    assert all(a <= b for a, b in pairwise(found))
    return found


def _across(law: Noised) -> np.ndarray:
    gaps = axis(CELLS)[:, None] - law.signal * law.mixture.centres[:, 0]
    return np.asarray(np.exp(-(gaps**2) / (2 * law.variance)).sum(1))


def _bytes(z: np.ndarray) -> np.ndarray:
    return np.asarray((z / max(float(z.max()), 1e-30) * 254).round(), np.uint8)


def _tensor(x: np.ndarray) -> Tensor:
    return torch.tensor(x, dtype=torch.float32)


def _half(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(x, -60_000, 60_000).astype(np.float16))


__all__ = ["REACH", "Walk", "curves", "evaluations", "run"]
