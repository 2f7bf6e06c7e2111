"""Basins of attraction, against the gradient flow, closed forms and torch.optim."""

from typing import get_args

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from scipy.integrate import solve_ivp

from core.experiment import resolve
from core.optimizers import basin_map, basins
from core.optimizers.basin import BASIN, PRESETS, Frame, Settings
from core.optimizers.basin_map import GOING, LEFT, STUCK, grid, minima
from core.optimizers.hyper import RuleName
from core.optimizers.rules import hyper, make_torch
from core.optimizers.surfaces import value, value_grad

SMALL = {"resolution": 32}


def last(**changes: object) -> tuple[Settings, Frame]:
    settings = Settings(**changes)
    return settings, list(BASIN.frames(settings))[-1]


def test_small_steps_follow_the_gradient_flow_on_himmelblau() -> None:
    """SciPy integrates dx/dt = -gradient from 16 starts; gradient descent ends where it does."""
    settings, frame = last(lr=3e-4, steps=2000, **SMALL)
    x, y = grid(settings)

    def flow(_: float, at: np.ndarray) -> list[float]:
        u, v = at[0] ** 2 + at[1] - 11, at[0] + at[1] ** 2 - 7
        return [-4 * at[0] * u - 2 * v, -2 * u - 4 * at[1] * v]

    for row in (2, 11, 19, 28):
        for column in (3, 12, 18, 30):
            end = solve_ivp(flow, (0, 2), [x[column], y[row]], rtol=1e-8).y[:, -1]
            apart = np.hypot(*(np.array(minima(settings.options())) - end).T)
            assert apart.min() < 1e-3
            assert frame.reached[row, column] == apart.argmin()


def test_styblinski_tangs_basins_meet_at_the_ridge_between() -> None:
    """It is a sum over x and y, so the borders are the lines at 4 t^3 - 32 t + 5's middle root."""
    settings, frame = last(surface="styblinski-tang", lr=1e-3, steps=1500, **SMALL)
    ridge = sorted(np.roots([4, 0, -32, 5]).real)[1]
    x, y = grid(settings)
    lowest = minima(settings.options())
    assert lowest[0] == pytest.approx((-2.903534, -2.903534), abs=1e-6)
    for number, (u, v) in enumerate(lowest):
        mine = np.outer((y > ridge) == (v > ridge), (x > ridge) == (u > ridge))
        assert np.array_equal(frame.reached == number, mine)


def test_the_saddles_basins_mirror_each_other() -> None:
    """The surface is even in x and in y: the map is its own mirror, 1 and 2 exchanged."""
    _, frame = last(surface="saddle", lr=0.05, **SMALL)
    assert np.array_equal(frame.reached, frame.reached[:, ::-1])
    assert np.array_equal(frame.reached, 1 - frame.reached[::-1])
    assert np.array_equal(frame.needed, frame.needed[::-1])


def test_every_start_on_a_round_bowl_arrives_on_the_step_it_should() -> None:
    """Each step multiplies the distance by 1 - lr: the first t with r 0.9^t <= tolerance."""
    settings, frame = last(surface="bowl", condition=1, lr=0.1, **SMALL)
    x, y = grid(settings)
    distance = np.hypot(x[None, :], y[:, None])
    steps = np.ceil(np.log(settings.tolerance / distance) / np.log(0.9)).clip(0)
    assert frame.metrics["share/1"] == 1
    assert np.array_equal(frame.needed, steps)


@pytest.mark.parametrize("name", ["gradient-descent", "momentum", "nesterov", "adam", "rmsprop"])
def test_the_batch_is_a_loop_over_single_runs(name: str) -> None:
    """torch.optim from eight starts alone, 60 steps on Himmelblau, to 1e-12."""
    lr = 0.05 if name in ("adam", "rmsprop") else 2e-3
    settings = Settings(optimizer=name, lr=lr, steps=60, **SMALL)
    *_, swarm = basins.march(settings)
    options, (x, y) = settings.options(), grid(settings)
    for row, column in ((0, 5), (3, 30), (8, 16), (14, 2), (17, 25), (21, 9), (27, 20), (31, 31)):
        theta = torch.tensor([x[column], y[row]], requires_grad=True)
        alone = make_torch(name, [theta], hyper(name, lr=lr, beta2=0.99))
        for _ in range(60):
            theta.grad = value_grad(options, theta)[1]
            alone.step()
        assert torch.allclose(swarm.theta[row, column], theta.detach(), rtol=1e-12, atol=1e-12)


def test_a_start_that_changes_minimum_counts_anew() -> None:
    """At minimum 0 from step 1, at minimum 1 from step 3, away at step 4, back at step 5."""
    never = torch.full((1, 1), -1)
    alive = torch.ones(1, 1, dtype=torch.bool)
    swarm = basins.Swarm(torch.zeros(1, 1, 2), torch.zeros(1, 1, 2), alive, never, never.clone())
    targets = torch.tensor([[0.0, 0.0], [5.0, 0.0]])
    since = []
    for t, x in enumerate([2.0, 0.0, 0.0, 5.0, 3.0, 5.0]):
        swarm.theta = torch.tensor([[[x, 0.0]]])
        basins.note(swarm, targets, t, 0.1)
        since.append((int(swarm.nearest), int(swarm.away) + 1))
    assert since == [(-1, 1), (0, 1), (0, 1), (1, 3), (-1, 5), (1, 5)]


def test_the_minima_are_minima_and_the_text_has_their_curvatures() -> None:
    """2/L from central second differences: 0.0149 at Himmelblau's third, 0.0190 and over else."""
    options, d = Settings().options(), 1e-4
    edges = []
    for x, y in minima(options):

        def f(i: int, j: int, x: float = x, y: float = y) -> float:
            return float(value(options, np.array(x + i * d), np.array(y + j * d)))

        xx, yy = f(1, 0) - 2 * f(0, 0) + f(-1, 0), f(0, 1) - 2 * f(0, 0) + f(0, -1)
        xy = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / 4
        edges.append(2 / np.linalg.eigvalsh(np.array([[xx, xy], [xy, yy]]) / d**2)[-1])
    assert edges[2] == pytest.approx(0.0149, abs=5e-5)
    assert min(edges[:2] + edges[3:]) == pytest.approx(0.0190, abs=5e-5)
    for rate, count in ((0.0145, 4), (0.0155, 3), (0.0195, 2)):
        metrics = last(lr=rate, **SMALL)[1].metrics
        assert sum(metrics[f"share/{i}"] > 0.01 for i in range(1, 5)) == count


def test_endings_other_than_a_minimum_are_told_apart() -> None:
    """Rastrigin's dents hold most starts; a huge rate throws them out; few steps reach nothing."""
    assert (last(surface="rastrigin", **SMALL)[1].reached == STUCK).mean() > 0.95
    assert (last(optimizer="momentum", lr=0.1, **SMALL)[1].reached == LEFT).mean() > 0.8
    assert (last(lr=1e-5, steps=20, **SMALL)[1].reached == GOING).mean() > 0.9


@pytest.mark.parametrize("name", get_args(RuleName))
def test_every_optimizer_yields_sound_frames(name: str) -> None:
    settings = Settings(optimizer=name, lr=0.05, steps=40, **SMALL)
    frames = list(BASIN.frames(settings))
    assert [frames[0].step, frames[-1].step] == [0, 40]
    for frame in frames:
        shares = [v for k, v in frame.metrics.items() if k.startswith("share/")]
        assert sum(shares) + frame.metrics["none"] == pytest.approx(1)
        assert np.isfinite(list(frame.metrics.values())).all()
        assert frame.needed.max() <= frame.step
    for path in BASIN.source(settings):
        assert callable(resolve(path))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_presets_end_as_they_say(preset: object) -> None:
    """Nothing is drawn by chance here, so one run stands for all seeds."""
    frames = list(BASIN.frames(BASIN.preset_settings(preset.id)))
    assert preset.outcome(frames[-1].metrics) == preset.expected
    assert "{" not in preset.saw.format(**frames[-1].metrics)


def test_what_the_presets_say_beside_their_own_run_is_true() -> None:
    """1.8 % with gradient descent; 2 of 100 on Ackley; momentum 0.97 deeper; rates 0.1, 1 worse."""
    assert last()[1].metrics["border"] == pytest.approx(0.018, abs=5e-4)
    assert last(surface="ackley")[1].metrics["share/1"] == pytest.approx(0.02, abs=5e-3)
    deepest = {"surface": "styblinski-tang"}
    heavy = last(**deepest, optimizer="momentum", momentum=0.97, lr=0.01)[1].metrics
    assert heavy["share/1"] > last(**deepest)[1].metrics["share/1"] + 0.03
    dents = BASIN.preset_settings("dents")
    found = [
        list(BASIN.frames(dents.model_copy(update={"lr": lr})))[-1].metrics["share/1"]
        for lr in (0.1, 0.5, 1.0)
    ]
    assert max(found) == found[1]
    settings = BASIN.preset_settings("fray")
    borders = [
        list(BASIN.frames(settings.model_copy(update={"momentum": m})))[-1].metrics["border"]
        for m in (0.95, 0.9, 0.7, 0.5)
    ]
    assert borders == sorted(borders, reverse=True)


def test_noise_hangs_on_the_seed_alone() -> None:
    quick = {"steps": 40, "noisy": True, "noise": 50, **SMALL}
    reached = [last(seed=seed, **quick)[1].reached for seed in (0, 0, 1)]
    assert np.array_equal(reached[0], reached[1])
    assert not np.array_equal(reached[0], reached[2])


@pytest.mark.parametrize("surface", get_args(basin_map.SurfaceName))
def test_figures_keep_their_traces_and_plotly_takes_them(surface: str) -> None:
    settings = Settings(surface=surface, steps=20, resolution=64, lr=0.05)
    frames = list(BASIN.frames(settings))
    for at, side in ((0, 60), (len(frames) - 1, 64)):
        figures = BASIN.figures(settings, frames, at)
        assert [len(figure["data"]) for figure in figures.values()] == [6, 6]
        assert figures["basin"]["data"][0]["z"].shape == (side, side)
        for figure in figures.values():
            go.Figure(figure)
