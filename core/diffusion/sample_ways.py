"""From noise to points with a trained network, by any sampler; x is as the network knows it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from core.diffusion import samplers
from core.diffusion.denoiser import Denoiser, guesser
from core.diffusion.schedules import Schedule, Straight, ladder

ODES = {"euler": samplers.euler, "heun": samplers.heun}
Way = Iterator[tuple[float, Tensor]]


def reverse(
    net: Denoiser,
    course: Schedule,
    x: Tensor,
    sampler: str,
    steps: int,
    *,
    eta: float = 0.0,
    tolerance: float = 1e-3,
    clip: float = 0.0,
    generator: torch.Generator | None = None,
) -> Way:
    """The time and x (n, 2) after each step, from just after T down to 0.

    x: pure noise. The ODEs are solved on the network's own way. The other samplers know variance
    preserving ways only: on flow matching's they walk the one of the same signal to noise, and
    what is yielded is scaled back.
    """
    if sampler == "rk45":
        yield from samplers.rk45(guesser(net, course), x, course, tolerance, clip)
        return
    times = ladder(course.steps, steps)
    if sampler in ODES:
        yield from _timed(times, ODES[sampler](guesser(net, course), x, course, times, clip))
        return
    scale = course.scale if isinstance(course, Straight) else None
    model, twin = guesser(net, course, scale), Schedule(course.left)
    if sampler == "ddpm":
        assert generator is not None
        found = samplers.ddpm(model, x, twin, times, generator, clip)
    elif sampler == "ddim":
        found = samplers.ddim(model, x, twin, times, eta, generator, clip)
    else:
        found = samplers.dpm_solver(model, x, twin, times, clip)
    for t, one in _timed(times, found):
        yield t, one if scale is None else one * float(scale[int(t)])


def evaluations(sampler: str, steps: int) -> int:
    """How often the network is asked; of RK45 only the run itself knows."""
    return 2 * steps - 1 if sampler == "heun" else steps


def _timed(times: list[int], found: Iterator[Tensor]) -> Way:
    for t, x in zip(times[1:], found, strict=True):
        yield float(t), x


def chain(
    x0: np.ndarray, course: Schedule, times: list[int], rng: np.random.Generator
) -> list[np.ndarray]:
    """The same points (n, 2) on their way to noise, at rising times from 0: a Markov chain.

    From one time to the next at once: x_t = (a_t / a_s) x_s + the noise that is missing.
    """
    found, x = [x0], x0
    for s, t in itertools.pairwise(times):
        kept = course.signal[t] / course.signal[s]
        missing = course.noise[t] ** 2 - (kept * course.noise[s]) ** 2
        x = kept * x + np.sqrt(max(missing, 0.0)) * rng.standard_normal(x.shape)
        found.append(x)
    return found
