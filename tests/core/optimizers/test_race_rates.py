"""Rotated valleys, and the sweep that finds each optimizer's best learning rate."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from core.experiment import Diverged
from core.optimizers.race import RaceFrame, RaceSettings
from core.optimizers.racing import gradient_noise, race
from core.optimizers.rates import RATES, best, rates_of, sweep
from core.optimizers.rules import RULES, hyper
from core.optimizers.schedule import factors
from core.optimizers.surfaces import Options, turn, value_grad


def run(**changes: object) -> tuple[RaceSettings, list[RaceFrame]]:
    settings = RaceSettings(**changes).canonical()
    return settings, list(race(settings))


def path(frames: list[RaceFrame], racer: int = 0) -> np.ndarray:
    return np.concatenate([frame.path[racer] for frame in frames])


SEVEN = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


@pytest.mark.parametrize(
    ("name", "rates", "expected"),
    [
        ("gradient-descent", [1.15 * 0.02 / 2**k for k in range(7)], (269, 269, 269)),
        ("momentum", [1.15 * 0.038 / 2**k for k in range(7)], (57, 57, 57)),
        ("rmsprop", SEVEN, (1, 60, 158)),
        ("adagrad", SEVEN, (1, 73, 240)),
    ],
)
def test_steps_down_the_ravine_at_0_15_and_45_degrees(
    name: str, rates: tuple[float, ...], expected: tuple[int, ...]
) -> None:
    """Condition 100 from the diagonal (1, -1), torch's defaults, first loss under 0.001.

    Each at the best of seven rates: for gradient descent and momentum 1.15 times their edges 2/L
    and 2(1 + beta)/L, halved six times; for the adaptive rules 0.001, 0.003, 0.01 ... 1.
    """
    lr = torch.tensor(rates, dtype=torch.float64)[:, None]
    found = []
    for angle in (0.0, 15.0, 45.0):
        surface = Options("ravine", rotation=angle)
        theta = torch.tensor(turn(surface, (1.0, -1.0)), dtype=torch.float64).repeat(7, 1)
        state, t = RULES[name].init(theta), 0
        while not bool((value_grad(surface, theta)[0] < 1e-3).any()):
            t += 1
            grad = value_grad(surface, theta)[1]
            theta, state = RULES[name].step(theta, grad, state, t, hyper(name, lr=lr))
        found.append(t)
    assert tuple(found) == expected


def test_gradient_descent_and_momentum_turn_rigidly_and_the_adaptive_ones_do_not() -> None:
    racers = ("gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
    straight = run(optimizers=racers, rates="same", lr=0.01, steps=60)[1]
    settings, turned = run(optimizers=racers, rates="same", lr=0.01, steps=60, rotation=35)
    angle = math.radians(35)
    matrix = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    for i, name in enumerate(settings.optimizers):
        apart = np.abs(path(turned, i) - path(straight, i) @ matrix.T).max()
        assert (apart < 1e-9) == (i < 3), (name, apart)


def test_the_best_column_settles_first_and_stays() -> None:
    """Six columns of 41 losses: too slow, settles at 20, passes through at 5, NaN, wild, late."""
    t = np.arange(41.0)
    slow = np.where(t < 40, 1.0, 0.5)
    settles = np.where(t < 20, 1.0, 0.0)
    through = np.where((t == 5) | (t > 30), 0.0, 1.0)
    broken = np.where(t < 3, 0.0, np.nan)
    wild = np.where(t % 2 == 0, -1.0, 9.0)
    late = np.where(t < 25, 1.0, -1e-4)
    assert best(np.stack([slow, settles, through, broken, wild, late], 1)) == 1
    assert best(np.stack([broken, wild, slow], 1)) == 2
    assert best(np.stack([broken, np.full(41, np.inf)], 1)) in (0, 1)


def test_the_swept_path_is_the_raced_path() -> None:
    """The batched rule at the chosen rate and torch's optimizer, loss by loss."""
    settings, frames = run(rotation=20, schedule="one-cycle", weight_decay=0.01, steps=80)
    point = turn(settings.options(), (-1.0, 1.0))
    schedule = factors(settings.schedule, settings.steps)
    swept = sweep(
        settings, settings.optimizers, torch.tensor(point, dtype=torch.float64), schedule,
        gradient_noise(settings),
    )  # fmt: skip
    for i, name in enumerate(settings.optimizers):
        column = int(np.abs(rates_of(name) - frames[0].rate[i]).argmin())
        raced = np.concatenate([frame.losses[i] for frame in frames])
        np.testing.assert_allclose(raced, swept[:, i, column], rtol=1e-6, atol=1e-9)
        assert best(swept[:, i]) == column


def test_the_best_rates_of_rotation_blind_rules_do_not_depend_on_the_angle() -> None:
    found = [
        run(rotation=angle, steps=100, optimizers=("gradient-descent", "momentum", "nesterov"))[1]
        for angle in (0, 20, 45, 90)
    ]
    assert len({tuple(frames[0].rate) for frames in found}) == 1


def test_no_other_rate_settles_sooner() -> None:
    """Every rate of the sweep raced one by one, gradient descent down the bowl."""
    fewest = math.inf
    for rate in RATES[8:33:2]:
        try:
            _, frames = run(surface="bowl", rates="same", lr=float(rate), steps=60,
                            optimizers=("gradient-descent",))  # fmt: skip
        except Diverged:
            continue
        fewest = min(fewest, frames[-1].metrics["steps_to/gradient-descent"])
    _, frames = run(surface="bowl", steps=60, optimizers=("gradient-descent",))
    assert frames[-1].metrics["steps_to/gradient-descent"] <= fewest < 61
