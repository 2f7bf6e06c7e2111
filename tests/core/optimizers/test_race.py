"""The race: torch's own paths, what a frame says, faults in words, presets."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
import torch

from core.experiment import Diverged, SettingError, same
from core.optimizers.race import RACE, RaceFrame, RaceSettings
from core.optimizers.race_figures import label
from core.optimizers.race_ground import window_of
from core.optimizers.racing import race
from core.optimizers.schedule import factors

ALL = RaceSettings.choices("optimizers")


def run(**changes: object) -> tuple[RaceSettings, list[RaceFrame]]:
    settings = RaceSettings(**changes).canonical()
    return settings, list(race(settings))


def path(frames: list[RaceFrame], racer: int = 0) -> np.ndarray:
    return np.concatenate([frame.path[racer] for frame in frames])


OPTIMS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "gradient-descent": lambda p: torch.optim.SGD(p, lr=0.002),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.002, momentum=0.8),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.002, momentum=0.8, nesterov=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.002),
    "adadelta": lambda p: torch.optim.Adadelta(p, lr=0.002),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.002),
    "adam": lambda p: torch.optim.Adam(p, lr=0.002, betas=(0.8, 0.99)),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.002, betas=(0.8, 0.99), weight_decay=0.0),
    "amsgrad": lambda p: torch.optim.Adam(p, lr=0.002, betas=(0.8, 0.99), amsgrad=True),
    "nadam": lambda p: torch.optim.NAdam(p, lr=0.002, betas=(0.8, 0.99)),
    "radam": lambda p: torch.optim.RAdam(p, lr=0.002, betas=(0.8, 0.99)),
    "adamax": lambda p: torch.optim.Adamax(p, lr=0.002, betas=(0.8, 0.99)),
    "lbfgs": lambda p: torch.optim.LBFGS(
        p, lr=0.002, max_iter=1, max_eval=26, line_search_fn="strong_wolfe"
    ),
}


def test_paths_are_those_of_a_plain_torch_loop_with_its_own_scheduler() -> None:
    """Rosenbrock written out here, gradients by backward(), the rate by CosineAnnealingLR."""
    settings, frames = run(
        surface="rosenbrock", optimizers=tuple(OPTIMS), rates="same", lr=0.002, momentum=0.8,
        beta1=0.8, beta2=0.99, schedule="cosine", steps=60, start_x=-1.2,
    )  # fmt: skip
    for i, name in enumerate(settings.optimizers):
        w = torch.nn.Parameter(torch.tensor([-1.2, 1.0], dtype=torch.float64))
        optimizer = OPTIMS[name]([w])
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=60)

        def closure(w: torch.Tensor = w) -> torch.Tensor:
            w.grad = None
            loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
            loss.backward()
            return loss

        expected = [w.detach().clone()]
        for _ in range(60):
            closure()
            optimizer.step(closure if name == "lbfgs" else None)
            scheduler.step()
            expected.append(w.detach().clone())
        # L-BFGS guesses by the rate, which fades: its line search then turns on the last bit.
        most = 41 if name == "lbfgs" else 61
        found, wanted = path(frames, i)[:most], torch.stack(expected)[:most]
        np.testing.assert_allclose(found, wanted, atol=1e-9, err_msg=name)


def test_weight_decay_reaches_every_optimizer() -> None:
    """On a flat surface only weight decay moves: every racer but those it scales shrinks."""
    settings, frames = run(
        surface="formula", formula="0*x", optimizers=ALL, rates="same", lr=0.1, weight_decay=0.5,
        steps=10, noise=0.0,
    )  # fmt: skip
    now = frames[-1]
    lengths = np.hypot(*now.theta.T)
    assert (lengths < math.sqrt(2) - 1e-5).all()
    for name in ("gradient-descent", "sgd", "adamw", "lion"):  # theta times (1 - lr decay)^10
        i = settings.optimizers.index(name)
        np.testing.assert_allclose(now.theta[i], np.array([-1, 1]) * 0.95**10, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("constant", lambda t: 1.0),
        ("step", lambda t: 0.1 ** (t // 34)),
        ("cosine", lambda t: (1 + math.cos(math.pi * t / 100)) / 2),
        ("warm-up", lambda t: min(1.0, 0.01 + 0.99 * t / 10)),
        ("inverse-sqrt", lambda t: 1 / math.sqrt(t + 1)),
    ],
)
def test_schedules_equal_their_formulas(name: str, expected: Callable[[int], float]) -> None:
    np.testing.assert_allclose(factors(name, 100), [expected(t) for t in range(100)], rtol=1e-9)


def test_one_cycle_starts_at_a_25th_peaks_at_three_tenths_and_ends_near_nothing() -> None:
    cycle = factors("one-cycle", 100)
    assert cycle[0] == pytest.approx(1 / 25)
    assert cycle.argmax() == 29 and cycle.max() == pytest.approx(1.0)
    assert cycle[-1] == pytest.approx(1 / 25 / 1e4)


def test_metrics_by_hand() -> None:
    """Loss by the formula, distance to the nearest of Himmelblau's minima, the settled step."""
    settings, frames = run(surface="himmelblau", optimizers=ALL[:6], start_x=0.5, start_y=-2)
    minima = [(3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)]
    for frame in (frames[0], frames[7], frames[-1]):
        for i, name in enumerate(settings.optimizers):
            x, y = frame.theta[i]
            height = (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2
            assert frame.metrics[f"loss/{name}"] == pytest.approx(height, abs=1e-12)
            nearest = min(math.hypot(x - a, y - b) for a, b in minima)
            assert frame.metrics[f"distance/{name}"] == pytest.approx(nearest, abs=2e-6)
    for i, name in enumerate(settings.optimizers):
        losses = np.concatenate([frame.losses[i] for frame in frames])
        outside = np.flatnonzero(losses > 1e-3)
        settled = outside[-1] + 1  # 201 if the last one is outside
        assert frames[-1].metrics[f"steps_to/{name}"] == settled


def test_frames_are_few_join_up_and_start_at_the_start() -> None:
    _, frames = run(steps=470, optimizers=ALL)
    assert len(frames) <= 151 and frames[0].step == 0 and frames[-1].step == 470
    assert path(frames).shape == (471, 2)
    np.testing.assert_array_equal(frames[0].theta, np.tile([-1.0, 1.0], (len(ALL), 1)))
    for frame in frames[1:]:
        np.testing.assert_array_equal(frame.theta, frame.path[:, -1])
        np.testing.assert_allclose(frame.before + frame.update, frame.theta, atol=1e-12)


def test_the_same_settings_give_the_same_run_and_the_seed_is_sgds_noise() -> None:
    quick = {**RACE.quick, "rates": "same"}
    (_, a), (_, b), (_, c) = run(**quick), run(**quick), run(**quick, seed=1)
    assert all(same(x, y) for x, y in zip(a, b, strict=True))
    i = RaceSettings(**quick).optimizers.index("sgd")
    assert not np.array_equal(a[-1].theta[i], c[-1].theta[i])
    assert np.array_equal(np.delete(a[-1].theta, i, 0), np.delete(c[-1].theta, i, 0))
    np.testing.assert_array_equal(a[5].noise[i] != 0, [True, True])


def test_noisy_descent_wanders_as_far_as_theory_says() -> None:
    """Stationary mean loss sum lr s^2 / (2 (2 - lr h)): 0.0763 for h = 1, 10, lr 0.1, s = 1.

    A time average over 1900 steps with a correlation time of some 20 has a standard error of a
    tenth; the bounds are four of them (false alarm under 1 in 10 000).
    """
    _, frames = run(surface="bowl", optimizers=("sgd",), rates="same", lr=0.1, steps=2000, seed=4)
    losses = np.concatenate([frame.losses[0] for frame in frames])[100:]
    expected = 0.1 / (2 * (2 - 0.1)) + 0.1 / (2 * (2 - 1.0))
    assert losses.mean() == pytest.approx(expected, rel=0.4)


def test_a_rate_of_a_million_stops_at_the_first_non_finite_number_with_a_fix() -> None:
    """The loss 50 (1e8)^(2t) passes the largest double, 1.8e308, at step 20."""
    seen: list[RaceFrame] = []
    settings = RaceSettings(rates="same", lr=1e6)
    with pytest.raises(Diverged, match=r"1e\+06 lies beyond 2/L = 0.02") as caught:
        seen += race(settings.canonical())  # a list keeps what came before the exception
    assert caught.value.step == 20
    assert seen and all(np.isfinite(list(frame.metrics.values())).all() for frame in seen)
    cured = RaceSettings(**{**settings.model_dump(), **caught.value.fix}).canonical()
    assert list(race(cured))[-1].metrics["diverged/gradient-descent"] == 0


def test_one_that_diverges_stops_and_is_marked_and_the_others_go_on() -> None:
    settings, frames = run(rates="same", lr=1.0, steps=100)
    i = settings.optimizers.index("gradient-descent")
    last = frames[-1]
    assert last.alive.tolist() == [0.0, 0.0, 1.0]
    assert last.metrics["diverged/gradient-descent"] == 1
    assert last.metrics["diverged/adam"] == 0
    assert np.isfinite(last.theta).all() and (last.update[i] == 0).all()
    assert all(np.isfinite(list(frame.metrics.values())).all() for frame in frames)
    assert label(settings, last, i, window_of(settings)).endswith("(diverged)")


def test_far_out_of_the_picture_counts_as_diverged() -> None:
    _, frames = run(rates="same", lr=0.0205)
    assert frames[-1].metrics["diverged/gradient-descent"] == 1
    assert frames[-1].alive[0] == 1


@pytest.mark.parametrize(
    ("formula", "start", "said"),
    [
        ("1/x", (0.0, 1.0), "The height of the formula at the start (0, 1) is not a finite"),
        ("log(x)", (-1.0, 1.0), "The height of the formula at the start (-1, 1) is not a finite"),
        ("sqrt(x)", (0.0, 1.0), "The slope of the formula at the start (0, 1) is not a finite"),
        ("1/(x-x)", (1.0, 1.0), "nor is it anywhere else in the picture"),
        ("log(-1-x^2)*y", (1.0, 1.0), "nor is it anywhere else in the picture"),
    ],
)
def test_a_formula_undefined_at_the_start_is_said_within_a_second(
    formula: str, start: tuple[float, float], said: str
) -> None:
    begun = time.perf_counter()
    changes = {"surface": "formula", "formula": formula}
    with pytest.raises(Diverged) as caught:
        run(**changes, start_x=start[0], start_y=start[1])
    assert time.perf_counter() - begun < 1
    assert said in caught.value.message and caught.value.step == 0
    if caught.value.fix:
        assert len(run(**changes, **caught.value.fix, steps=10)[1]) == 11


def test_a_bad_formula_is_a_setting_error_in_words() -> None:
    with pytest.raises(SettingError, match=r"formula: given \"__import__.*has no place"):
        RaceSettings.checked({"surface": "formula", "formula": "__import__('os')"})


def test_a_formula_without_a_bottom_is_raced_and_has_no_distance() -> None:
    _, frames = run(surface="formula", formula="x^3 - y", steps=50)
    assert {name.split("/")[0] for name in frames[-1].metrics} == {"loss", "diverged"}
    RACE.figures(RaceSettings(surface="formula", formula="x^3 - y", steps=50), frames, 25)


@pytest.mark.parametrize("preset", RACE.presets, ids=lambda preset: preset.id)
def test_presets_hold_for_nine_of_ten_seeds(preset) -> None:
    settings = RACE.preset_settings(preset.id)
    seeds = range(10) if "seed" in settings.active() else range(1)
    outcomes = []
    for seed in seeds:
        frames = list(race(settings.model_copy(update={"seed": seed}).canonical()))
        outcomes.append(preset.outcome(frames[-1].metrics) == preset.expected)
        assert "{" not in preset.saw.format_map(frames[-1].metrics)
    assert sum(outcomes) >= 0.9 * len(outcomes)


def test_numbers_in_the_presets_words_are_measured() -> None:
    racers = ("gradient-descent", "adagrad", "rmsprop")
    metrics = run(optimizers=racers)[1][-1].metrics  # "turn": 1 step, 174, "where each took 1"
    assert [metrics[f"steps_to/{name}"] for name in racers] == [174, 1, 1]
    metrics = run(surface="saddle", start_x=1.5, start_y=0.01)[1][-1].metrics
    assert metrics["steps_to/gradient-descent"] == 12  # "saddle": at its best rate
    metrics = run(rates="same", lr=0.0195, rotation=30)[1][-1].metrics
    assert metrics["diverged/gradient-descent"] == 0  # "edge": this side of it
    assert metrics["loss/gradient-descent"] < 1e-3
    metrics = run(rotation=30)[1][-1].metrics  # "ravine": with momentum 0.9 the lead shrinks
    assert metrics["steps_to/momentum"] > 90
    metrics = run(rotation=45, optimizers=("momentum", "adagrad"))[1][-1].metrics
    assert metrics["steps_to/momentum"] < metrics["steps_to/adagrad"]  # "travellers": next
