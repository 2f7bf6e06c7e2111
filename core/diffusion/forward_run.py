"""The forward process: a Markov chain of small steps, and its closed form. NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core import pictures
from core.data import images
from core.diffusion.exact import noised
from core.diffusion.forward import Frame, Settings
from core.diffusion.forward_figures import BINS, START, TEN
from core.diffusion.schedules import Schedule
from core.measure.grid import plane

FRAMES, POINTS, CHAINS = 40, 400, 10_000


def walk(x: np.ndarray, course: Schedule, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """x_1, x_2, ... to x_T: every step shrinks x a little and adds a little noise.

    q(x_t | x_t-1) of Ho, Jain and Abbeel 2020, equation 2.
    """
    for beta in course.betas[1:]:
        x = np.sqrt(1 - beta) * x + np.sqrt(beta) * rng.standard_normal(x.shape)
        yield x


def jump(x: np.ndarray, course: Schedule, t: int, rng: np.random.Generator) -> np.ndarray:
    """x_t at once, q(x_t | x_0): equation 4."""
    return np.asarray(course.signal[t] * x + course.noise[t] * rng.standard_normal(x.shape))


def run(settings: Settings) -> Iterator[Frame]:
    """41 frames, evenly spaced in time."""
    course, mixture = settings.course, settings.mixture
    drawn, walked, jumped = np.random.default_rng(settings.seed).spawn(3)
    points = mixture.sample(POINTS, drawn)
    picture = 2 * images.brightness(pictures.load(settings)) - 1
    start = np.concatenate([points.ravel(), picture.ravel(), np.full(CHAINS, START)])
    fixed = {
        "half_at": _first(course.left < 0.5),
        "merged_at": merged_at(settings),
        "clear": clear(settings),
    }
    shown = {round(course.steps * n / FRAMES) for n in range(FRAMES + 1)}
    for t, x in _timed(start, course, walked):
        if t not in shown:
            continue
        cloud, rest = np.split(x, [points.size])
        seen, chains = np.split(rest, [picture.size])
        at_once = jump(np.full(CHAINS, START), course, t, jumped)
        yield Frame(
            step=t,
            metrics={
                "left": float(course.left[t]),
                "noise": float(course.noise[t]),
                "walked_spread": float(chains.std()),
                "jumped_spread": float(at_once.std()),
                **fixed,
            },
            points=cloud.reshape(-1, 2).astype(np.float16),
            picture=_bytes(seen.reshape(picture.shape)),
            density=noised(mixture, course, t).law.density(plane()).astype(np.float16),
            walked=_shares(chains),
            jumped=_shares(at_once),
        )


def clear(settings: Settings) -> float:
    """How many of ten pictures, evenly spaced in time, are still more data than noise."""
    course = settings.course
    at = np.linspace(0, course.steps, TEN).round().astype(int)
    return float((course.left[at] > 0.5).sum())


def merged_at(settings: Settings) -> float:
    """The first time at which the two nearest centres are under two standard deviations apart."""
    course, centres = settings.course, settings.mixture.centres
    if len(centres) < 2:
        return 0.0
    gaps = np.linalg.norm(centres[:, None] - centres, axis=-1)
    nearest = float(gaps[gaps > 0].min(initial=np.inf))
    spread = np.sqrt(course.left * settings.mixture.sigma**2 + course.noise**2)
    return _first(course.signal * nearest < 2 * spread)


def _timed(
    start: np.ndarray, course: Schedule, rng: np.random.Generator
) -> Iterator[tuple[int, np.ndarray]]:
    yield 0, start
    yield from enumerate(walk(start, course, rng), 1)


def _first(true: np.ndarray) -> float:
    """The first time at which it is; the last one if never."""
    return float(true.argmax() if true.any() else len(true) - 1)


def _bytes(x: np.ndarray) -> np.ndarray:
    return np.asarray(((x.clip(-1, 1) + 1) * 127.5).round(), np.uint8)


def _shares(x: np.ndarray) -> np.ndarray:
    """The share in each bin; what lies beyond the ends is in the bins there."""
    inside = x.clip(BINS[0] + 1e-9, BINS[-1] - 1e-9)
    return np.asarray(np.histogram(inside, BINS)[0] / len(x), np.float32)
