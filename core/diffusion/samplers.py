"""From noise to data: the samplers, on any prediction of the noise.

``model(x, t)`` gives the noise in x (n, ...) at time t, from 1 to T; ``times`` falls from T to 0.
Each yields x after every one of its steps. What random numbers are drawn come from ``generator``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from core.diffusion.schedules import Schedule

Model = Callable[[Tensor, float], Tensor]


def start_of(x: Tensor, noise: Tensor, schedule: Schedule, t: int, clip: float = 0.0) -> Tensor:
    """The x_0 that x_t and its noise stand for; clip: cut to [-clip, clip], 0 for never."""
    found = (x - float(schedule.noise[t]) * noise) / float(schedule.signal[t])
    return found.clamp(-clip, clip) if clip else found


def ddpm(
    model: Model,
    x: Tensor,
    schedule: Schedule,
    times: Sequence[int],
    generator: torch.Generator,
    clip: float = 0.0,
    large: bool = False,
) -> Iterator[Tensor]:
    """Ho, Jain and Abbeel 2020, algorithm 2: x_s from q(x_s | x_t, x_0 as predicted).

    large: the variance is that of the forward step, beta, instead of the posterior's, the smallest
    that can be right. The last step adds no noise.
    """
    for t, s in _pairs(times):
        start = start_of(x, model(x, t), schedule, t, clip)
        of_start, of_now, variance = schedule.posterior(t, s)
        if large:
            variance = float(1 - schedule.left[t] / schedule.left[s])
        x = of_start * start + of_now * x
        if s > 0:
            x = x + variance**0.5 * torch.randn(x.shape, generator=generator, dtype=x.dtype)
        yield x


def ddim(
    model: Model,
    x: Tensor,
    schedule: Schedule,
    times: Sequence[int],
    eta: float = 0.0,
    generator: torch.Generator | None = None,
    clip: float = 0.0,
) -> Iterator[Tensor]:
    """Song, Meng and Ermon 2021, equation 12: eta 0 adds no noise at all, 1 as much as DDPM.

    At eta 1, over all steps, it is DDPM with the small variance.
    """
    for t, s in _pairs(times):
        noise = model(x, t)
        start = start_of(x, noise, schedule, t, clip)
        added = eta**2 * schedule.posterior(t, s)[2]  # sigma^2, equation 16
        towards = float(np.sqrt(max(0.0, 1 - schedule.left[s] - added)))
        x = float(schedule.signal[s]) * start + towards * noise
        if added:
            x = x + added**0.5 * torch.randn(x.shape, generator=generator, dtype=x.dtype)
        yield x


def dpm_solver(
    model: Model, x: Tensor, schedule: Schedule, times: Sequence[int], clip: float = 0.0
) -> Iterator[Tensor]:
    """DPM-Solver++(2M): second order by the step before (Lu et al. 2022, algorithm 2).

    The first step, and the last where it ends at the data, are of first order: DDIM's.
    """
    before, was = None, 0.0
    for t, s in _pairs(times):
        start = start_of(x, model(x, t), schedule, t, clip)
        width = _half_log_snr(schedule, s) - _half_log_snr(schedule, t)
        mean = start
        if before is not None and s > 0:
            ratio = was / width
            mean = start + (start - before) / (2 * ratio)
        shrunk = float(schedule.noise[s] / schedule.noise[t])
        x = shrunk * x - float(schedule.signal[s]) * float(np.expm1(-width)) * mean
        before, was = start, width
        yield x


def euler(
    model: Model, x: Tensor, schedule: Schedule, times: Sequence[int], clip: float = 0.0
) -> Iterator[Tensor]:
    """The probability flow ODE (Song et al. 2021, equation 13) in straight steps of time."""
    for t, s in _pairs(times):
        x = x + (s - t) * slope(model, x, schedule, t, clip)
        yield x


def heun(
    model: Model, x: Tensor, schedule: Schedule, times: Sequence[int], clip: float = 0.0
) -> Iterator[Tensor]:
    """The same by Heun's method: the mean of the slopes at both ends; the last step is Euler's."""
    for t, s in _pairs(times):
        rate = slope(model, x, schedule, t, clip)
        there = x + (s - t) * rate
        if s > 0:
            rate = (rate + slope(model, there, schedule, s, clip)) / 2
        x = x + (s - t) * rate
        yield x


def rk45(
    model: Model, x: Tensor, schedule: Schedule, tolerance: float, clip: float = 0.0
) -> Iterator[tuple[float, Tensor]]:
    """The same by Dormand and Prince's method of order 5 (scipy), its steps as long as it dares.

    Yields the time with x; from T to 1, then Euler's last step to 0.
    """
    from scipy.integrate import RK45

    def rate(t: float, flat: np.ndarray) -> np.ndarray:
        now = torch.from_numpy(flat).to(x.dtype).view(x.shape)
        return slope(model, now, schedule, t, clip).double().numpy().ravel()

    flat = x.double().numpy().ravel()
    solver = RK45(rate, schedule.steps, flat, 1, rtol=tolerance, atol=tolerance)
    while solver.status == "running":
        solver.step()
        if solver.status == "failed":
            raise FloatingPointError("no step is short enough for that tolerance")
        x = torch.from_numpy(solver.y.copy()).to(x.dtype).view(x.shape)
        yield float(solver.t), x
    yield 0.0, x - slope(model, x, schedule, 1, clip)


def slope(model: Model, x: Tensor, schedule: Schedule, t: float, clip: float = 0.0) -> Tensor:
    """dx/dt at any t from 1 to T: signal' x_0 + noise' e, with both as the model has them.

    On a variance preserving way that is half the slope of log left, times x plus the score.
    """
    signal, noise, of_start, of_noise = _at(schedule, t)
    added = model(x, t)
    start = (x - noise * added) / signal
    if clip:
        start = start.clamp(-clip, clip)
        added = (x - signal * start) / noise
    return of_start * start + of_noise * added


def _at(schedule: Schedule, t: float) -> tuple[float, float, float, float]:
    """signal, noise and how fast they change, on straight lines between whole times."""
    low = min(int(t), schedule.steps - 1)
    share = t - low
    columns = (schedule.signal, schedule.noise, *schedule.rates)
    signal, noise, of_start, of_noise = (
        float(one[low] + share * (one[low + 1] - one[low])) for one in columns
    )
    return signal, noise, of_start, of_noise


def _half_log_snr(schedule: Schedule, t: int) -> float:
    """log(signal / noise); infinite at t = 0."""
    return float("inf") if t == 0 else float(0.5 * np.log(schedule.snr[t]))


def _pairs(times: Sequence[int]) -> Iterator[tuple[int, int]]:
    return pairwise(times)
