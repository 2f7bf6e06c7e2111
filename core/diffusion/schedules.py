"""Noise schedules: how much of the data is left after every step. NumPy only.

x_t = signal_t x_0 + noise_t e with e standard normal and signal_t^2 + noise_t^2 = 1: the variance
preserving process of Ho, Jain and Abbeel 2020. Steps are numbered 1 to T; 0 is the data itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

LEAST = 1e-9  # of what is left of the data, but where a schedule is asked to end at none
SIGNAL_LEAST = 1e-3  # of flow matching at T, so that noise can still be told from data
OFFSET = 0.008  # of the cosine schedule, Nichol and Dhariwal 2021, equation 17
STEEP = 3.0  # of the sigmoid schedule: it runs over [-3, 3], Chen 2023
BETA_MOST = 0.999  # Nichol and Dhariwal 2021, below equation 17


@dataclass(frozen=True, eq=False)
class Schedule:
    """left: (T + 1,) float64, signal_t^2, from 1 at t = 0 down, never rising (alpha-bar)."""

    left: np.ndarray

    @property
    def steps(self) -> int:
        """T."""
        return len(self.left) - 1

    @cached_property
    def signal(self) -> np.ndarray:
        """What x_0 is multiplied by, (T + 1,)."""
        return np.asarray(np.sqrt(self.left))

    @cached_property
    def noise(self) -> np.ndarray:
        """The standard deviation of the noise in x_t, (T + 1,)."""
        return np.asarray(np.sqrt(1 - self.left))

    @cached_property
    def betas(self) -> np.ndarray:
        """The variance that each step adds, (T + 1,); at t = 0 none."""
        return np.concatenate([[0.0], 1 - self.left[1:] / self.left[:-1]])

    @cached_property
    def snr(self) -> np.ndarray:
        """Signal to noise, signal^2 / noise^2, (T + 1,); infinite at t = 0."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.left / (1 - self.left))

    @cached_property
    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        """How fast ``signal`` and ``noise`` change a unit of time, (T + 1,) each."""
        return np.gradient(self.signal), np.gradient(self.noise)

    def posterior(self, t: int, s: int) -> tuple[float, float, float]:
        """q(x_s | x_t, x_0) for s < t: the weights of x_0 and of x_t in its mean, its variance.

        Ho, Jain and Abbeel 2020, equations 6 and 7, where s = t - 1.
        """
        kept = self.left[t] / self.left[s]
        rest = 1 - self.left[t]
        of_start = np.sqrt(self.left[s]) * (1 - kept) / rest
        of_now = np.sqrt(kept) * (1 - self.left[s]) / rest
        return float(of_start), float(of_now), float((1 - self.left[s]) * (1 - kept) / rest)


def linear(steps: int, first: float = 1e-4, last: float = 0.02) -> Schedule:
    """Betas on a line; of another number of steps than 1,000, scaled to end alike.

    Ho, Jain and Abbeel 2020; the scaling as Nichol and Dhariwal 2021 have it.
    """
    scale = 1000 / steps
    betas = np.minimum(np.linspace(scale * first, scale * last, steps), BETA_MOST)
    return _of_betas(betas)


def cosine(steps: int) -> Schedule:
    """What is left falls as a squared cosine (Nichol and Dhariwal 2021, equation 17)."""
    t = np.arange(steps + 1) / steps
    left = np.cos((t + OFFSET) / (1 + OFFSET) * np.pi / 2) ** 2
    return _of_betas(np.minimum(1 - left[1:] / left[:-1], BETA_MOST))


def sigmoid(steps: int) -> Schedule:
    """What is left falls as a sigmoid from 1 to 0 (Chen 2023, temperature 1)."""
    t = np.linspace(-STEEP, STEEP, steps + 1)
    fall = 1 / (1 + np.exp(t))
    left = (fall - fall[-1]) / (fall[0] - fall[-1])
    return Schedule(np.maximum(left, LEAST))


def edited(steps: int, knots: Sequence[float]) -> Schedule:
    """By hand: what is left at evenly spaced times, straight lines between them.

    knots: from the first after t = 0 to the last, at T. Raises ValueError unless they fall from
    under 1 to 0 or more.
    """
    values = np.concatenate([[1.0], np.asarray(knots, np.float64)])
    if len(values) < 2 or not np.isfinite(values).all():
        raise ValueError("a schedule needs at least one number")
    if not (np.diff(values) < 0).all() or values[-1] < 0:
        raise ValueError("what is left must fall, from under 1 to 0 or more")
    t = np.linspace(0, len(values) - 1, steps + 1)
    return Schedule(np.maximum(np.interp(t, np.arange(len(values)), values), LEAST))


class Straight(Schedule):
    """Flow matching's way: x_t = (1 - u) x_0 + u e, where u grows evenly from 0 to 0.999 at T.

    Not variance preserving: ``left`` is the signal's share of signal^2 + noise^2, and x_t over the
    root of that sum is what ``Schedule`` says of the same ``left`` (Kingma and Gao 2023).
    """

    def __init__(self, steps: int) -> None:
        share = np.linspace(0, 1 - SIGNAL_LEAST, steps + 1)
        super().__init__((1 - share) ** 2 / ((1 - share) ** 2 + share**2))

    @cached_property
    def scale(self) -> np.ndarray:
        """What the variance preserving x_t is multiplied by, (T + 1,)."""
        root = np.sqrt(self.left)  # (1 - u) / scale
        return np.asarray(1 / (root + np.sqrt(1 - self.left)))

    @cached_property
    def signal(self) -> np.ndarray:
        """1 - u, (T + 1,)."""
        return np.asarray(self.scale * np.sqrt(self.left))

    @cached_property
    def noise(self) -> np.ndarray:
        """u, (T + 1,)."""
        return np.asarray(self.scale * np.sqrt(1 - self.left))


def zero_terminal(schedule: Schedule) -> Schedule:
    """The same, shifted and stretched so that nothing is left at T.

    Lin et al. 2024, algorithm 1.
    """
    signal = schedule.signal
    first, last = signal[1], signal[-1]
    moved = (signal[1:] - last) * first / (first - last)
    return Schedule(np.concatenate([[1.0], moved**2]))


def ladder(steps: int, count: int) -> list[int]:
    """The times that a sampler of so many steps visits: from T evenly down to 1, then 0.

    "Linspace" of Lin et al. 2024, table 2. Raises ValueError unless 1 <= count <= steps.
    """
    if not 1 <= count <= steps:
        raise ValueError(f"a sampler takes from 1 to {steps} steps, not {count}")
    return [*np.linspace(steps, 1, count).round().astype(int).tolist(), 0]


def _of_betas(betas: np.ndarray) -> Schedule:
    return Schedule(np.concatenate([[1.0], np.cumprod(1 - betas)]))


SCHEDULES: dict[str, Callable[[int], Schedule]] = {
    "linear": linear,
    "cosine": cosine,
    "sigmoid": sigmoid,
}
